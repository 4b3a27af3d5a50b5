// Bytes on the heap are counted, which are the same in each run, and not what the system says a process takes.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const program = fileURLToPath(new URL("idle-server.js", import.meta.url));
const runtime = new URL("../../runtime/dist/index.js", import.meta.url).href;
const connections = 1_000;

let child: ChildProcess;
let sockets: Socket[] = [];

afterEach(end);

function end(): void {
  child.kill("SIGKILL");
  for (const socket of sockets) socket.destroy();
  sockets = [];
}

test("an idle connection takes at most 1.35 times the memory of one of bare ws", async () => {
  const bare = await bytesPerConnection("ws");
  expect(bare).toBeGreaterThan(1_500);
  expect((await bytesPerConnection("wsgen")) / bare).toBeLessThan(1.35);
});

async function bytesPerConnection(kind: "ws" | "wsgen"): Promise<number> {
  child = fork(program, [kind, runtime], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const port = await told();
  // The first ones make V8 compile what they need.
  await open(port, 200);
  const before = await ask();
  await open(port, connections);
  const after = await ask();
  end();
  return (after - before) / connections;
}

async function told(): Promise<number> {
  const [value] = await once(child, "message");
  return value as number;
}

function ask(): Promise<number> {
  const answer = told();
  child.send("memory");
  return answer;
}

async function open(port: number, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 50) {
    await Promise.all(Array.from({ length: 50 }, () => upgrade(port)));
  }
}

async function upgrade(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1").unref();
  sockets.push(socket);
  socket.write(
    "GET /plain/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: bG9hZCBnZW5lcmF0b3IuIQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1.1 101/);
}
