import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setMaxFragments, setMaxMessageSize, setRawHandler } from "wsgen-runtime";
import { command, type FrameParts, frame, Opcode } from "../support/frames.js";
import { eventually } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

const maxMessageBytes = 4_096;

let target: TargetServer;
beforeAll(async () => {
  target = await startTarget({ config: [setMaxMessageSize(maxMessageBytes)] });
});
afterAll(() => target.close());
afterEach(() => target.expectUnharmed());

const echoOf = (text: string): string => JSON.stringify({ command: "echo", text });

/** A message in fragments of so many bytes. */
function fragments(payload: string | Buffer, size: number): Buffer[] {
  const bytes = Buffer.from(payload);
  const starts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
  return starts.map((start) =>
    frame({
      opcode: start === 0 ? Opcode.text : Opcode.continuation,
      fin: start + size >= bytes.length,
      payload: bytes.subarray(start, start + size),
    }),
  );
}

describe("what RFC 6455 forbids closes with its code", () => {
  const ping = { opcode: Opcode.ping };
  test.each<[string, readonly FrameParts[], number]>([
    ["the first reserved bit, without compression", [{ reserved: 4, payload: "x" }], 1002],
    ["the second reserved bit", [{ reserved: 2, payload: "x" }], 1002],
    ["the third reserved bit", [{ reserved: 1, payload: "x" }], 1002],
    ["a reserved bit on a control frame", [{ ...ping, reserved: 4 }], 1002],
    ["the reserved opcode 3", [{ opcode: 3 }], 1002],
    ["the reserved opcode 4", [{ opcode: 4 }], 1002],
    ["the reserved opcode 5", [{ opcode: 5 }], 1002],
    ["the reserved opcode 6", [{ opcode: 6 }], 1002],
    ["the reserved opcode 7", [{ opcode: 7 }], 1002],
    ["the reserved opcode 11", [{ opcode: 11 }], 1002],
    ["the reserved opcode 12", [{ opcode: 12 }], 1002],
    ["the reserved opcode 13", [{ opcode: 13 }], 1002],
    ["the reserved opcode 14", [{ opcode: 14 }], 1002],
    ["the reserved opcode 15", [{ opcode: 15 }], 1002],
    ["a text frame that is not masked", [{ masked: false, payload: "x" }], 1002],
    ["a ping that is not masked", [{ ...ping, masked: false }], 1002],
    ["a ping of 126 bytes", [{ ...ping, payload: "x".repeat(126) }], 1002],
    ["a ping in parts", [{ ...ping, fin: false }], 1002],
    ["a pong in parts", [{ opcode: Opcode.pong, fin: false }], 1002],
    ["a close in parts", [{ opcode: Opcode.close, fin: false }], 1002],
    ["a continuation of nothing", [{ opcode: Opcode.continuation, payload: "x" }], 1002],
    ["a new message inside of another", [{ fin: false, payload: "x" }, { payload: "y" }], 1002],
    ["a length of 2^63", [{ payload: "x", length: 2 ** 63, lengthBytes: 8 }], 1009],
    ["a length above 2^53", [{ payload: "x", length: 2 ** 53, lengthBytes: 8 }], 1009],
    ["a text that is not UTF-8", [{ payload: Buffer.from([0x22, 0xff, 0x22]) }], 1007],
    ["a surrogate in UTF-8", [{ payload: Buffer.from([0xed, 0xa0, 0x80]) }], 1007],
    ["an overlong form in UTF-8", [{ payload: Buffer.from([0xc0, 0xaf]) }], 1007],
    [
      "a text that is not UTF-8 over two fragments",
      [
        { fin: false, payload: Buffer.from([0x22, 0xc3]) },
        { opcode: Opcode.continuation, payload: Buffer.from([0x22]) },
      ],
      1007,
    ],
    ["setMaxMessageSize: a message over the limit", [{ payload: "x".repeat(maxMessageBytes + 1) }], 1009],
    [
      "a message that only claims to be over the limit",
      [{ payload: "x", length: 2 ** 31, lengthBytes: 8 }],
      1009,
    ],
    [
      "setMaxMessageSize: a message over the limit in two fragments",
      [
        { fin: false, payload: "x".repeat(maxMessageBytes) },
        { opcode: Opcode.continuation, payload: "x" },
      ],
      1009,
    ],
  ])("%s", async (_title, parts, code) => {
    const client = await RawClient.open(target.url);
    client.send(...parts.map(frame));
    expect(await client.closed()).toMatchObject({ code });
  });

  test("setMaxFragments: a 4 KiB message in 4,096 fragments", async () => {
    const client = await RawClient.open(target.url);
    client.send(...fragments("x".repeat(maxMessageBytes), 1));
    expect(await client.closed()).toMatchObject({ code: 1008 });
  });

  test("a message of empty fragments without end", async () => {
    const client = await RawClient.open(target.url);
    const empty = frame({ opcode: Opcode.continuation, fin: false });
    client.send(frame({ fin: false }), ...Array.from({ length: 2_000 }, () => empty));
    expect(await client.closed()).toMatchObject({ code: 1008 });
  });
});

describe("what RFC 6455 allows is taken", () => {
  test("setMaxMessageSize: a message of exactly the limit", async () => {
    const client = await RawClient.open(target.url);
    const text = "x".repeat(maxMessageBytes - echoOf("").length);
    client.send(frame({ payload: echoOf(text) }));
    expect(await client.nextMessage()).toEqual({ text });
    client.reset();
  });

  test("a message in many fragments, characters split between them", async () => {
    const client = await RawClient.open(target.url);
    client.send(...fragments(echoOf("é😀".repeat(20)), 1));
    expect(await client.nextMessage()).toEqual({ text: "é😀".repeat(20) });
    client.reset();
  });

  test("pings, pongs and empty fragments between the fragments of a message", async () => {
    const client = await RawClient.open(target.url);
    const [first, ...others] = fragments(echoOf("hello"), 8);
    const between = [
      frame({ opcode: Opcode.ping, payload: "a" }),
      frame({ opcode: Opcode.pong, payload: "unasked" }),
      frame({ opcode: Opcode.continuation, fin: false }),
    ];
    client.send(first as Buffer, ...others.flatMap((other) => [...between, other]));
    expect((await client.nextFrame(Opcode.pong)).payload.toString()).toBe("a");
    expect(await client.nextMessage()).toEqual({ text: "hello" });
    client.reset();
  });

  test("a close between the fragments of a message", async () => {
    const client = await RawClient.open(target.url);
    client.send(frame({ fin: false, payload: "half" }), frame({ opcode: Opcode.close }));
    expect(await client.closed()).toMatchObject({ code: 1005 });
  });

  test("a ping of 125 bytes, and its pong carries them", async () => {
    const client = await RawClient.open(target.url);
    const payload = Buffer.alloc(125, 0xfe);
    client.send(frame({ opcode: Opcode.ping, payload }));
    expect((await client.nextFrame(Opcode.pong)).payload).toEqual(payload);
    client.reset();
  });

  test.each([2, 8] as const)(
    "a length that is written in %i bytes although fewer would do",
    async (lengthBytes) => {
      const client = await RawClient.open(target.url);
      client.send(frame({ payload: echoOf("x"), lengthBytes }));
      expect(await client.nextMessage()).toEqual({ text: "x" });
      client.reset();
    },
  );

  test("frames that come byte by byte", async () => {
    const client = await RawClient.open(target.url);
    client.socket.setNoDelay(true);
    for (const byte of command("echo", { text: "slow" })) {
      await new Promise((written) => client.socket.write(Buffer.from([byte]), written));
    }
    expect(await client.nextMessage()).toEqual({ text: "slow" });
    client.reset();
  });

  test("many messages in one packet, answered in order", async () => {
    const client = await RawClient.open(target.url);
    client.send(...Array.from({ length: 500 }, (_, number) => command("echo", { number })));
    for (let number = 0; number < 500; number++) expect(await client.nextMessage()).toEqual({ number });
    client.reset();
  });
});

test("a binary frame in a module of JSON costs an error reply", async () => {
  const client = await RawClient.open(target.url);
  client.send(frame({ opcode: Opcode.binary, payload: echoOf("x") }), command("ping"));
  expect(await client.nextMessage()).toMatchObject({ error: { code: "invalid_message" } });
  expect(await client.nextMessage()).toEqual({ ping: "pong" });
  client.reset();
});

describe("a raised limit of fragments", () => {
  const bytes = 2 ** 22;
  const cases = [3, 4].flatMap((part) =>
    [64, 256, 1_024, 4_096].map((size, index) => ({ name: `9.${part}.${index + 1}`, part, size })),
  );
  test.each(cases)(
    "setMaxFragments, Autobahn $name: a 4 MiB message in fragments of $size bytes",
    async ({ part, size }) => {
      const limits = [setMaxMessageSize(bytes), setMaxFragments(bytes / 64)];
      const large = await startTarget({
        config: [...limits, setRawHandler((_ctx, data, isBinary) => void received.push({ data, isBinary }))],
      });
      const received: { data: Buffer; isBinary: boolean }[] = [];
      const isBinary = part === 4;
      const payload = Buffer.alloc(bytes, isBinary ? Buffer.from([0xff, 1, 2]) : "a\u00e9");
      const client = await RawClient.open(large.url);
      const frames = fragments(payload, size);
      if (isBinary)
        frames[0] = frame({ opcode: Opcode.binary, fin: false, payload: payload.subarray(0, size) });
      client.send(...frames);
      await eventually(
        () => received.length === 1,
        () => client.answer,
      );
      expect(received[0]?.isBinary).toBe(isBinary);
      expect(received[0]?.data.equals(payload)).toBe(true);
      client.reset();
      await large.close();
    },
  );
});
