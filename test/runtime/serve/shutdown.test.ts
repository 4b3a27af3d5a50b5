import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { connectClient, startModules, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "./define-module.js";

const start = (definition: ModuleDefinition): Promise<TestServer> => startModules(defineModule(definition));

test("commands that were accepted finish and are answered, then 1001, then the hooks, all once", async () => {
  const steps: unknown[] = [];
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = defineCommand("slow", async (ctx, { n }) => {
    if (n === 1) ctx.send("started");
    await gate;
    steps.push(n);
    return n;
  });
  const server = await start({
    commands: [slow],
    close: (_ctx, code) => void steps.push(code),
    disconnect: () => void steps.push("disconnect"),
  });
  const client = await connectClient(server.url("/test/ws"));
  const replies = [client.request("slow", { n: 1 }), client.request("slow", { n: 2 })];
  expect(await client.next()).toBe("started");
  const closing = server.serve.close();
  expect(server.serve.close()).toBe(closing);
  expect(server.serve.isReady).toBe(false);
  goOn();
  expect(await Promise.all(replies)).toEqual([1, 2]);
  expect(await client.closed).toMatchObject({ code: 1001 });
  await closing;
  expect(steps).toEqual([1, 2, 1001, "disconnect"]);
  await expect(connectClient(server.url("/test/ws"))).rejects.toThrow("ECONNREFUSED");
});

test("close: connections that are not done at the deadline are cut, and the hooks still run", async () => {
  const steps: unknown[] = [];
  const server = await start({
    commands: [defineCommand("endless", (ctx) => once(ctx.signal, "abort"))],
    close: (_ctx, code) => void steps.push(code),
    disconnect: () => void steps.push("disconnect"),
  });
  const client = await connectClient(server.url("/test/ws"));
  client.send({ command: "endless" });
  // It answers no close frame.
  (client.socket as unknown as { _socket: { pause(): void } })._socket.pause();
  await server.serve.close({ deadlineMs: 100 });
  expect(steps).toEqual([1006, "disconnect"]);
});

test("a handshake that is under way is answered and closed like the others", async () => {
  const hooks: unknown[] = [];
  let goOn = () => {};
  let began = () => {};
  const connecting = new Promise<void>((resolve) => {
    began = resolve;
  });
  const server = await start({
    connect: () => {
      began();
      return new Promise<void>((resolve) => {
        goOn = resolve;
      });
    },
    close: (_ctx, code) => void hooks.push(code),
    disconnect: () => void hooks.push("disconnect"),
  });
  const client = connectClient(server.url("/test/ws"));
  await connecting;
  const closing = server.serve.close();
  goOn();
  expect(await (await client).closed).toMatchObject({ code: 1001 });
  await closing;
  expect(hooks).toEqual([1001, "disconnect"]);
});

test("many connections are closed, each with its hooks", async () => {
  let ended = 0;
  const server = await start({ commands: [ping], disconnect: () => void ended++ });
  const clients = await Promise.all(Array.from({ length: 300 }, () => connectClient(server.url("/test/ws"))));
  await server.serve.close();
  for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001 });
  expect(ended).toBe(300);
});

test.each([
  ["SIGTERM", 1, 0],
  ["SIGINT", 2, 130],
] as const)("%s, %i times, ends the process with %i", async (signal, times, code) => {
  const runtime = new URL("../../../runtime/dist/index.js", import.meta.url).href;
  const program = `
    import { closeOnSignals, enableConsoleLog, newWebsocketServe } from ${JSON.stringify(runtime)};
    const serve = await newWebsocketServe({
      connect() {}, close() {}, disconnect: () => new Promise((resolve) => ${times} === 1 ? resolve() : setTimeout(resolve, 60000)),
      handshakeURL: () => ["ws"], getCommandList: () => [], getModuleFlag: () => "test",
      getServerPort: () => 0, getWSServerConfig: () => [enableConsoleLog(false)],
    });
    closeOnSignals(serve);
    process.stdout.write("port " + serve.ports[0]);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  const [output] = await once(child.stdout, "data");
  const client = await connectClient(`ws://127.0.0.1:${String(output).slice(5)}/test/ws`);
  const exited = once(child, "exit");
  child.kill(signal);
  expect(await client.closed).toMatchObject({ code: 1001 });
  if (times === 2) child.kill(signal);
  expect((await exited)[0]).toBe(code);
});

test("closeOnSignals: a signal that answers the line listening closes the server, with exit code 0", async () => {
  const runtime = new URL("../../../runtime/dist/index.js", import.meta.url).href;
  // The signal of a supervisor that reads the log, and is faster than the process itself.
  const program = `
    import { closeOnSignals, newWebsocketServe, setLogger } from ${JSON.stringify(runtime)};
    const info = (fields, message) => message === "listening" && process.kill(process.pid, "SIGTERM");
    const logger = { trace() {}, debug() {}, info, warn() {}, error() {}, fatal() {}, child: () => logger };
    closeOnSignals(await newWebsocketServe({
      connect() {}, close() {}, disconnect() {},
      handshakeURL: () => ["ws"], getCommandList: () => [], getModuleFlag: () => "test",
      getServerPort: () => 0, getWSServerConfig: () => [setLogger(logger)],
    }));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([0, null]);
});
