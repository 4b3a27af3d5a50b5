import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  setCommandRate,
  setCompression,
  setHandshakeTimeout,
  setInboundQueue,
  setMaxMessageBufferSize,
  setPingPeriod,
  setPongWait,
  setWriteWait,
} from "wsgen-runtime";
import { startModules } from "wsgen-runtime/testing";
import { defineCommand, defineModule } from "../serve/define-module.js";
import { formatRequest } from "../server/http-exchange.js";
import { command, frame, Opcode } from "../support/frames.js";
import { heldBytes } from "../support/held-memory.js";
import { inTime } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

let target: TargetServer;
afterEach(async () => {
  await target.expectUnharmed();
  await target.close();
});

const stats = () => target.server.serve.module("test").stats();
const never = 60;

/** By then the default of handshakeTimeout would cut, too. */
const defaultMs = 10_000;

/** Sends again and again until it is enough, or the server has ended the connection. */
async function flood(client: RawClient, bytes: Buffer, isEnough: () => boolean): Promise<void> {
  let sent = 0;
  while (!isEnough() && client.socket.writable) {
    if (sent > 256 * 2 ** 20) throw new Error("the server takes everything");
    client.socket.write(bytes);
    sent += bytes.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a slow peer", () => {
  test.each([
    ["says nothing", Buffer.alloc(0)],
    ["sends half a request line", Buffer.from("GET /te")],
    ["sends half of the headers", Buffer.from(formatRequest({})).subarray(0, 60)],
  ])("setHandshakeTimeout: a client that %s is cut after it", async (_title, bytes) => {
    target = await startTarget({ config: [setHandshakeTimeout(0.5)] });
    const begunMs = performance.now();
    const client = new RawClient(target.url);
    client.send(bytes);
    await client.ended;
    expect(performance.now() - begunMs).toBeLessThan(defaultMs);
    expect(client.answer).toMatch(/^(HTTP\/1\.1 408 .*[\s\S]*)?$/);
  });

  test("that sends a header every few milliseconds is cut all the same", async () => {
    target = await startTarget({ config: [setHandshakeTimeout(0.5)] });
    const client = new RawClient(target.url);
    client.send(Buffer.from("GET /test/ws HTTP/1.1\r\nHost: localhost\r\n"));
    const drip = setInterval(() => client.send(Buffer.from("X-Drip: 1\r\n")), 10);
    const begunMs = performance.now();
    await client.ended;
    clearInterval(drip);
    expect(performance.now() - begunMs).toBeLessThan(defaultMs);
  });

  test("setHandshakeTimeout: the shortest of the modules that share a port applies", async () => {
    target = await startTarget({ config: [setHandshakeTimeout(never)] });
    await using shared = await startModules(
      defineModule({ flag: "patient", port: 1, config: [setHandshakeTimeout(never)] }),
      defineModule({ flag: "hasty", port: 1, config: [setHandshakeTimeout(0.2)] }),
    );
    await inTime(new RawClient(shared.url("/patient/ws")).ended, "the end of a silent client", defaultMs);
  });

  test("setHandshakeTimeout: a connect that never settles is answered 503, and its signal aborted", async () => {
    const reasons: boolean[] = [];
    target = await startTarget({
      config: [setHandshakeTimeout(0.5)],
      connect: async (ctx) => {
        if (ctx.headers["x-slow"] === undefined) return;
        await once(ctx.signal, "abort");
        reasons.push(ctx.signal.aborted);
        return new Error("late");
      },
    });
    await expect(RawClient.open(target.url, { headers: { "X-Slow": "1" } })).rejects.toThrow("HTTP/1.1 503");
    expect(reasons).toEqual([true]);
  });

  test("that was refused and does not close its socket is cut", async () => {
    target = await startTarget();
    const client = new RawClient(target.url);
    client.socket.allowHalfOpen = true;
    client.send(Buffer.from(formatRequest({ line: "GET /nope HTTP/1.1" })));
    await once(client.socket, "end");
    expect(client.answer).toMatch(/^HTTP\/1\.1 404 /);
    // What is sent to a socket that is not there any more is answered by a reset.
    const drip = setInterval(() => client.send(Buffer.from("x")), 10);
    await client.ended;
    clearInterval(drip);
  });
});

describe("a half-open peer", () => {
  test("setPongWait: a silent client is dead after it", async () => {
    target = await startTarget({ config: [setPingPeriod(0.1), setPongWait(0.1)] });
    const client = await RawClient.open(target.url);
    await client.ended;
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([Opcode.ping]);
    expect(stats().timedOut).toBe(1);
    await target.expectUnharmed();
    expect(target.closings[0]).toEqual([1006, ""]);
  });

  test("setPingPeriod: a client that answers stays connected for many periods", async () => {
    target = await startTarget({ config: [setPingPeriod(0.05), setPongWait(0.2)] });
    const client = await RawClient.open(target.url);
    for (let round = 0; round < 8; round++) {
      const { payload } = await client.nextFrame(Opcode.ping);
      client.send(frame({ opcode: Opcode.pong, payload }));
    }
    expect(stats()).toMatchObject({ timedOut: 0, connections: 1 });
    client.reset();
  });

  test("setPingPeriod: a client gets one ping in each period, whatever the number of connections", async () => {
    target = await startTarget({ config: [setPingPeriod(0.2), setPongWait(never)] });
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(target.url)));
    for (const client of clients) await client.nextFrame(Opcode.ping);
    for (const client of clients) {
      expect(client.frames.length).toBeLessThanOrEqual(1);
      client.reset();
    }
  });
});

describe("a flood", () => {
  test("of pings to a client that reads is answered, without end", async () => {
    target = await startTarget();
    const client = await RawClient.open(target.url);
    for (let count = 0; count < 2_000; count++) {
      client.send(frame({ opcode: Opcode.ping, payload: String(count) }));
      expect((await client.nextFrame(Opcode.pong)).payload.toString()).toBe(String(count));
    }
    client.reset();
  });

  test("of pings from a client that does not read costs bounded memory", async () => {
    target = await startTarget({ config: [setPingPeriod(never), setWriteWait(never)] });
    const client = await RawClient.open(target.url);
    client.stopReading();
    const before = heldBytes();
    const ping = frame({ opcode: Opcode.ping, payload: "x".repeat(125) });
    const pings = Buffer.concat(Array.from({ length: 500 }, () => ping));
    // Without a limit it goes on until the client's own buffers are full.
    await flood(client, pings, () => client.socket.writableLength > 64 * 2 ** 20);
    await client.ended;
    expect(heldBytes() - before).toBeLessThan(16 * 2 ** 20);
  });

  test("setSlowConsumerPolicy: a flood of commands from a client that does not read ends with 1013 or a dropped connection", async () => {
    target = await startTarget({ config: [setWriteWait(0.3), setMaxMessageBufferSize(64 * 2 ** 10)] });
    const client = await RawClient.open(target.url);
    client.stopReading();
    const echo = command("echo", { text: "x".repeat(1_000) });
    const commands = Buffer.concat(Array.from({ length: 50 }, () => echo));
    const isNoticed = () => stats().slowConsumers + stats().timedOut > 0;
    await flood(client, commands, isNoticed);
    expect(isNoticed()).toBe(true);
    client.reset();
  });

  test("of commands whose replies are compressed costs bounded memory, though the client reads", async () => {
    target = await startTarget({ config: [setCompression({ threshold: 0 })] });
    const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    const client = await RawClient.open(target.url, { headers });
    const echo = command("echo", { text: randomBytes(1_500).toString("hex") });
    const commands = Buffer.concat(Array.from({ length: 16 }, () => echo));
    const before = heldBytes();
    let [rounds, most] = [0, 0];
    await flood(client, commands, () => {
      // What the client itself holds does not count.
      client.frames.length = 0;
      rounds += 1;
      if (rounds % 64 === 0) most = Math.max(most, heldBytes() - client.socket.writableLength - before);
      return rounds > 2_048;
    });
    expect(most).toBeLessThan(48 * 2 ** 20);
    client.reset();
  });

  test("setInboundQueue: a flood of slow commands is held back by TCP and not kept in memory", async () => {
    const wait = defineCommand("wait", (ctx) => (ctx.signal.aborted ? undefined : once(ctx.signal, "abort")));
    target = await startTarget({
      config: [setInboundQueue({ frames: 16, bytes: 64 * 2 ** 10 }), setPingPeriod(0.1)],
      commands: [wait],
    });
    const client = await RawClient.open(target.url);
    const slow = command("wait", { text: "x".repeat(3_000) });
    const commands = Buffer.concat(Array.from({ length: 50 }, () => slow));
    await flood(client, commands, () => client.socket.writableLength > 8 * 2 ** 20);
    expect(stats().messagesIn).toBeLessThan(2_000);
    // A server that does not read learns from its next ping that nobody is there.
    client.reset();
  });

  test("of bad messages gets rate_limited, and no faster answers than the rate", async () => {
    target = await startTarget({ config: [setCommandRate({ perSecond: 0.001, burst: 3 })] });
    const client = await RawClient.open(target.url);
    client.send(...Array.from({ length: 10 }, () => frame({ payload: "no JSON" })));
    const codes: unknown[] = [];
    while (codes.length < 10)
      codes.push(((await client.nextMessage()) as { error: { code: string } }).error.code);
    expect(codes.slice(0, 3)).toEqual(["invalid_message", "invalid_message", "invalid_message"]);
    expect(new Set(codes.slice(3))).toEqual(new Set(["rate_limited"]));
    client.reset();
  });

  test("of connections that do not come to a handshake leaves nothing", async () => {
    target = await startTarget({ config: [setHandshakeTimeout(0.3)] });
    const clients = Array.from({ length: 300 }, () => new RawClient(target.url));
    await Promise.all(clients.map((client) => client.ended));
  });
});
