import fc from "fast-check";
import { expect, test } from "vitest";
import * as ws from "ws";
import type { Receiver } from "../../../runtime/src/connection/ws-internals/receiver.js";
import {
  type FrameOwner,
  readWholeFrames,
} from "../../../runtime/src/connection/ws-internals/whole-frames.js";

// Exported by ws and missing in its types.
const { Receiver: WsReceiver } = ws as unknown as { Receiver: new (options: object) => Receiver };

interface Frame {
  readonly first: number;
  readonly isMasked: boolean;
  /** How the length is said: as short as possible, or in 2 or 8 bytes whatever it is. */
  readonly lengthBytes: 0 | 2 | 8;
  readonly mask: Uint8Array;
  readonly payload: Uint8Array;
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => Buffer.from(text)) },
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(Buffer.from("a"), Buffer.alloc(0)),
  fc.constantFrom(63, 64, 65, 125, 126, 127, 130, 200, 201, 300).map((length) => Buffer.alloc(length, "abc")),
);

const frame: fc.Arbitrary<Frame> = fc.record({
  // Text, once more for good measure; its fragments; binary; ping, pong, close; reserved bits and opcodes.
  first: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0x81) },
    { weight: 6, arbitrary: fc.constantFrom(0x01, 0x00, 0x80, 0x82, 0x89, 0x8a) },
    fc.constantFrom(0x88, 0x02, 0x83, 0x09, 0xc1, 0xa1, 0x91, 0x8b, 0xff),
  ),
  isMasked: fc.oneof({ weight: 15, arbitrary: fc.constant(true) }, fc.boolean()),
  lengthBytes: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0 as const) },
    fc.constantFrom(2 as const, 8 as const),
  ),
  // The second one looks like the head of a frame.
  mask: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.constant(Buffer.from([0x81, 0x80, 0, 0]))),
  payload,
});

function toBytes({ first, isMasked, lengthBytes, mask, payload: data }: Frame): Buffer {
  const said = lengthBytes === 0 && data.length > 125 ? 2 : lengthBytes;
  const head = Buffer.alloc(2 + said);
  head[0] = first;
  head[1] = (isMasked ? 0x80 : 0) | ({ 0: data.length, 2: 126, 8: 127 } as const)[said];
  if (said === 2) head.writeUInt16BE(data.length, 2);
  if (said === 8) head.writeBigUInt64BE(BigInt(data.length), 2);
  if (!isMasked) return Buffer.concat([head, data]);
  return Buffer.concat([head, mask, data.map((byte, index) => byte ^ (mask[index & 3] as number))]);
}

/** The frames in packets that end between two of them, or anywhere. */
const packets = fc
  .array(fc.tuple(frame, fc.option(fc.constantFrom(0, 1, 2, 3, 4, 6, 7, 20))), { maxLength: 12 })
  .map((frames) => {
    const bytes = Buffer.concat(frames.map(([each]) => toBytes(each)));
    let start = 0;
    const ends = frames.flatMap(([each, cut]) => {
      const end = cut === null ? [] : [start + cut];
      start += toBytes(each).length;
      return end.filter((place) => place > 0 && place < bytes.length);
    });
    const sorted = [...new Set([...ends, bytes.length])].sort((one, other) => one - other);
    return sorted.map((end, index) => bytes.subarray(index === 0 ? 0 : sorted[index - 1], end));
  });

const usual = { isServer: true, maxPayload: 200, maxFragments: 4, maxBufferedChunks: 16 };

/** More than any packets here have messages. */
const maxTurns = 50;

/** What a receiver has to tell of packets. Once it has told of an end, ws gives it no more. */
async function tell(
  given: readonly Buffer[],
  prepare: (receiver: Receiver) => void,
  options: object = usual,
): Promise<unknown[]> {
  const receiver = new WsReceiver(options);
  const told: unknown[] = [];
  let isOver = false;
  const bytes = (data: Buffer) => data.toString("hex");
  receiver.on("message", (data, isBinary) => told.push(["message", bytes(data), isBinary]));
  receiver.on("ping", (data) => told.push(["ping", bytes(data)]));
  receiver.on("pong", (data) => told.push(["pong", bytes(data)]));
  receiver.on("conclude", (code, reason) => {
    isOver = true;
    told.push(["conclude", code, bytes(reason)]);
  });
  receiver.on("error", (error: NodeJS.ErrnoException) => {
    isOver = true;
    told.push(["error", error.code]);
  });
  prepare(receiver);
  for (const packet of given) {
    // Both of them remove the masks in place.
    if (!isOver) receiver.write(Buffer.from(packet));
    await new Promise(setImmediate);
  }
  // What is still held back by pauses.
  for (let turn = 0; turn < maxTurns && receiver.writableLength > 0; turn++) await new Promise(setImmediate);
  return told;
}

/** Reads as the runtime does; after each message `pauses` decides whether the owner pauses until the next turn. */
function readWith(pauses: readonly boolean[]) {
  return (receiver: Receiver): void => {
    const owner = { isPaused: false, readOn: undefined as FrameOwner["readOn"] };
    let count = 0;
    readWholeFrames(receiver, owner);
    receiver.on("message", () => {
      // An owner that paused gets no message before it resumes.
      expect(owner.isPaused).toBe(false);
      if (pauses[count++ % pauses.length] !== true) return;
      owner.isPaused = true;
      setImmediate(() => {
        owner.isPaused = false;
        owner.readOn?.();
      });
    });
  };
}

test("any bytes give the same events as ws", async () => {
  await fc.assert(
    fc.asyncProperty(packets, fc.constantFrom(200, 30), async (given, maxPayload) => {
      const options = { ...usual, maxPayload };
      const expected = await tell(given, () => undefined, options);
      expect(await tell(given, readWith([false]), options)).toEqual(expected);
    }),
    { numRuns: 5_000, seed: 6455 },
  );
});

test("with pauses after any message, the events are the same, in the same order", async () => {
  const pauses = fc.array(fc.boolean(), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(packets, pauses, async (given, paused) => {
      const expected = await tell(given, () => undefined);
      expect(await tell(given, readWith(paused))).toEqual(expected);
    }),
    { numRuns: 2_000, seed: 6455 },
  );
});

const text = (letter: string, first = 0x81): Buffer =>
  toBytes({ first, isMasked: true, lengthBytes: 0, mask: Buffer.from("mask"), payload: Buffer.from(letter) });

test.each([0x81, 0x82])(
  "a client that is gone while its owner pauses ends the receiver (%i)",
  async (first) => {
    const receiver = new WsReceiver(usual);
    const told: string[] = [];
    const owner = { isPaused: false, readOn: undefined as FrameOwner["readOn"] };
    readWholeFrames(receiver, owner);
    receiver.on("message", (data) => {
      told.push(String(data));
      owner.isPaused = true;
    });
    const finished = new Promise((resolve) => receiver.on("finish", resolve));
    receiver.write(Buffer.concat([text("a", first), text("b", first)]));
    receiver.write(text("c", first));
    receiver.end();
    await finished;
    expect(told).toEqual(["a"]);
  },
);

test("of frames that come together only the unusual one is left to ws", async () => {
  const left: Buffer[] = [];
  const leave = (receiver: Receiver) => {
    const write = Object.getPrototypeOf(receiver)._write;
    readWholeFrames(receiver, { isPaused: false, readOn: undefined });
    const before = receiver._write;
    Object.setPrototypeOf(receiver, {
      __proto__: Object.getPrototypeOf(receiver),
      _write(this: Receiver, chunk: Buffer, ...others: unknown[]) {
        left.push(Buffer.from(chunk));
        return write.call(this, chunk, ...others);
      },
    });
    receiver._write = before;
  };
  const told = await tell([Buffer.concat([text("a"), text("b"), text("c", 0x82), text("d")])], leave);
  expect(told.map((each) => (each as unknown[])[1])).toEqual(["61", "62", "63", "64"]);
  expect(left).toEqual([text("c", 0x82)]);
});
