import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMessagePackFault } from "../../../runtime/src/protocol/codec-msgpack.js";
import { createEnvelope } from "../../../runtime/src/protocol/create-envelope.js";

const envelope = createEnvelope({ codec: "msgpack", batch: true }, { maxJsonDepth: 8 });
const pack = (value: unknown) => Buffer.from(encode(value));
const unpack = (payload: string | Buffer | undefined) => decode(payload as Buffer);

describe("setEnvelope: the codec msgpack", () => {
  it("reads and answers commands in binary frames", () => {
    const say = envelope.decode(pack({ command: "say", id: 7, blob: new Uint8Array([1, 2]) }), true);
    if (say.kind !== "call") throw new Error(JSON.stringify(say));
    expect(say).toMatchObject({ command: "say", correlationId: 7, data: { blob: Buffer.from([1, 2]) } });
    expect(unpack(envelope.encodeReply(say, { delivered: 3 }))).toEqual({
      command: "say",
      id: 7,
      data: { delivered: 3 },
    });
    expect(unpack(envelope.encodeReply(say, undefined))).toEqual({ command: "say", id: 7, data: null });
    const error = { code: "failed", message: "no" };
    expect(unpack(envelope.encodeError(error, say))).toEqual({ command: "say", id: 7, error });
    expect(unpack(envelope.encodeEvent("tick", 1))).toEqual({ event: "tick", data: 1 });
  });

  it("sends nothing for a command without an id that returns nothing", () => {
    const ping = envelope.decode(pack({ command: "ping" }), true);
    if (ping.kind !== "call") throw new Error(JSON.stringify(ping));
    expect(envelope.encodeReply(ping, undefined)).toBeUndefined();
    expect(unpack(envelope.encodeReply(ping, null))).toBeNull();
  });

  it("answers batches", () => {
    const batch = envelope.decode(pack([{ command: "a" }, { command: "b" }]), true);
    expect(batch).toMatchObject({ kind: "batch", items: [{ command: "a" }, { command: "b" }] });
    expect(unpack(envelope.encodeBatch([pack(1), pack({ a: 2 })]))).toEqual([1, { a: 2 }]);
  });

  it("refuses a text frame", () => {
    expect(envelope.decode(Buffer.from('{"command":"a"}'), false)).toMatchObject({
      kind: "fault",
      reason: "unreadable",
    });
  });

  it.each([
    ["an array of four thousand million elements", [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ["a map of as many", [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ["arrays that claim more together than there is", [0x92, 0xdc, 0, 3, 0xdc, 0, 3, 1, 1, 1]],
    ["a string past the end", [0xd9, 0x05, 0x61]],
    ["a length past the end", [0xdb, 0, 0]],
    ["the head that is never used", [0xc1]],
    ["more than one value", [0x01, 0x02]],
    ["nothing", []],
    ["nesting past the limit", [...Array(9).fill(0x91), 0x01]],
    ["a key __proto__", [0x81, 0xa9, ...Buffer.from("__proto__"), 0x80]],
  ])("refuses %s", (_, bytes) => {
    expect(envelope.decode(Buffer.from(bytes as number[]), true)).toMatchObject({ kind: "fault" });
  });

  it("finds no fault in what an encoder writes, and none of any bytes throws", () => {
    const anything = fc.anything({ withDate: true, withTypedArray: false, maxDepth: 4 });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), anything), (value) => {
        let bytes: Buffer;
        try {
          bytes = pack(value);
        } catch {
          return;
        }
        expect(findMessagePackFault(bytes, 100)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(["call", "fault", "batch"]).toContain(envelope.decode(Buffer.from(bytes), true).kind);
      }),
    );
  });
});
