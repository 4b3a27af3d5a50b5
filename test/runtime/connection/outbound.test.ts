import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type SetWSServerConfig,
  setCompression,
  setMaxMessageBufferSize,
  setPingPeriod,
  setPongWait,
  setSlowConsumerPolicy,
  setTls,
  setWriteWait,
} from "wsgen-runtime";
import {
  type ConnectOptions,
  connectClient,
  startModules,
  type TestClient,
  type TestServer,
} from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { eventually } from "../support/leak-check.js";
import { nextTurn, rawSocket } from "../support/sockets.js";

const certificate = (name: string) =>
  fileURLToPath(new URL(`../server/certificates/${name}.pem`, import.meta.url));
const pair = { certFile: certificate("cert"), keyFile: certificate("key") };
const plain = { config: [], connect: {} };
const secure = { config: [setTls(pair)], connect: { ca: readFileSync(pair.certFile) } };

const compressed = setCompression({ threshold: 0 });

interface Transport {
  readonly config: SetWSServerConfig[];
  readonly connect: ConnectOptions;
}
const transports: [string, Transport][] = [
  ["TCP", plain],
  ["TLS", secure],
];
const compressedTransports: [string, Transport][] = [
  ["TCP, compressed", { ...plain, config: [compressed] }],
  ["TLS, compressed", { ...secure, config: [...secure.config, compressed] }],
];

/** 32 MiB that no compression makes smaller. */
const noise = randomBytes(24 * 2 ** 20).toString("base64");
const text = (length: number) => noise.slice(0, length);
/** How long a large message may take on a busy machine. */
const largeMs = 40_000;
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;
let transport: Transport;
afterEach(() => server.close());

const connect = () => connectClient(server.url("/test/ws"), transport.connect);

async function start(...config: SetWSServerConfig[]): Promise<TestClient> {
  const all = [setPingPeriod(100), ...transport.config, ...config];
  server = await startModules(defineModule({ config: all, commands: [ping, echo, page] }));
  return connect();
}

const echo = defineCommand("echo", (_ctx, { text }) => text);
const page = defineCommand("page", (_ctx, { number, length }) => ({ number, text: text(length as number) }));
const module = () => server.serve.module("test");

/** Pushes until the kernel takes no more for a client that does not read, and a little on. */
async function pushUntil(isEnough: (count: number) => boolean, payload = text(64_000)): Promise<number> {
  let count = 0;
  while (!isEnough(count)) {
    module().all.send({ number: count, payload });
    count += 1;
    await nextTurn();
    if (count * payload.length > 640_000_000) throw new Error("the kernel takes everything");
  }
  return count;
}

/** Takes 64 KiB in each interval, and no more, until the function that it returns is called; then nothing. */
function readSlowly({ socket }: TestClient, raw: Socket, intervalMs: number): () => void {
  let takenBytes = 0;
  const count = (chunk: Buffer) => {
    takenBytes += chunk.length;
    if (takenBytes >= 65_536) socket.pause();
  };
  socket.pause();
  raw.on("data", count);
  const timer = setInterval(() => {
    takenBytes = 0;
    socket.resume();
  }, intervalMs);
  return () => {
    clearInterval(timer);
    raw.off("data", count);
    socket.pause();
  };
}

describe.each([...transports, ...compressedTransports])("over %s", (_name, carried) => {
  beforeEach(() => {
    transport = carried;
  });

  describe("a client that does not read", () => {
    test("setMaxMessageBufferSize: it is closed with 1013, and the others get everything", async () => {
      const slow = await start();
      const healthy = await connect();
      rawSocket(slow).pause();
      const isNoticed = () => module().stats().slowConsumers > 0;
      while (!isNoticed()) {
        // Half of what may wait for the compressor.
        const count = await pushUntil((pushed) => pushed === 32 || isNoticed());
        for (let number = 0; number < count; number++) expect(await healthy.next()).toMatchObject({ number });
      }
      expect(module().stats()).toMatchObject({ slowConsumers: 1, connections: 2 });
      rawSocket(slow).resume();
      expect(await slow.closed).toEqual({ code: 1013, reason: "The client reads too slowly." });
      expect(await healthy.request("ping")).toEqual({ ping: "pong" });
    });

    test.each([
      ["drop-newest", (numbers: number[], sent: number) => numbers.at(-1)! < sent - 1],
      ["drop-oldest", (numbers: number[], sent: number) => numbers.at(-1) === sent - 1],
    ] as const)(
      "setSlowConsumerPolicy: it loses whole messages with the policy %s",
      async (policy, holds) => {
        const slow = await start(setSlowConsumerPolicy(policy), setMaxMessageBufferSize(200_000));
        rawSocket(slow).pause();
        const sent = await pushUntil(() => module().stats().messagesDropped > 5);
        rawSocket(slow).resume();
        const numbers: number[] = [];
        for (let left = sent - module().stats().messagesDropped; left > 0; left--) {
          numbers.push(((await slow.next()) as { number: number }).number);
        }
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
        expect(holds(numbers, sent)).toBe(true);
        expect(await slow.request("ping")).toEqual({ ping: "pong" });
      },
    );

    test("setWriteWait: it is dropped when a write stalls longer", async () => {
      const slow = await start(setWriteWait(0.1), setMaxMessageBufferSize(2 ** 30));
      const serverSide = once(rawSocket(slow), "close");
      rawSocket(slow).pause();
      module().all.send(text(32 * 2 ** 20));
      while (module().stats().connections > 0) await nextTurn();
      expect(module().stats().timedOut).toBe(1);
      rawSocket(slow).resume();
      await serverSide;
      expect(await slow.closed).toMatchObject({ code: 1006 });
    });
  });

  describe("a client that reads", () => {
    test("setMaxMessageBufferSize: it gets a large reply and a small event behind it", async () => {
      const client = await start();
      module().all.send(text(16 * 2 ** 20));
      await nextTurn();
      for (let number = 0; number < 5; number++) {
        module().all.send({ number });
        await nextTurn();
      }
      expect(await client.next(largeMs)).toHaveLength(16 * 2 ** 20);
      for (let number = 0; number < 5; number++) expect(await client.next()).toEqual({ number });
      expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    });

    test("gets what comes behind a large reply while its socket keeps taking", async () => {
      const client = await start();
      module().all.send(text(4 * 2 ** 20));
      for (let number = 0; number < 20; number++) {
        await nextTurn();
        module().all.send({ number, text: "y".repeat(4_000) });
      }
      expect(await client.next(largeMs)).toHaveLength(4 * 2 ** 20);
      for (let number = 0; number < 20; number++) expect(await client.next()).toMatchObject({ number });
      expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    });

    test("gets bursts of one turn after another", async () => {
      const client = await start();
      let number = 0;
      for (let turn = 0; turn < 20; turn++) {
        for (const end = number + 100; number < end; number++)
          module().all.send({ number, text: "é".repeat(500) });
        await nextTurn();
      }
      for (let expected = 0; expected < number; expected++)
        expect(await client.next()).toMatchObject({ number: expected });
      expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    });

    test("setWriteWait: a slow but steady client is not dropped, pings and all", async () => {
      // The kernel wakes a writer when a third of its buffer is free: some 20 reads, which all take longer on a busy machine.
      const client = await start(setWriteWait(4), setPingPeriod(0.1), setPongWait(4));
      const stopReading = readSlowly(client, rawSocket(client), 30);
      module().all.send(text(32 * 2 ** 20));
      module().all.send("the end");
      client.socket.ping();
      // Pings wait behind what the kernel has taken, and have to be answered in time: that is read without a pause.
      await eventually(
        () => rawSocket(client).bytesRead > 10 * 2 ** 20,
        () => `${rawSocket(client).bytesRead} bytes read`,
        largeMs,
      );
      stopReading();
      client.socket.resume();
      expect(await client.next(largeMs)).toHaveLength(32 * 2 ** 20);
      expect(await client.next()).toBe("the end");
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      expect(module().stats()).toMatchObject({ timedOut: 0, slowConsumers: 0, connections: 1 });
    });

    test("and stops in the middle of a message is dropped after writeWait", async () => {
      const client = await start(setWriteWait(0.2));
      const stopReading = readSlowly(client, rawSocket(client), 5);
      module().all.send(text(24 * 2 ** 20));
      while (rawSocket(client).bytesRead < 2 ** 20) await nextTurn();
      stopReading();
      while (module().stats().connections > 0) await nextTurn();
      expect(module().stats()).toMatchObject({ timedOut: 1, slowConsumers: 0 });
      client.socket.resume();
      expect(await client.closed).toMatchObject({ code: 1006 });
    });

    test("too slowly for what comes is closed with 1013, behind the message that was begun", async () => {
      const client = await start();
      rawSocket(client).pause();
      module().all.send(text(24 * 2 ** 20));
      await pushUntil(() => module().stats().slowConsumers > 0, "y");
      rawSocket(client).resume();
      expect(await client.next(largeMs)).toHaveLength(24 * 2 ** 20);
      expect(await client.closed).toEqual({ code: 1013, reason: "The client reads too slowly." });
    });
  });

  test("setMaxMessageBufferSize: a burst within one turn, and one message larger than the limit, are not slowness", async () => {
    const client = await start(setMaxMessageBufferSize(1));
    for (let number = 0; number < 5_000; number++) module().all.send({ number, text: "é" });
    module()
      .to(...module().all.ids())
      .send(text(8 * 2 ** 20));
    for (let number = 0; number < 5_000; number++) expect(await client.next()).toEqual({ number, text: "é" });
    expect(await client.next(largeMs)).toHaveLength(8 * 2 ** 20);
    expect(module().stats().slowConsumers).toBe(0);
  });

  test("a close sends what was accepted before it, also to a client that reads late", async () => {
    const client = await start(setMaxMessageBufferSize(2 ** 30));
    rawSocket(client).pause();
    for (let number = 0; number < 200; number++) {
      module().all.send({ number, payload: text(64_000) });
      await nextTurn();
    }
    module().all.close(4000, "done");
    rawSocket(client).resume();
    for (let number = 0; number < 200; number++) expect(await client.next()).toMatchObject({ number });
    expect(await client.closed).toEqual({ code: 4000, reason: "done" });
  });
});

describe.each(compressedTransports)("over %s", (_name, carried) => {
  beforeEach(() => {
    transport = carried;
  });

  test.each([100, 64_000])(
    "a burst behind a message of %d bytes that is compressed is not slowness",
    async (length) => {
      const client = await start();
      module().all.send(text(length));
      await nextTurn();
      module().all.send(text(8 * 2 ** 20));
      expect(await client.next()).toHaveLength(length);
      expect(await client.next(largeMs)).toHaveLength(8 * 2 ** 20);
      expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    },
  );

  test.each([
    [20_000, 10],
    [10_000, 1_500],
    [500, 60_000],
  ])(
    "a client that reads gets the replies to %d commands at once, of %d bytes each",
    async (count, length) => {
      const client = await start();
      for (let number = 0; number < count; number++)
        client.socket.send(JSON.stringify({ command: "page", number, length }), { compress: false });
      for (let number = 0; number < count; number++) {
        if (number % 100 === 0) module().all.send({ event: number });
        let next = (await client.next(largeMs)) as { number?: number };
        while (next.number === undefined) next = (await client.next(largeMs)) as { number?: number };
        expect(next.number).toBe(number);
      }
      expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    },
  );

  test("setMaxMessageBufferSize: messages above 4 MiB that wait for the compressor are slowness", async () => {
    const client = await start();
    module().all.send(text(64_000));
    await nextTurn();
    module().all.send(text(4 * 2 ** 20));
    await nextTurn();
    expect(module().stats()).toMatchObject({ slowConsumers: 0 });
    module().all.send(text(2 * 2 ** 20));
    await nextTurn();
    expect(module().stats()).toMatchObject({ slowConsumers: 1 });
    expect(await client.next()).toHaveLength(64_000);
    expect(await client.closed).toEqual({ code: 1013, reason: "The client reads too slowly." });
  });
});

describe.each(transports)("over %s", (_name, carried) => {
  beforeEach(() => {
    transport = carried;
  });

  describe("compression", () => {
    test("setCompression: it is used from the threshold on, or as the sender decides, and keeps the order", async () => {
      const client = await start(setCompression({ threshold: 1_000 }));
      expect(client.socket.extensions).toContain("permessage-deflate");
      const [large, small] = ["x".repeat(50_000), "y"];
      const before = rawSocket(client).bytesRead;
      module().all.send(large);
      module().all.send(small);
      module().all.send(Buffer.from(small));
      expect([await client.next(), await client.next(), await client.next()]).toEqual([
        large,
        small,
        Buffer.from(small),
      ]);
      const compressed = rawSocket(client).bytesRead - before;
      expect(compressed).toBeLessThan(1_000);
      module().all.send(large, { compress: false });
      expect(await client.next()).toBe(large);
      expect(rawSocket(client).bytesRead - before - compressed).toBeGreaterThan(50_000);
      module().all.send(large);
      module().all.close(4000);
      expect(await client.next()).toBe(large);
      expect(await client.closed).toMatchObject({ code: 4000 });
    });

    test("setCompression: compression is off by default", async () => {
      expect((await start()).socket.extensions).toBe("");
    });
  });

  test("replies of one turn go out in one write", async () => {
    const client = await start();
    let reads = 0;
    rawSocket(client).on("data", () => {
      reads += 1;
    });
    rawSocket(client).cork();
    for (let count = 0; count < 100; count++) client.send({ command: "echo", text: count % 2 ? "é" : "e" });
    rawSocket(client).uncork();
    for (let count = 0; count < 100; count++) expect(await client.next()).toBe(count % 2 ? "é" : "e");
    expect(reads).toBeLessThan(5);
  });
});
