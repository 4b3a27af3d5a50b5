import type { Writable } from "node:stream";
import { expect, test } from "vitest";
import * as ws from "ws";
import { FrameJoiner, frameForMany, frameMessage } from "../../../runtime/src/connection/frame.js";

// Exported by ws and missing in its types.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** Reads frames with the receiver of ws. */
function read(bytes: Buffer): { data: Buffer; isBinary: boolean }[] {
  const messages: { data: Buffer; isBinary: boolean }[] = [];
  const receiver = new Receiver({ isServer: false });
  receiver.on("message", (data: Buffer, isBinary: boolean) =>
    messages.push({ data: Buffer.from(data), isBinary }),
  );
  receiver.write(bytes);
  return messages;
}

const lengths = [0, 1, 125, 126, 127, 255, 256, 16_383, 16_384, 65_535, 65_536, 200_000];

test.each(lengths)("a text of %i bytes is read by ws as it was", (length) => {
  for (const text of ["a".repeat(length), `${"é".repeat(Math.floor(length / 2))}${"a".repeat(length % 2)}`]) {
    for (const make of [frameMessage, frameForMany]) {
      const frame = make(text);
      const bytes = typeof frame === "string" ? Buffer.from(frame, "latin1") : frame;
      expect(frame.length).toBe(bytes.length);
      const [message, ...others] = read(bytes);
      expect(others).toEqual([]);
      expect(message?.isBinary).toBe(false);
      expect(message?.data.equals(Buffer.from(text))).toBe(true);
    }
  }
});

test.each(lengths)("%i bytes are read by ws as they were", (length) => {
  const payload = Buffer.alloc(length, 0xe9);
  for (const make of [frameMessage, frameForMany]) {
    const [message] = read(make(payload) as Buffer);
    expect(message?.isBinary).toBe(true);
    expect(message?.data.equals(payload)).toBe(true);
  }
});

test("texts beyond latin1 and lone surrogates become UTF-8", () => {
  for (const text of ["获取", "😀", "\u00ff", "\ud800"]) {
    const frame = frameMessage(text);
    const bytes = typeof frame === "string" ? Buffer.from(frame, "latin1") : frame;
    expect(read(bytes)[0]?.data.equals(Buffer.from(text))).toBe(true);
  }
});

test("joined frames are joined once while they are the same", () => {
  const joiner = new FrameJoiner();
  const [one, other] = [frameForMany("é"), frameMessage("b")];
  const joined = joiner.join([one, other]);
  expect(read(joined).map(({ data }) => data.toString())).toEqual(["é", "b"]);
  expect(joiner.join([one, other])).toBe(joined);
  expect(joiner.join([one])).not.toBe(joined);
});
