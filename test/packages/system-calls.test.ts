// The system calls that messages cost a server, as the kernel counts them.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { skipUnless } from "../support/skip-unless.js";

const runtime = new URL("../../runtime/dist/index.js", import.meta.url).href;
const rounds = 50;
/** Tasks of V8, most while code is still compiled, wake the loop with a read and a write: only the least count is exact. */
const attempts = 8;

skipUnless(existsSync("/proc/self/io"), "the system calls of a server", "on Linux only").describe(
  "the system calls of a server",
  () => {
    let server: ChildProcess;
    let clients: WebSocket[];

    beforeEach(async () => {
      server = fork(fileURLToPath(new URL("echo-server.js", import.meta.url)), [runtime]);
      const [port] = await once(server, "message");
      clients = await Promise.all(
        Array.from({ length: 10 }, () => connect(`ws://127.0.0.1:${port}/test/ws`)),
      );
    });

    afterEach(async () => {
      for (const client of clients) client.terminate();
      const ended = once(server, "exit");
      server.disconnect();
      await ended;
    });

    test("a command is one read and one write", async () => {
      expect(await countCalls(() => ask(1))).toEqual({ reads: 1, writes: 1 });
    });

    test("sixteen commands that arrive together are one read and one write", async () => {
      expect(await countCalls(() => ask(16))).toEqual({ reads: 1, writes: 1 });
    });

    test("a broadcast is one read, and one write for each receiver", async () => {
      expect(await countCalls(shout)).toEqual({ reads: 1, writes: clients.length });
    });

    /** The calls of one round. */
    async function countCalls(round: () => Promise<void>): Promise<Calls> {
      const counts: Calls[] = [];
      for (let attempt = 0; attempt < attempts; attempt++) {
        const before = callsOf(server);
        for (let done = 0; done < rounds; done++) await round();
        const after = callsOf(server);
        counts.push({ reads: after.reads - before.reads, writes: after.writes - before.writes });
      }
      const least = (kind: keyof Calls) =>
        Math.floor(Math.min(...counts.map((calls) => calls[kind])) / rounds);
      return { reads: least("reads"), writes: least("writes") };
    }

    /** Sends commands so that they arrive together, and waits for the replies. */
    async function ask(count: number): Promise<void> {
      const [client] = clients as [WebSocket];
      const { _socket: socket } = client as unknown as { _socket: Socket };
      const replies = take(client, count);
      socket.cork();
      for (let id = 0; id < count; id++) client.send(JSON.stringify({ command: "echo", id, text: "hi" }));
      socket.uncork();
      await replies;
    }

    async function shout(): Promise<void> {
      const events = clients.map((client) => take(client, 1));
      clients[0]?.send(JSON.stringify({ command: "shout", text: "hi" }));
      await Promise.all(events);
    }
  },
);

interface Calls {
  readonly reads: number;
  readonly writes: number;
}

/** proc(5): `syscr` and `syscw` count the calls that read and write, of all threads. */
function callsOf({ pid }: ChildProcess): Calls {
  const text = readFileSync(`/proc/${pid}/io`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1]);
  return { reads: field("syscr"), writes: field("syscw") };
}

async function connect(url: string): Promise<WebSocket> {
  const client = new WebSocket(url);
  await once(client, "open");
  return client;
}

/** Waits for so many messages. */
function take(client: WebSocket, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    client.on("message", function receive() {
      left -= 1;
      if (left > 0) return;
      client.off("message", receive);
      resolve();
    });
  });
}
