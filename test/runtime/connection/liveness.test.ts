import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { setInboundQueue, setPingPeriod, setPongWait, setWriteWait } from "wsgen-runtime";
import { connectClient, fakeTime, startModules, type TestServer } from "wsgen-runtime/testing";
import { LivenessClock } from "../../../runtime/src/connection/heartbeat.js";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { command, frame, Opcode } from "../support/frames.js";
import { eventually } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";

let server: TestServer;
afterEach(() => server?.close());

const module = () => server.serve.module("test");

/** Nothing runs meanwhile: no timer fires and no socket is read. */
function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** The next ping that arrives blocks the event loop for so long: the pings behind it are still to be read. */
let blockMs = 0;

function takeBlock(): number {
  const ms = blockMs;
  blockMs = 0;
  return ms;
}

/** A client whose pongs take a while. */
async function connectAfar(latencyMs: number): Promise<RawClient> {
  const client = await RawClient.open(server.url("/test/ws"));
  let answered = 0;
  client.socket.on("data", () => {
    const pings = client.frames.filter(({ opcode }) => opcode === Opcode.ping).length;
    if (blockMs > 0) block(takeBlock());
    for (; answered < pings; answered++) {
      setTimeout(() => client.send(frame({ opcode: Opcode.pong })), latencyMs);
    }
  });
  return client;
}

const pinged = (client: RawClient) => client.frames.some(({ opcode }) => opcode === Opcode.ping);

describe("a block of the event loop longer than", () => {
  test("setPongWait: none of 200 clients whose pongs are on their way is dropped, but still the dead one", async () => {
    server = await startModules(
      defineModule({ config: [setPingPeriod(0.4), setPongWait(1)], commands: [ping] }),
    );
    const clients = await Promise.all(Array.from({ length: 200 }, () => connectAfar(80)));
    const dead = await RawClient.open(server.url("/test/ws"));
    await eventually(
      () => [...clients, dead].every(pinged),
      () => "not all have been pinged",
    );
    blockMs = 2_000;
    await dead.ended;
    // It was judged with the others: what they have been spared is the block.
    expect(module().stats()).toMatchObject({ connections: 200, timedOut: 1 });
    for (const client of clients) client.reset();
  });

  test("setWriteWait: none of 20 clients is dropped in the middle of a message", async () => {
    server = await startModules(defineModule({ config: [setWriteWait(2)], commands: [ping] }));
    const urls = Array.from({ length: 20 }, () => server.url("/test/ws"));
    const clients = await Promise.all(urls.map((url) => connectClient(url)));
    const payload = "x".repeat(8 * 2 ** 20);
    module().all.send(payload);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    block(4_000);
    for (const client of clients) expect(await client.next(60_000)).toHaveLength(payload.length);
    expect(module().stats()).toMatchObject({ connections: 20, timedOut: 0 });
  });
});

test("setPongWait: a client that the server itself has paused is not dropped as dead", async () => {
  using time = fakeTime();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wait = defineCommand("wait", () => released);
  server = await startModules(
    defineModule({
      config: [setInboundQueue({ frames: 1, bytes: 64 }), setPingPeriod(1), setPongWait(1)],
      commands: [ping, wait],
    }),
  );
  const client = await RawClient.open(server.url("/test/ws"));
  client.send(command("wait"), command("ping"), command("ping"));
  await time.advance(10_000);
  expect(module().stats()).toMatchObject({ connections: 1, timedOut: 0 });
  release();
  expect(await client.nextMessage()).toEqual({ ping: "pong" });
  client.reset();
});

test("the first pings of clients that came together are spread over the period", async () => {
  using time = fakeTime();
  server = await startModules(defineModule({ config: [setPingPeriod(10), setPongWait(10)] }));
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(server.url("/test/ws"))));
  await time.advance(5_000);
  const early = clients.filter(pinged).length;
  expect(early).toBeGreaterThan(5);
  expect(early).toBeLessThan(45);
  await time.advance(6_000);
  await eventually(
    () => clients.every(pinged),
    () => "not all have been pinged",
  );
  for (const client of clients) client.reset();
});

describe("the liveness clock", () => {
  test("goes on by no more than its interval from look to look, however late that is", async () => {
    const clock = new LivenessClock(400);
    const looks: number[] = [];
    const members = new Map([[1, { checkTime: (nowMs: number) => looks.push(nowMs) }]]);
    clock.watch(members);
    while (looks.length < 8) {
      block(150);
      await nextTurn();
    }
    members.clear();
    clock.update();
    for (const [index, nowMs] of looks.slice(1).entries()) expect(nowMs - looks[index]!).toBeLessThan(100.1);
  });

  test("looks when the sockets have been read, for timers run before what has arrived", async () => {
    const events: string[] = [];
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const sender = connect((listener.address() as { port: number }).port, "127.0.0.1");
    const connected = once(sender, "connect");
    const [receiver] = (await once(listener, "connection")) as [Socket];
    await connected;
    receiver.once("data", () => events.push("read"));
    const clock = new LivenessClock(80);
    const members = new Map<unknown, { checkTime(): void }>();
    clock.watch(members);
    await nextTurn();
    members.set(1, { checkTime: () => events.push("looked") });
    clock.update();
    sender.write("x");
    block(30);
    await eventually(
      () => events.length >= 2,
      () => events.join(),
    );
    expect(events.slice(0, 2)).toEqual(["read", "looked"]);
    members.clear();
    clock.update();
    sender.destroy();
    receiver.destroy();
    listener.close();
  });
});
