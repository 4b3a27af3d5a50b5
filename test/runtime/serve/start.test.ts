import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  type IWebsocket,
  newWebsocketServe,
  type StartErrorCode,
  setBasePath,
  setHost,
  setLogger,
  setMaxMessageSize,
  setMode,
  setTls,
} from "wsgen-runtime";
import { connectClient, startModules } from "wsgen-runtime/testing";
import { freePort } from "../../support/free-port.js";
import { recordingLogger } from "../support/recording-logger.js";
import { defineCommand, defineModule, ping } from "./define-module.js";

const taken: Server[] = [];
afterEach(async () => {
  for (const server of taken.splice(0)) {
    server.close();
    await once(server, "close");
  }
});

async function takePort(): Promise<number> {
  const server = createServer().listen(0);
  taken.push(server);
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

class NamedPing {
  getCommand = () => "ping";
  getConfigOption = () => [];
  execute = () => undefined;
}

test.each<[string, IWebsocket[], StartErrorCode, RegExp]>([
  ["no module", [], "no_modules", /no module/],
  [
    "getModuleFlag: one flag twice",
    [defineModule(), defineModule()],
    "duplicate_flag",
    /"test".*twice.*argument 1.*argument 2/,
  ],
  [
    "getCommand: one command twice",
    [defineModule({ commands: [new NamedPing(), ping] })],
    "duplicate_command",
    /"test".*"ping".*NamedPing and Object/,
  ],
  [
    "a command without a name",
    [defineModule({ commands: [{ ...ping, getCommand: () => "" }] })],
    "invalid_command",
    /"test".*no name/,
  ],
  ["null in place of a module", [null as never], "invalid_module", /argument 1.*null/],
  ["a class in place of an instance", [class {} as never], "invalid_module", /argument 1.*connect/],
  [
    "a missing method",
    [{ ...defineModule(), close: undefined as never }],
    "invalid_module",
    /argument 1.*close/,
  ],
  [
    "a value that is not a list of commands",
    [defineModule({ commands: 1 as never })],
    "invalid_command",
    /"test".*1/,
  ],
  [
    "a value that is not a command",
    [defineModule({ commands: [null as never] })],
    "invalid_command",
    /"test".*null/,
  ],
  [
    "a command without execute",
    [defineModule({ commands: [{ ...ping, execute: 1 as never }] })],
    "invalid_command",
    /"test".*execute/,
  ],
  [
    "routes that are not a list",
    [defineModule({ urls: { ws: 1 } as never })],
    "invalid_route",
    /"test".*ws: 1/,
  ],
  [
    "a route that is not a string",
    [defineModule({ urls: [Object.create(null)] })],
    "invalid_route",
    /"test".*string/,
  ],
  ["a flag that is not a string", [defineModule({ flag: 1n as never })], "invalid_flag", /1n/],
  [
    "a port that is not a number",
    [defineModule({ port: Object.create(null) })],
    "invalid_port",
    /"test".*65535/,
  ],
  ["getModuleFlag: a bad flag", [defineModule({ flag: "a/b" })], "invalid_flag", /"a\/b"/],
  ["getServerPort: a bad port", [defineModule({ port: 70_000 })], "invalid_port", /"test".*70000.*65535/],
  ["a bad pattern", [defineModule({ urls: ["a/:"] })], "invalid_route", /"test".*"a\/:".*name/],
  [
    "conflicting patterns",
    [defineModule({ urls: [":a", ":b"] })],
    "route_conflict",
    /\/test\/:a and \/test\/:b/,
  ],
  ["no pattern", [defineModule({ urls: [] })], "invalid_route", /"test".*no route/],
  [
    "a bad option",
    [defineModule({ config: [setMaxMessageSize(-1)] })],
    "invalid_option",
    /"test".*maxMessageSize.*-1/,
  ],
  [
    "a certificate that is not there",
    [defineModule({ config: [setTls({ certFile: "no-cert.pem", keyFile: "no-key.pem" })] })],
    "invalid_certificate",
    /"test".*no-cert\.pem/,
  ],
  [
    "one port with two hosts",
    [defineModule({ port: 0, config: [setHost("127.0.0.1")] }), defineModule({ port: 0, flag: "other" })],
    "port_conflict",
    /"test" and "other".*host/,
  ],
  [
    "one port with one path twice",
    [defineModule(), defineModule({ flag: "other", config: [setBasePath("/test")] })],
    "path_conflict",
    /"test" and "other".*\/test/,
  ],
])("%s is refused with a code and the reason", async (_title, modules, code, message) => {
  const error = await newWebsocketServe(...modules).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
});

test.each([
  ["debug", ["debug", "debug", "debug"], { mode: "debug" }, /^debug mode: .*NODE_ENV=production/],
  ["product", ["product", "product", "product"], { mode: "product" }, /^product mode$/],
  ["both", ["product", "debug", "product"], { mode: "debug", debug: ["b"] }, /^debug mode: /],
] as const)(
  "setMode: one line of the log has the mode of all modules: %s",
  async (_title, modes, fields, message) => {
    const logger = recordingLogger();
    const [one, two, three] = modes.map((mode) => [setMode(mode), setLogger(logger)]);
    await using _server = await startModules(
      defineModule({ flag: "a", port: 1, config: one ?? [] }),
      defineModule({ flag: "b", port: 1, config: two ?? [] }),
      defineModule({ flag: "c", port: 2, config: three ?? [] }),
    );
    const lines = logger.lines.filter((line) => /mode/.test(String(line.message)));
    expect(lines).toEqual([
      { level: "info", fields: { module: "a", ...fields }, message: expect.stringMatching(message) },
    ]);
  },
);

test("a taken port names port and modules, and nothing stays listening", async () => {
  const [free, busy] = [await freePort(), await takePort()];
  const start = newWebsocketServe(
    defineModule({ flag: "one", port: free }),
    defineModule({ flag: "two", port: busy }),
    defineModule({ flag: "three", port: busy }),
  );
  await expect(start).rejects.toMatchObject({
    code: "listen_failed",
    message: expect.stringContaining(
      `modules "two", "three": cannot listen on port ${busy}: it is already in use`,
    ),
  });
  await expect(connectClient(`ws://127.0.0.1:${free}/one/ws`)).rejects.toThrow("ECONNREFUSED");
});

test("getCommandList: modules share a port, and have separate commands", async () => {
  const who = (name: string) => defineCommand("who", () => ({ name }));
  const serve = await newWebsocketServe(
    defineModule({ flag: "a", port: 0, commands: [who("a")] }),
    defineModule({ flag: "b", port: 0, commands: [who("b"), ping] }),
  );
  expect(serve.ports).toHaveLength(1);
  const [a, b] = await Promise.all(
    ["a", "b"].map((flag) => connectClient(`ws://127.0.0.1:${serve.ports[0]}/${flag}/ws`)),
  );
  expect(await a!.request("who")).toEqual({ name: "a" });
  expect(await b!.request("who")).toEqual({ name: "b" });
  await expect(a!.request("ping")).rejects.toMatchObject({ code: "unknown_command" });
  await serve.close();
});

test("a failed start without an await ends the process with the message", async () => {
  const port = await takePort();
  const runtime = new URL("../../../runtime/dist/index.js", import.meta.url).href;
  const program = `
    import { newWebsocketServe } from ${JSON.stringify(runtime)};
    newWebsocketServe({
      connect() {}, disconnect() {}, close() {},
      handshakeURL: () => ["ws"], getCommandList: () => [], getModuleFlag: () => "example",
      getServerPort: () => ${port}, getWSServerConfig: () => [],
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  let output = "";
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  expect(output).toContain(`module "example": cannot listen on port ${port}`);
  expect(code).toBe(1);
});
