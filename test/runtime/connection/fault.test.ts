import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { setPingPeriod, setPongWait, setWriteWait } from "wsgen-runtime";
import { connectClient, startModules, type TestClient } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { Random } from "./random-peer.js";

const seed = Number(process.env.WSGEN_FAULT_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.WSGEN_FAULT_ROUNDS ?? 300);
const connectionCount = 200;

const rawSocket = (client: TestClient) => (client.socket as unknown as { _socket: Socket | null })._socket;

/** What a client may do to a server; those that stall come back, or are dropped meanwhile. */
const faults: ((client: TestClient) => void)[] = [
  (client) => client.socket.terminate(),
  (client) => rawSocket(client)?.resetAndDestroy(),
  (client) => client.socket.close(4000),
  (client) => rawSocket(client)?.end(),
  (client) => rawSocket(client)?.pause(),
  (client) => rawSocket(client)?.pause(),
  (client) => rawSocket(client)?.resume(),
  (client) => rawSocket(client)?.write(Buffer.from([0xff, 0xff])),
];

test(`disconnects, stalls, resets and bad frames under load leak nothing (seed ${seed})`, async () => {
  const online = new Set<string>();
  let [closed, disconnected] = [0, 0];
  await using server = await startModules(
    defineModule({
      config: [setPingPeriod(0.3), setPongWait(0.3), setWriteWait(0.5)],
      commands: [
        ping,
        defineCommand("say", async (ctx) => {
          await new Promise((resolve) => setImmediate(resolve));
          return ctx.module.room("lobby").except(ctx).event("said", "x".repeat(2_000));
        }),
      ],
      connect: (ctx) => {
        online.add(ctx.id);
        ctx.join("lobby");
        ctx.tag(`tag-${online.size % 10}`);
      },
      close: () => void closed++,
      disconnect: (ctx) => {
        disconnected += 1;
        online.delete(ctx.id);
      },
    }),
  );
  const url = server.url("/test/ws");
  const random = new Random(seed);
  const clients = new Set<TestClient>();
  const join = async () => {
    const client = await connectClient(url);
    client.socket.on("error", () => {});
    clients.add(client);
    client.closed.then(() => clients.delete(client));
  };
  for (let round = 0; round < rounds; round++) {
    const missing = Math.min(20, connectionCount - clients.size);
    await Promise.all(Array.from({ length: missing }, join));
    const all = [...clients];
    for (let count = 0; count < 5; count++) {
      const client = random.pick(all);
      if (client.socket.readyState === client.socket.OPEN) client.send({ command: "say", id: round });
      if (random.below(2) === 0) random.pick(faults)(random.pick(all));
    }
    if (round % 50 === 0) {
      await using healthy = await connectClient(url);
      expect(await healthy.request("ping")).toEqual({ ping: "pong" });
    }
  }
  for (const client of clients) client.socket.terminate();
  await server.close();
  const { accepted, connections, rooms } = server.serve.module("test").stats();
  expect(accepted).toBeGreaterThanOrEqual(connectionCount);
  expect({ closed, disconnected }).toEqual({ closed: accepted, disconnected: accepted });
  expect({ connections, rooms: rooms.size, online: online.size }).toEqual({
    connections: 0,
    rooms: 0,
    online: 0,
  });
});
