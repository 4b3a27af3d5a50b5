import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { enableAdmin, enableConsoleLog, setLogFile } from "wsgen-runtime";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";
import { askAdmin, startAdminServer, token, urlOf } from "./admin-client.js";

let folder: string;
let server: TestServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wsgen-level-"));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const speak = defineCommand("speak", (ctx, { text }) => {
  ctx.log.debug({}, `debug ${text}`);
  ctx.log.warn({}, `warn ${text}`);
  return {};
});

/** Two modules with files; the first has the admin API. */
async function start() {
  const withFile = (flag: string) => [
    enableConsoleLog(false),
    setLogFile({ path: folder, file: `${flag}.log`, level: flag === "a" ? "info" : "warn" }),
  ];
  server = await startModules(
    defineModule({ flag: "a", commands: [speak], config: [enableAdmin(0, { token }), ...withFile("a")] }),
    defineModule({ flag: "b", commands: [speak], config: withFile("b") }),
  );
  const [one, two] = [await connectClient(server.url("/a/ws")), await connectClient(server.url("/b/ws"))];
  return {
    ask: (path: string, request = {}) => askAdmin(urlOf(server) + path, request),
    set: (body: object) => askAdmin(`${urlOf(server)}/log-level`, { method: "PUT", body }),
    /** Both modules write a line of the levels debug and warn, each with the log of a connection that is old. */
    async speak(text: string) {
      await one.request("speak", { text });
      await two.request("speak", { text });
    },
  };
}

/** The lines of the commands. All are written once the server is closed. */
async function linesOf(flag: string): Promise<string[]> {
  await server.close();
  const text = readdirSync(folder)
    .filter((file) => file.endsWith(`${flag}.log`))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line).msg).filter((line) => /^(?:debug|warn) \d/.test(line));
}

test("changes for one module, also for connections that have logged before, and goes back", async () => {
  const { set, speak, ask } = await start();
  await speak("1");
  expect((await set({ module: "a", level: "debug" })).body).toEqual({
    modules: [{ module: "a", level: "debug", configured: "info" }],
  });
  await speak("2");
  await set({ module: "a", level: "error" });
  await speak("3");
  expect((await ask("/log-level")).body).toEqual({
    modules: [
      { module: "a", level: "error", configured: "info" },
      { module: "b", level: "warn", configured: "warn" },
    ],
  });
  await set({ module: "a", level: "configured" });
  await speak("4");
  expect(await linesOf("a")).toEqual(["warn 1", "debug 2", "warn 2", "warn 4"]);
  expect(await linesOf("b")).toEqual(["warn 1", "warn 2", "warn 3", "warn 4"]);
});

test("changes for all modules, and by itself goes back after forMs", async () => {
  const { set, speak, ask } = await start();
  const { body } = await set({ level: "debug", forMs: 50 });
  const until = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(body.modules).toEqual([
    { module: "a", level: "debug", configured: "info", until },
    { module: "b", level: "debug", configured: "warn", until },
  ]);
  await vi.waitFor(async () => {
    expect((await ask("/log-level")).body.modules).toEqual([
      { module: "a", level: "info", configured: "info" },
      { module: "b", level: "warn", configured: "warn" },
    ]);
  });
  await speak("1");
  expect(await linesOf("a")).toEqual(["warn 1"]);
});

test("dryRun shows the levels that would be, and changes nothing", async () => {
  const { set, speak } = await start();
  expect((await set({ level: "fatal", dryRun: true })).body).toEqual({
    dryRun: true,
    modules: [
      { module: "a", level: "fatal", configured: "info" },
      { module: "b", level: "fatal", configured: "warn" },
    ],
  });
  await speak("1");
  expect(await linesOf("a")).toEqual(["warn 1"]);
});

describe("is refused", () => {
  test.each([
    [{ level: "loud" }, 400, "level must be debug, info"],
    [{}, 400, "level is missing"],
    [{ level: "debug", module: "nope" }, 404, "Unknown module"],
    [{ level: "debug", forMs: 0 }, 400, "forMs must be a whole number from 1 to 86400000"],
    [{ level: "debug", forever: true }, 400, 'Unknown name "forever"'],
  ])("%j", async (body, status, message) => {
    const { set } = await start();
    expect(await set(body)).toMatchObject({
      status,
      body: { error: { message: expect.stringContaining(message) } },
    });
  });

  test("for a logger that the user has injected, which has no level here", async () => {
    const admin = await startAdminServer({});
    server = admin.server;
    const answer = await admin.ask("/log-level", { method: "PUT", body: { level: "debug" } });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "log_level_fixed" } } });
    expect((await admin.ask("/log-level")).body).toEqual({ modules: [{ module: "test" }] });
  });
});
