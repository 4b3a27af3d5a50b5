import { createRequire } from "node:module";
import type { MessageCodec } from "./codec.js";
import { UnreadableMessageError } from "./codec.js";
import { findMessagePackFault } from "./msgpack-scan.js";

/** What is used of `@msgpack/msgpack`; its own types need those of a browser. */
interface MessagePackLibrary {
  encode(value: unknown, options: { ignoreUndefined: boolean }): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** MessagePack in binary frames. The library is loaded here, so that only modules which use it pay for it. */
export function loadMessagePackCodec(maxDepth: number): MessageCodec {
  const { encode, decode }: MessagePackLibrary = createRequire(import.meta.url)("@msgpack/msgpack");
  return {
    decode(raw, isBinary) {
      if (!isBinary) {
        throw new UnreadableMessageError("Messages are binary frames of MessagePack; this was a text frame.");
      }
      const fault = findMessagePackFault(raw, maxDepth);
      if (fault !== undefined) throw new UnreadableMessageError(fault);
      return decode(raw);
    },
    encode(value) {
      const bytes = encode(value, { ignoreUndefined: true });
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    join: (messages) =>
      Buffer.concat([arrayHead(messages.length), ...messages.map((part) => Buffer.from(part))]),
  };
}

/** The `array 32` head of the MessagePack specification. */
function arrayHead(length: number): Buffer {
  const head = Buffer.alloc(5, 0xdd);
  head.writeUInt32BE(length, 1);
  return head;
}
