import { createRequire } from "node:module";
import { ConfigurationError } from "../config/configuration-error.js";
import type { MessageCodec } from "./codec.js";
import { UnreadableMessageError } from "./codec.js";
import { findMessagePackFault } from "./msgpack-scan.js";

/** What is used of `@msgpack/msgpack`; its own types need those of a browser. */
interface MessagePackLibrary {
  encode(value: unknown, options: { ignoreUndefined: boolean }): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/**
 * MessagePack in binary frames, with the package `@msgpack/msgpack`, which only a server that speaks it needs.
 * @throws ConfigurationError when it is not installed.
 */
export function loadMessagePackCodec(maxDepth: number): MessageCodec {
  const { encode, decode } = loadLibrary();
  return {
    decode(raw, isBinary) {
      if (!isBinary) {
        throw new UnreadableMessageError("Messages are binary frames of MessagePack; this was a text frame.");
      }
      const fault = findMessagePackFault(raw, maxDepth);
      if (fault !== undefined) throw new UnreadableMessageError(fault);
      try {
        return decode(raw);
      } catch (cause) {
        throw new UnreadableMessageError("The message is not valid MessagePack.", { cause });
      }
    },
    encode(value) {
      const bytes = encode(value, { ignoreUndefined: true });
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    join: (messages) =>
      Buffer.concat([arrayHead(messages.length), ...messages.map((part) => Buffer.from(part))]),
  };
}

function loadLibrary(): MessagePackLibrary {
  try {
    return createRequire(import.meta.url)(libraryName);
  } catch (cause) {
    throw new ConfigurationError(`The codec msgpack needs a package: npm install ${libraryName}`, { cause });
  }
}

const libraryName = "@msgpack/msgpack";

/** The `array 32` head of the MessagePack specification. */
function arrayHead(length: number): Buffer {
  const head = Buffer.alloc(5, 0xdd);
  head.writeUInt32BE(length, 1);
  return head;
}
