import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants, deflateRawSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setCommandConcurrency,
  setCommandRate,
  setCompression,
  setInboundQueue,
  setPingPeriod,
  setPongWait,
  setRawHandler,
  setWriteWait,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { InboundQueue } from "../../../runtime/src/connection/inbound-queue.js";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { dial, formatRequest } from "../server/http-exchange.js";
import { eventually, inTime } from "../support/leak-check.js";
import { rawSocket } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

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

test("setInboundQueue: a full queue stops the reading: the sender notices it, and nothing is lost or reordered", async () => {
  const { command, open } = gate();
  const client = await start([setInboundQueue({ frames: 10, bytes: 2 ** 20 })], [command]);
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

test.each<[string, number, string, SetWSServerConfig[]]>([
  ["text", 0x81, "", []],
  ["binary", 0x82, "", []],
  ["compressed", 0xc1, "permessage-deflate", [setCompression()]],
])("no more %s frames of one packet wait than the queue holds, and none is lost", async (...kind) => {
  const [, first, extensions, config] = kind;
  const { open, opened } = hold();
  const numbers: number[] = [];
  const handler = setRawHandler(async (_ctx, data) => {
    numbers.push(Number(data));
    await opened;
  });
  server = await startModules(
    defineModule({ config: [setInboundQueue({ frames: 10, bytes: 2 ** 20 }), handler, ...config] }),
  );
  const { stats } = server.serve.module("test");
  const socket = await dial(server.url("/test/ws"));
  socket.resume();
  socket.write(
    formatRequest({ headers: extensions === "" ? {} : { "Sec-WebSocket-Extensions": extensions } }),
  );
  const count = 2_000;
  const isZip = extensions !== "";
  const payloads = Array.from({ length: count }, (_, n) =>
    isZip ? deflate(String(n)) : Buffer.from(String(n)),
  );
  // No mask changes nothing: what is sent is what is read.
  socket.write(
    Buffer.concat(
      payloads.map((each) => Buffer.concat([Buffer.from([first, 0x80 | each.length, 0, 0, 0, 0]), each])),
    ),
  );
  await using other = await connectClient(server.url("/test/ws"));
  await eventually(
    () => stats().messagesIn >= 11,
    () => JSON.stringify(stats()),
  );
  // A ping of another connection comes back only after what was read before it.
  for (let round = 0; round < 10; round++) await pong(other);
  expect(stats().messagesIn).toBe(11);
  open();
  await eventually(
    () => numbers.length === count,
    () => `${numbers.length} handled`,
  );
  expect(numbers).toEqual(payloads.map((_, n) => n));
  socket.destroy();
});

test("a client that is cut off while its queue is full has ended at once", async () => {
  const { open, opened } = hold();
  let ended = 0;
  server = await startModules(
    defineModule({
      config: [
        setInboundQueue({ frames: 2, bytes: 2 ** 20 }),
        setRawHandler(() => opened),
        setWriteWait(0.1),
      ],
      disconnect: () => {
        ended += 1;
      },
    }),
  );
  const socket = await dial(server.url("/test/ws"));
  socket.resume();
  socket.write(formatRequest({}));
  socket.write(Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from([0x81, 0x80, 0, 0, 0, 0]))));
  const { stats } = server.serve.module("test");
  await eventually(
    () => stats().messagesIn === 3,
    () => JSON.stringify(stats()),
  );
  socket.resetAndDestroy();
  await eventually(
    () => ended === 1,
    () => "it has not ended",
  );
  expect(stats().messagesIn).toBe(3);
  open();
});

test("a client that is cut off while its commands wait for the compressor has ended at once", async () => {
  const { open: end, opened: ended } = hold();
  const text = randomBytes(300_000).toString("base64");
  const page = defineCommand("page", () => text);
  server = await startModules(
    defineModule({
      config: [setCompression({ threshold: 0 }), setWriteWait(60)],
      commands: [page],
      disconnect: end,
    }),
  );
  const client = await connectClient(server.url("/test/ws"));
  const { stats, all } = server.serve.module("test");
  rawSocket(client).pause();
  // More than the kernel takes for a client that does not read.
  all.send(randomBytes(16 * 2 ** 20).toString("base64"));
  const queued = 20;
  for (let count = 0; count < queued; count++) client.send({ command: "page" });
  await eventually(
    () => stats().messagesIn === queued,
    () => JSON.stringify(stats()),
  );
  expect(stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
  expect(stats().messagesOut).toBeLessThan(queued);
  rawSocket(client).resetAndDestroy();
  await inTime(ended, "the end of the connection", 10_000);
});

/** A promise that the test resolves. */
function hold() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

/** As permessage-deflate sends it (RFC 7692 §7.2.1). */
const deflate = (data: string): Buffer =>
  deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

async function pong({ socket }: TestClient): Promise<void> {
  const answered = once(socket, "pong");
  socket.ping();
  await answered;
}

test.each([
  [1, 1],
  [4, 4],
])("setCommandConcurrency: with %i, %i commands run at the same time", async (limit, expected) => {
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

test("setCommandRate: a client that sends too many commands gets rate_limited", async () => {
  const client = await start([setCommandRate({ perSecond: 0.001, burst: 2 })]);
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

test("setRawHandler: a raw module gets text and bytes unchanged: an echo", async () => {
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

test("every wait for the end of the commands resolves", async () => {
  const { open, opened } = hold();
  const ignore = () => {};
  const owner = {
    handleFrame: () => opened,
    onMessageError: ignore,
    pauseReading: ignore,
    resumeReading: ignore,
  };
  const queue = new InboundQueue(owner, { concurrency: 1, maxFrames: 8, maxBytes: 1_024 });
  for (const text of ["a", "b"]) queue.add({ raw: Buffer.from(text), isBinary: false });
  const both = Promise.all([queue.idle(), queue.idle()]);
  open();
  await inTime(both, "both who wait", 5_000);
  expect(queue.isIdle).toBe(true);
});
