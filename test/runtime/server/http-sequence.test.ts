// An HTTP connection is a sequence: what comes behind a request that is not answered yet.
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Middleware } from "koa";
import { afterEach, describe, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setHandshakeTimeout,
  setHttpRoutes,
  setLogger,
  setMaxConnections,
  setMode,
  setTls,
  use,
} from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { eventually, inTime } from "../support/leak-check.js";
import { recordingLogger } from "../support/recording-logger.js";
import { dial, formatRequest } from "./http-exchange.js";

let server: TestServer;
afterEach(() => server.close());

async function start(definition: ModuleDefinition = {}): Promise<string> {
  server = await startModules(defineModule({ commands: [ping], ...definition }));
  return server.url(`/${definition.flag ?? "test"}/ws`);
}

/** Resolves with everything that the server sent, once it has closed the socket. */
async function send(url: string, bytes: string): Promise<string> {
  const socket = await dial(url);
  socket.on("error", () => {});
  socket.write(bytes);
  return text(socket);
}

async function expectHealthy(url: string): Promise<void> {
  await using client = await connectClient(url, { rejectUnauthorized: false });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
}

const plain = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const withoutHost = "GET /x HTTP/1.1\r\n\r\n";
const withExpectation = "GET /x HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n";
const withBody = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
const upgrades = {
  "a version that is not spoken": formatRequest({ headers: { "Sec-WebSocket-Version": "8" } }),
  "an unknown path": formatRequest({ line: "GET /nope HTTP/1.1" }),
  "a right handshake": formatRequest({}),
  "another protocol": formatRequest({ headers: { Upgrade: "h2c" } }),
};

const certificate = (name: string) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
const tls = setTls({ certFile: certificate("cert"), keyFile: certificate("key") });
const slowly = use((_ctx, next) => new Promise((resolve) => setTimeout(resolve, 20)).then(next));

describe.each([
  ["without a middleware", []],
  ["with one that takes its time", [slowly]],
  ["with TLS", [tls]],
  ["with TLS and one that takes its time", [tls, slowly]],
])("an upgrade in the same packet as a request before it, %s", (_how, config) => {
  describe.each(Object.entries(upgrades))("%s", (_title, upgrade) => {
    test.each([
      ["a request", plain, ["404", "400"]],
      ["two requests", plain + plain, ["404", "404", "400"]],
      ["a request without Host, which Node answers and closes", withoutHost, ["400"]],
      ["an expectation, which Node answers", withExpectation, ["417", "400"]],
    ])("is refused behind the answer to %s", async (_before, before, expected) => {
      const connects: string[] = [];
      const logger = recordingLogger();
      const url = await start({
        config: [setLogger(logger), ...config],
        connect: (ctx) => void connects.push(ctx.id),
      });
      const answers = await send(url, before + upgrade);
      const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
      expect(statuses).toEqual(expected);
      expect(connects).toEqual([]);
      expect(logger.lines.filter(({ level }) => level === "error")).toEqual([]);
      await expectHealthy(url);
    });
  });
});

test.each(Object.entries(upgrades))(
  "a request with a body is answered first, then %s in the same packet, as ever its place comes",
  async (_title, upgrade) => {
    const url = await start();
    const socket = await dial(url);
    socket.write(withBody + upgrade);
    let answers = "";
    while (answers.split("HTTP/1.1 ").length < 3) answers += String((await once(socket, "data"))[0]);
    expect(answers).toMatch(/^HTTP\/1\.1 404 [\s\S]*HTTP\/1\.1 (400|426|404|101) /);
    socket.destroy();
    await expectHealthy(url);
  },
);

test("an upgrade behind a request that has its answer is served", async () => {
  const url = await start();
  const socket = await dial(url);
  socket.write(plain);
  const [first] = await once(socket, "data");
  expect(String(first)).toMatch(/^HTTP\/1\.1 404 /);
  socket.write(formatRequest({}));
  const [second] = await once(socket, "data");
  expect(String(second)).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
});

test("an upgrade behind a request that is never answered is cut at handshakeTimeout", async () => {
  const url = await start({
    config: [
      setHandshakeTimeout(0.5),
      use((ctx, next) => (ctx.path.endsWith("hang") ? new Promise(() => {}) : next())),
    ],
  });
  // The answer to the first may come before the cut.
  const answer = await send(
    url,
    `GET /test/hang HTTP/1.1\r\nHost: a\r\n\r\n${upgrades["a right handshake"]}`,
  );
  expect(answer).toMatch(/^(HTTP\/1\.1 503 .*)?$/s);
  await expectHealthy(url);
});

describe("a middleware on a handshake", () => {
  test.each<[string, Middleware, RegExp]>([
    [
      "that throws null",
      () => {
        throw null;
      },
      /^HTTP\/1\.1 500 /,
    ],
    [
      "that throws a proxy which throws",
      () => {
        throw new Proxy(new Error("x"), {
          get() {
            throw new Error("trap");
          },
        });
      },
      /^HTTP\/1\.1 500 /,
    ],
    ["that never settles", () => new Promise(() => {}), /^HTTP\/1\.1 503 /],
    [
      "that says respond = false and does nothing",
      (ctx) => {
        ctx.respond = false;
      },
      /^HTTP\/1\.1 503 /,
    ],
    [
      "that begins an answer and goes on to the route",
      (ctx, next) => {
        ctx.res.flushHeaders();
        return next();
      },
      /^HTTP\/1\.1 \d/,
    ],
    [
      "whose body no JSON can hold",
      (ctx) => {
        ctx.body = { n: 1n };
      },
      /^HTTP\/1\.1 500 /,
    ],
  ])("%s has its client answered, and leaves nothing behind", async (_title, middleware, answer) => {
    const url = await start({
      config: [
        setHandshakeTimeout(1),
        setMaxConnections(1),
        use((ctx, next) => (ctx.query.bad === undefined ? next() : middleware(ctx, next))),
      ],
    });
    const bad = { line: "GET /test/ws?bad HTTP/1.1" };
    expect(await send(url, formatRequest(bad))).toMatch(answer);
    expect(await send(url, formatRequest({ ...bad, headers: { Upgrade: "h2c" } }))).toMatch(answer);
    await expectHealthy(url);
    await inTime(server.serve.close({ deadlineMs: 60_000 }), "a shutdown that waits for nothing");
  });

  test("that does not wait for a connect which never settles keeps no place", async () => {
    const url = await start({
      config: [
        setMaxConnections(1),
        use((ctx, next) => {
          if (ctx.query.bad === undefined) return next();
          void next();
          return undefined;
        }),
      ],
      connect: (ctx) => (ctx.query.has("bad") ? new Promise(() => {}) : undefined),
    });
    expect(await send(url, formatRequest({ line: "GET /test/ws?bad HTTP/1.1" }))).toMatch(/^HTTP\/1\.1 404 /);
    await expectHealthy(url);
  });

  test("that goes on when its client was refused long ago asks no connect", async () => {
    let goOn = (): void => {};
    const connects: string[] = [];
    const url = await start({
      config: [
        setHandshakeTimeout(0.5),
        use((ctx, next) =>
          ctx.query.late === undefined
            ? next()
            : new Promise<void>((resolve) => {
                goOn = resolve;
              }).then(next),
        ),
      ],
      connect: (ctx) => void connects.push(ctx.id),
    });
    const answer = await send(url, formatRequest({ line: "GET /test/ws?late HTTP/1.1" }));
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    goOn();
    await expectHealthy(url);
    expect(connects).toHaveLength(1);
  });

  test("may answer later by itself", async () => {
    const url = await start({
      config: [
        use((ctx, next) => {
          if (ctx.query.later === undefined) return next();
          ctx.respond = false;
          setTimeout(() => ctx.res.end("later"), 20);
          return undefined;
        }),
      ],
    });
    expect(await send(url, formatRequest({ line: "GET /test/ws?later HTTP/1.1" }))).toMatch(/later/);
  });
});

describe("a plain request", () => {
  const never = () => new Promise<void>(() => {});
  const handlers: Readonly<Record<string, Middleware>> = {
    "/hang": never,
    "/headers": (ctx) => {
      ctx.set("Content-Encoding", "gzip");
      return never();
    },
    "/silent": (ctx) => {
      ctx.respond = false;
    },
    "/body": async (ctx) => {
      await text(ctx.req);
      await never();
    },
    "/stream": (ctx) => {
      ctx.respond = false;
      ctx.res.write("a part");
      setTimeout(() => ctx.res.end("the end"), 1_000);
    },
  };
  const handle: Middleware = (ctx, next) => (handlers[ctx.path.replace("/test", "")] ?? next)(ctx, next);
  const places: [string, SetWSServerConfig[]][] = [
    ["a middleware", [use(handle)]],
    ["a route", [setHttpRoutes((router) => router.all("/:any", handle))]],
  ];
  const head = (method: string, path: string) => `${method} /test${path} HTTP/1.1\r\nHost: a\r\n`;

  describe.each(places)("to %s", (_place, config) => {
    test.each([
      ["that never settles", `${head("GET", "/hang")}\r\n`],
      ["that never settles behind its headers", `${head("GET", "/headers")}\r\n`],
      ["that answers by itself and does not", `${head("GET", "/silent")}\r\n`],
      ["that never settles behind the body", `${head("POST", "/body")}Content-Length: 1\r\n\r\nx`],
      ["that does not read the body", `${head("POST", "/hang")}Content-Length: 1\r\n\r\nx`],
    ])("setHandshakeTimeout: %s is answered 503 and logged", async (_title, request) => {
      const logger = recordingLogger();
      const url = await start({ config: [setHandshakeTimeout(0.5), setLogger(logger), ...config] });
      const answer = await send(url, request);
      expect(answer).toMatch(/^HTTP\/1\.1 503 .*"code":"timeout"/s);
      expect(answer).not.toContain("gzip");
      expect(logger.lines.filter(({ message }) => message === "refused")).toMatchObject([
        {
          fields: {
            reason: "answer_too_slow",
            decidedBy: "setHandshakeTimeout",
            found: expect.stringMatching(/^503 to (GET|POST) \/test\//),
          },
        },
      ]);
      await expectHealthy(url);
      await inTime(server.serve.close({ deadlineMs: 60_000 }), "a shutdown that waits for nothing");
    });

    test("whose answer has begun may take longer", async () => {
      const url = await start({ config: [setHandshakeTimeout(0.1), ...config] });
      const request = `${head("GET", "/stream")}Connection: close\r\n\r\n`;
      expect(await send(url, request)).toMatch(/a part.*the end/s);
    });

    test("whose body comes in time is not answered before it has come", async () => {
      const url = await start({ config: [setHandshakeTimeout(0.5), ...config] });
      const socket = await dial(url);
      const answer = text(socket);
      let isAnswered = false;
      socket.once("data", () => {
        isAnswered = true;
      });
      socket.write(`${head("POST", "/body")}Content-Length: 2\r\n\r\nx`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(isAnswered).toBe(false);
      socket.write("x");
      expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
    });

    test("whose body never ends is cut after six times handshakeTimeout", async () => {
      const url = await start({ config: [setHandshakeTimeout(0.2), ...config] });
      const socket = await dial(url);
      const answer = text(socket);
      socket.write(`${head("POST", "/body")}Content-Length: 1000000\r\n\r\n`);
      const drip = setInterval(() => socket.write("x"), 20);
      expect(await inTime(answer, "the answer", 10_000)).toMatch(/^HTTP\/1\.1 408 /);
      clearInterval(drip);
    });
  });
});

describe("a request for another protocol", () => {
  test("whose answer takes longer than a handshake may is not cut", async () => {
    const url = await start({
      config: [
        setHandshakeTimeout(0.1),
        use((ctx) => {
          ctx.respond = false;
          ctx.res.write("a part");
          setTimeout(() => ctx.res.end("the end"), 1_000);
        }),
      ],
    });
    expect(await send(url, formatRequest({ headers: { Upgrade: "h2c" } }))).toMatch(/a part.*the end/s);
  });

  test("whose client leaves before its answer delays nothing", async () => {
    let left = (): void => {};
    const url = await start({
      config: [
        setHandshakeTimeout(0.1),
        use((ctx, next) => {
          if (ctx.get("Upgrade") !== "h2c") return next();
          ctx.respond = false;
          ctx.res.writeHead(200);
          ctx.res.write("a part");
          ctx.res.once("close", () => left());
          return undefined;
        }),
      ],
    });
    for (const [leave, more] of [
      ["end", 0],
      ["destroy", 0],
      ["end", 100_000],
      ["destroy", 100_000],
    ] as const) {
      const socket = await dial(url);
      socket.write(formatRequest({ headers: { Upgrade: "h2c" } }));
      await once(socket, "data");
      if (more > 0) await new Promise((resolve) => socket.write("x".repeat(more), resolve));
      const gone = new Promise<void>((resolve) => {
        left = resolve;
      });
      socket[leave]();
      await gone;
    }
    await inTime(server.serve.close({ deadlineMs: 60_000 }), "a shutdown that waits for nothing");
  });
});

describe("a client that breaks off is no error of the server's", () => {
  const secret = "my-password";
  const post = "POST /test/body HTTP/1.1\r\nHost: a\r\n";
  test.each([
    ["in the middle of a body", `${post}Content-Length: 100\r\n\r\n${secret}`],
    ["with chunks that are none", `${post}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n${secret}\r\n`],
    ["in the middle of an answer", "GET /test/endless HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["before many answers", "GET /test/slow HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20)],
  ])("%s", async (_title, bytes) => {
    const logger = recordingLogger();
    let ended = 0;
    const url = await start({
      config: [
        setLogger(logger),
        use((_ctx, next) => next().finally(() => (ended += 1))),
        setHttpRoutes((router) => {
          router.post("/body", async (ctx) => {
            ctx.body = await text(ctx.req);
          });
          router.get("/endless", (ctx) => {
            ctx.body = Readable.from(
              (async function* () {
                for (;;)
                  yield await new Promise<string>((resolve) => setTimeout(resolve, 1, "x".repeat(9_999)));
              })(),
            );
          });
          router.get("/slow", async (ctx) => {
            ctx.body = await new Promise((resolve) => setTimeout(resolve, 20, "x".repeat(9_999)));
          });
        }),
      ],
    });
    for (const leave of ["end", "destroy", "resetAndDestroy"] as const) {
      ended = 0;
      const socket = await dial(url);
      socket.on("error", () => {}).resume();
      const closed = new Promise((resolve) => socket.once("close", resolve));
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket[leave]();
      await closed;
      await eventually(
        () => ended > 0,
        () => "no request ended",
      );
    }
    await expectHealthy(url);
    await server.close();
    expect(logger.lines.filter(({ level }) => level === "error")).toEqual([]);
    expect(JSON.stringify(logger.lines)).not.toContain(secret);
  });
});

describe("what runs an HTTP route of a module has run its middlewares", () => {
  test.each([
    "/chat/time",
    "/CHAT/time",
    "/Chat/Time",
    "/chat/TIME",
    "/%63hat/time",
    "/chat/%74ime",
    "//chat/time",
    "/chat//time",
    "/chat/time/",
    "/chat/./time",
    "/x/../chat/time",
    "/chat/time?x=/chat",
    "/chatter/time",
    "/chat%2ftime",
    "http://a/chat/time",
    "http://a/CHAT/time",
  ])("%s", async (path) => {
    const runs = { guard: 0, route: 0 };
    const url = await start({
      flag: "chat",
      config: [
        setMode("product"),
        use((_ctx, next) => {
          runs.guard += 1;
          return next();
        }),
        setHttpRoutes((router) => {
          router.get("/time", (ctx) => {
            runs.route += 1;
            ctx.body = "now";
          });
        }),
      ],
    });
    await send(url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(runs.guard).toBeGreaterThanOrEqual(runs.route);
    if (path === "/chat/time") expect(runs).toEqual({ guard: 1, route: 1 });
    if (path.toLowerCase() !== path && path.includes("CHAT")) expect(runs.route).toBe(0);
  });
});
