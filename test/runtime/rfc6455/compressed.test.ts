import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, deflateRawSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setCompression, setMaxMessageSize } from "wsgen-runtime";
import { closeFrame, type FrameParts, frame, Opcode } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

// permessage-deflate, RFC 7692.

let target: TargetServer;
beforeAll(async () => {
  target = await startTarget({ config: [setMaxMessageSize(4_096), setCompression()] });
});
afterAll(() => target.close());
afterEach(() => target.expectUnharmed());

describe("compressed messages", () => {
  const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  const deflate = (text: string | Buffer): Buffer =>
    deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

  test("are accepted whole, and in fragments of which only the first has the bit", async () => {
    const client = await RawClient.open(target.url, { headers });
    const bytes = deflate('{"command":"echo","text":"hello"}');
    client.send(frame({ reserved: 4, payload: bytes }));
    expect(await client.nextMessage()).toEqual({ text: "hello" });
    client.send(
      frame({ reserved: 4, fin: false, payload: bytes.subarray(0, 5) }),
      frame({ opcode: Opcode.continuation, payload: bytes.subarray(5) }),
    );
    expect(await client.nextMessage()).toEqual({ text: "hello" });
    client.reset();
  });

  test.each<[string, readonly FrameParts[], number]>([
    [
      "that are small and unpack to a megabyte",
      [{ reserved: 4, payload: deflate("x".repeat(2 ** 20)) }],
      1009,
    ],
    ["that unpack to what is not UTF-8", [{ reserved: 4, payload: deflate(Buffer.from([0xff])) }], 1007],
    ["that cannot be unpacked", [{ reserved: 4, payload: Buffer.from([0xff, 0xff, 0xff]) }], 1007],
    ["with the second reserved bit too", [{ reserved: 6, payload: deflate("x") }], 1002],
    ["that are pings", [{ reserved: 4, opcode: Opcode.ping, payload: deflate("x") }], 1002],
    [
      "with the bit on a later fragment",
      [
        { reserved: 4, fin: false, payload: deflate("x") },
        { reserved: 4, opcode: Opcode.continuation },
      ],
      1002,
    ],
  ])("%s close the connection", async (_title, parts, code) => {
    const client = await RawClient.open(target.url, { headers });
    client.send(...parts.map(frame));
    expect(await client.closed()).toMatchObject({ code });
  });

  test("may be followed by a bad frame and more, in packets of their own, without harm to the process", async () => {
    const zip = await RawClient.open(target.url, { headers });
    // Bytes that no compressor likes: it is busy while the next packets come.
    for (let count = 0; count < 20; count++)
      target.server.serve.module("test").all.send(randomBytes(2 ** 20));
    const packets = [
      frame({ reserved: 4, payload: deflate("x".repeat(4_000)) }),
      closeFrame(999),
      ...Array.from({ length: 5 }, () => frame({ opcode: Opcode.pong, payload: "x".repeat(100) })),
    ];
    zip.socket.setNoDelay(true);
    for (const packet of packets) {
      await new Promise((written) => zip.socket.write(packet, written));
      for (let turn = 0; turn < 3; turn++) await nextTurn();
    }
    await zip.ended;
  });
});
