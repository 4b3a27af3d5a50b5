import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setCommandConcurrency,
  setCommandRate,
  setInboundQueue,
  setPingPeriod,
  setPongWait,
  setRawHandler,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { dial, formatRequest } from "../server/http-exchange.js";

let server: TestServer;
afterEach(() => server.close());

const rawSocket = (client: TestClient) => (client.socket as unknown as { _socket: Socket })._socket;

/** Commands that wait until the test lets them go on. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let running = 0;
  let most = 0;
  const command = defineCommand("wait", async (_ctx, { n }) => {
    running += 1;
    most = Math.max(most, running);
    await opened;
    running -= 1;
    return n;
  });
  return { command, open: () => open(), most: () => most };
}

async function start(config: SetWSServerConfig[], commands = [ping]): Promise<TestClient> {
  server = await startModules(defineModule({ config, commands }));
  return connectClient(server.url("/test/ws"));
}

test("a full queue stops the reading: the sender feels it, and nothing is lost or reordered", async () => {
  const { command, open } = gate();
  const client = await start([setInboundQueue(10, 2 ** 20)], [command]);
  const socket = rawSocket(client);
  const padding = "x".repeat(3_000);
  let sent = 0;
  // The kernel's buffers take a lot, but not without end.
  while (socket.writableLength < 2 ** 20 && sent < 20_000) {
    client.send({ command: "wait", n: sent, padding });
    sent += 1;
    if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(sent).toBeLessThan(20_000);
  expect(server.serve.module("test").stats().messagesIn).toBeLessThan(sent / 2);
  open();
  for (let n = 0; n < sent; n++) expect(await client.next()).toBe(n);
});

test.each([
  [1, 1],
  [4, 4],
])("with a concurrency of %i, %i commands run at the same time", async (limit, expected) => {
  const { command, open, most } = gate();
  const client = await start([setCommandConcurrency(limit)], [command, ping]);
  for (let n = 0; n < 8; n++) client.send({ command: "wait", n });
  await using other = await connectClient(server.url("/test/ws"));
  // By its reply the frames sent before have been read too, in one process and over one loop.
  for (let round = 0; round < 5; round++) expect(await other.request("ping")).toEqual({ ping: "pong" });
  open();
  for (let n = 0; n < 8; n++) expect(await client.next()).toBe(n);
  expect(most()).toBe(expected);
});

test("a client that sends too many commands is told rate_limited", async () => {
  const client = await start([setCommandRate(0.001, 2)]);
  expect(await client.request("ping")).toEqual({ ping: "pong" });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
  await expect(client.request("ping")).rejects.toMatchObject({ code: "rate_limited" });
});

test("a client that answers no ping is dropped; one that does is not", async () => {
  const client = await start([setPingPeriod(0.1), setPongWait(0.1)]);
  const silent = await dial(server.url("/test/ws"));
  silent.write(formatRequest({}));
  silent.resume();
  await once(silent, "close");
  expect(server.serve.module("test").stats().timedOut).toBe(1);
  expect(await client.request("ping")).toEqual({ ping: "pong" });
});

test("a raw module takes text and bytes as they come: an echo", async () => {
  const client = await start([
    setRawHandler((ctx, data, isBinary) => void ctx.send(isBinary ? data : data.toString())),
  ]);
  client.send("héllo, not JSON");
  client.send(Buffer.from([0, 1, 2]));
  expect(await client.next()).toBe("héllo, not JSON");
  expect(await client.next()).toEqual(Buffer.from([0, 1, 2]));
});

test("a raw handler that fails closes with 1011", async () => {
  const client = await start([setRawHandler(async () => Promise.reject(new Error("no luck")))]);
  client.send("x");
  expect(await client.closed).toEqual({ code: 1011, reason: "no luck" });
});
