// The probes that every port answers to supervisors.
import { ServerResponse } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type HealthChecks,
  type SetWSServerConfig,
  setHandshakeTimeout,
  setHealth,
  setHealthChecks,
  setHttpRoutes,
  setLogger,
  use,
  useOnListener,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer;
afterEach(() => server.close());

async function start(...config: SetWSServerConfig[]): Promise<void> {
  server = await startModules(defineModule({ config }));
}

const address = (path: string, flag = "test") =>
  new URL(path, server.url(`/${flag}/ws`).replace("ws:", "http:"));

async function probe(path: string, options?: RequestInit) {
  const response = await fetch(address(path), options);
  return [response.status, await response.text()] as const;
}

const alive = [200, '{"status":"alive"}'];
const ready = [200, '{"status":"ready"}'];
const notReady = [503, '{"status":"not_ready"}'];

describe("setHealth", () => {
  test("the port answers /healthz and /readyz, without a token and before all middlewares", async () => {
    const refuse = use((ctx) => {
      ctx.status = 401;
    });
    await start(
      refuse,
      useOnListener((ctx) => {
        ctx.status = 402;
      }),
    );
    expect(await probe("/healthz")).toEqual(alive);
    expect(await probe("/readyz?from=kubelet")).toEqual(ready);
    expect(await probe("/readyz", { method: "HEAD" })).toEqual([200, ""]);
    expect((await fetch(address("/healthz"))).headers.get("cache-control")).toBe("no-store");
    for (const path of ["/healthz/", "/readyz/x", "/test/healthz", "/Healthz"])
      expect([path, (await probe(path))[0]]).toEqual([path, 402]);
    expect((await probe("/healthz", { method: "POST" }))[0]).toBe(402);
  });

  test("other paths, and the usual ones are free", async () => {
    await start(setHealth({ ready: "/up" }));
    expect(await probe("/up")).toEqual(ready);
    expect(await probe("/healthz")).toEqual(alive);
    expect((await probe("/readyz"))[0]).toBe(404);
  });

  test("false: no probe is answered, and the module's own route is", async () => {
    const route = setHttpRoutes((router) => {
      router.get("/state", (ctx) => {
        ctx.body = "mine";
      });
    });
    await start(setHealth(false), route);
    expect((await probe("/healthz"))[0]).toBe(404);
    expect((await probe("/readyz"))[0]).toBe(404);
    expect(await probe("/test/state")).toEqual([200, "mine"]);
  });

  test.each([[{ ready: "up" }], [{ live: "/a b" }], [{ live: "/a?b" }], [{ live: 1 }]])(
    "refuses %j",
    async (paths) => {
      await start();
      const bad = startModules(defineModule({ config: [setHealth(paths as never)] }));
      await expect(bad).rejects.toThrow(
        /health is .*; allowed: false, or an object with the paths live and ready/,
      );
    },
  );

  test("modules that share a port must agree", async () => {
    await start();
    const one = defineModule({ flag: "one" });
    const other = defineModule({ flag: "other", config: [setHealth(false)] });
    await expect(startModules(one, other)).rejects.toThrow(/must agree on health/);
  });
});

describe("setHealthChecks", () => {
  async function startWith(checks: HealthChecks, ...config: SetWSServerConfig[]) {
    const logger = recordingLogger();
    await start(setLogger(logger), setHealthChecks(checks), ...config);
    return () => logger.lines.filter(({ message }) => message === "healthCheck failed");
  }

  test.each<[string, () => unknown]>([
    ["returns nothing", () => undefined],
    ["returns true", () => true],
    ["resolves with rows", async () => [{ one: 1 }]],
  ])("ready if the check %s", async (_title, check) => {
    await startWith({ check });
    expect(await probe("/readyz")).toEqual(ready);
  });

  test.each<[string, () => unknown, string]>([
    [
      "throws",
      () => {
        throw new Error("no database");
      },
      "no database",
    ],
    ["rejects", () => Promise.reject(new Error("no database")), "no database"],
    ["returns false", () => false, "The check returned false."],
    ["resolves with an error", async () => new Error("no database"), "no database"],
  ])(
    "not ready if one of the checks %s, but alive; the log has its name and the reason, the answer not",
    async (_title, check, reason) => {
      const failures = await startWith({ good: () => true, database: check });
      expect(await probe("/readyz")).toEqual(notReady);
      expect(await probe("/healthz")).toEqual(alive);
      expect(failures()).toMatchObject([{ fields: { check: "database", err: { message: reason } } }]);
    },
  );

  test("not ready while a check does not settle, and the probe is answered in time", async () => {
    await startWith({ stuck: () => new Promise(() => {}) }, setHandshakeTimeout(0.1));
    expect((await probe("/readyz"))[0]).toBe(503);
    expect(await probe("/healthz")).toEqual(alive);
  });

  test("probes within a second share one run, also while it lasts", async () => {
    let runs = 0;
    await startWith({
      slow: async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => probe("/readyz")));
    await probe("/readyz");
    expect(runs).toBe(1);
  });

  test("is ready again when the check succeeds again", async () => {
    let isUp = false;
    await startWith({ database: () => isUp });
    expect(await probe("/readyz")).toEqual(notReady);
    isUp = true;
    const probes: (readonly [number, string])[] = [];
    // The failed run is shared for a second.
    while (probes.length < 100 && probes.at(-1)?.[0] !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      probes.push(await probe("/readyz"));
    }
    expect(probes.at(-1)).toEqual(ready);
  });

  test("the checks of one module count on the ports of all", async () => {
    const one = defineModule({ flag: "one", port: 1 });
    const other = defineModule({
      flag: "other",
      port: 2,
      config: [setHealthChecks({ database: () => false })],
    });
    server = await startModules(one, other);
    for (const flag of ["one", "other"]) expect((await fetch(address("/readyz", flag))).status).toBe(503);
  });

  test("refuses a check that is not a function", async () => {
    await start();
    const bad = startModules(defineModule({ config: [setHealthChecks({ database: true } as never)] }));
    await expect(bad).rejects.toThrow(/healthChecks is .*; allowed: an object whose members are functions/);
  });
});

test("readyz answers 503 from the beginning of the shutdown to a client whose request was under way", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await start(setHealthChecks({ held: () => held }));
  const answer = probe("/readyz");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = server.serve.close();
  release();
  expect(await answer).toEqual(notReady);
  await closed;
});

test.each(["/healthz", "/readyz"])(
  "an answer to %s that cannot be written is contained, and the server goes on",
  async (path) => {
    const logger = recordingLogger();
    await start(setLogger(logger));
    vi.spyOn(ServerResponse.prototype, "writeHead").mockImplementationOnce(() => {
      throw new Error("on purpose");
    });
    expect((await probe(path))[0]).toBe(500);
    expect(logger.lines).toContainEqual(expect.objectContaining({ message: "request failed" }));
    expect((await probe(path))[0]).toBe(200);
  },
);

test("a handshake on the path of a probe is no probe", async () => {
  const name = defineCommand("name", () => "mine");
  server = await startModules(defineModule({ flag: "readyz", urls: ["/"], commands: [name] }));
  await using client = await connectClient(server.url("/readyz"));
  expect(await client.request("name")).toBe("mine");
  expect((await fetch(address("/readyz", "readyz"))).status).toBe(200);
});
