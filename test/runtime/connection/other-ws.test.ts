// The runtime on a ws whose private members have other names than those that it looks for.
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as ws from "ws";
import { connectClient } from "wsgen-runtime/testing";
import { getReceiver, hasKnownReceiver } from "../../../runtime/src/connection/ws-internals/receiver.js";
import { makeCase } from "../fuzz/fuzz-case.js";
import { runCase } from "../fuzz/run-case.js";
import { TargetProcess } from "../support/target-process.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const privateNames =
  /\b_(receiver|state|bufferedBytes|fragmented|errored|opcode|maxPayload|payloadLength)\b/g;

const logger =
  "{ debug() {}, info() {}, error: console.error, fatal: console.error, warn: (_fields, text) => console.error(text), child() { return this; } }";

let folder: string;
let target: TargetProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "other-ws-"));
  await mkdir(join(folder, "node_modules"));
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "ws") await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  const library = join(folder, "node_modules/ws");
  await cp(join(root, "node_modules/ws"), library, { recursive: true, dereference: true });
  for (const name of await readdir(join(library, "lib"))) {
    const file = join(library, "lib", name);
    await writeFile(file, (await readFile(file, "utf8")).replace(privateNames, "_$1OfAnother"));
  }
  for (const path of [
    "runtime/dist",
    "runtime/package.json",
    "test/runtime/support/target-child.js",
    "test/runtime/server/certificates",
  ])
    await cp(join(root, path), join(folder, path), { recursive: true });
  const child = join(folder, "test/runtime/support/target-child.js");
  // Its log goes to stderr.
  const source = (await readFile(child, "utf8")).replaceAll(
    "enableConsoleLog(false)",
    `setLogger(${logger})`,
  );
  await writeFile(child, source.replace("  setInboundQueue,", "  setInboundQueue,\n  setLogger,"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  target = await TargetProcess.start(child);
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test("the version that is installed is known", () => {
  expect(hasKnownReceiver()).toBe(true);
});

test.each([
  ["exports no receiver", { WebSocket: ws.WebSocket }],
  ["has a receiver of another shape", { WebSocket: ws.WebSocket, Receiver: class {} }],
  ["keeps its receiver elsewhere", { ...ws, WebSocket: class {} }],
])("a version that %s is not known", (_title, library) => {
  expect(hasKnownReceiver(library)).toBe(false);
});

test("ws calls back while it handles an upgrade, and its receiver is where it is looked for", async () => {
  const { connection } = await openPlain();
  expect(connection.isOpenedInTurn).toBe(true);
  expect(typeof getReceiver(connection.socket)._write).toBe("function");
  connection.socket.terminate();
});

test("commands, pushes, batches of frames and closes work", async () => {
  await using one = await connectClient(target.url("/test/ws"));
  const other = await connectClient(target.url("/zip/ws"));
  for (const client of [one, other]) {
    const texts = Array.from({ length: 200 }, (_, n) => "é".repeat(n));
    const replies = await Promise.all(texts.map((text) => client.request("echo", { text })));
    expect(replies).toEqual(texts.map((text) => ({ text })));
  }
  await using member = await connectClient(target.url("/test/ws"));
  await member.request("join", { room: "a" });
  await one.request("say", { room: "a", text: "hi" });
  expect(await member.next()).toMatchObject({ event: "said", data: { text: "hi" } });
  other.send({ command: "close", code: 4001 });
  expect(await other.closed).toMatchObject({ code: 4001 });
});

test("500 random clients harm nothing", async () => {
  for (let from = 0; from < 500; from += 50) {
    const cases = Array.from({ length: 50 }, (_, index) => makeCase(6455, from + index));
    await Promise.all(cases.map((each) => runCase(target.url("/test/ws"), each)));
  }
  expect(target.death).toBeUndefined();
  const { hooks } = await target.reportOnce((report) => report.connections === 0);
  expect(hooks.close).toBe(hooks.connect);
  expect(hooks.disconnect).toBe(hooks.connect);
});

test("one line at the start reports that it is slower", () => {
  expect(target.stderr.match(/Unknown version of ws/g)).toHaveLength(1);
});

async function openPlain() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const sockets = new ws.WebSocketServer({ noServer: true, clientTracking: false });
  const opened = new Promise<{ socket: ws.WebSocket; isOpenedInTurn: boolean }>((resolve) =>
    server.on("upgrade", (request, socket, head) => {
      let opened: ws.WebSocket | undefined;
      sockets.handleUpgrade(request, socket, head, (each) => {
        opened = each;
      });
      if (opened !== undefined) resolve({ socket: opened, isOpenedInTurn: true });
    }),
  );
  const client = new ws.WebSocket(`ws://127.0.0.1:${port}`);
  client.on("error", () => undefined);
  const connection = await opened;
  server.close();
  return { connection };
}
