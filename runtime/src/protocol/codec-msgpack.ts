import { createRequire } from "node:module";
import { ConfigurationError } from "../errors.js";
import { type MessageCodec, UnreadableMessageError } from "./codec.js";

/** The used part of `@msgpack/msgpack`. Its own types need the types of a browser. */
interface MessagePackLibrary {
  encode(value: unknown, options: { ignoreUndefined: boolean }): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/**
 * MessagePack in binary frames. Needs the package `@msgpack/msgpack`, which is optional.
 * @throws ConfigurationError when it is not installed.
 */
export function loadMessagePackCodec(maxDepth: number): MessageCodec {
  const { encode, decode } = loadLibrary();
  return {
    hasBytes: true,
    decode(raw, isBinary) {
      if (!isBinary) {
        throw new UnreadableMessageError("Found a text frame; expected a binary frame. Send MessagePack.");
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
    throw new ConfigurationError(`The codec msgpack needs a package. Run npm install ${libraryName}.`, {
      code: "missing_package",
      cause,
    });
  }
}

const libraryName = "@msgpack/msgpack";

/** The `array 32` head of the MessagePack specification. */
function arrayHead(length: number): Buffer {
  const head = Buffer.alloc(5, 0xdd);
  head.writeUInt32BE(length, 1);
  return head;
}

/** The size of a value by its head byte in the MessagePack specification. */
interface Head {
  /** Bytes of the head and of the value without its children. */
  readonly size: number;
  /** The number of values inside it, including the keys of a map. */
  readonly children: number;
}

/**
 * Checks the structure of the bytes before they are decoded. A decoder allocates an array of the length that its head
 * claims, so five bytes could allocate gigabytes. This checks that every claimed value exists, and limits the nesting.
 * @returns the mistake, or undefined
 */
export function findMessagePackFault(bytes: Buffer, maxDepth: number): string | undefined {
  const open: number[] = [];
  let claimed = 1;
  let at = 0;
  while (claimed > 0) {
    const head = at < bytes.length ? readHead(bytes, at) : undefined;
    if (head === undefined) return "The message is not valid MessagePack.";
    at += head.size;
    claimed += head.children - 1;
    if (open.length > 0) open[open.length - 1] = (open.at(-1) ?? 0) - 1;
    if (head.children > 0) open.push(head.children);
    if (open.length > maxDepth) return `The message is nested more than ${maxDepth} levels deep.`;
    while (open.at(-1) === 0) open.pop();
  }
  return at === bytes.length ? undefined : "The message is not valid MessagePack.";
}

function readHead(bytes: Buffer, at: number): Head | undefined {
  const byte = bytes[at] ?? 0;
  if (byte <= 0x7f || byte >= 0xe0) return { size: 1, children: 0 };
  if (byte <= 0x8f) return { size: 1, children: 2 * (byte & 0x0f) };
  if (byte <= 0x9f) return { size: 1, children: byte & 0x0f };
  if (byte <= 0xbf) return { size: 1 + (byte & 0x1f), children: 0 };
  const sized = sizedHeads[byte - 0xc0];
  if (sized === undefined || at + 1 + sized.lengthBytes > bytes.length) return undefined;
  const length = sized.lengthBytes === 0 ? 0 : bytes.readUIntBE(at + 1, sized.lengthBytes);
  return {
    size: 1 + sized.lengthBytes + sized.fixed + (sized.perItem === 0 ? length : 0),
    children: sized.perItem * length,
  };
}

interface SizedHead {
  /** Bytes of the length that follows the head byte. */
  readonly lengthBytes: 0 | 1 | 2 | 4;
  /** Bytes of content that the length does not count. */
  readonly fixed: number;
  /** Values per unit of the length; 0 if the length counts bytes. */
  readonly perItem: 0 | 1 | 2;
}

const sized = (lengthBytes: 0 | 1 | 2 | 4, fixed: number, perItem: 0 | 1 | 2 = 0): SizedHead => ({
  lengthBytes,
  fixed,
  perItem,
});

/** The heads 0xc0–0xdf in order; 0xc1 is never used. */
const sizedHeads: readonly (SizedHead | undefined)[] = [
  ...[sized(0, 0), undefined, sized(0, 0), sized(0, 0)], // nil, -, false, true
  ...[sized(1, 0), sized(2, 0), sized(4, 0)], // bin
  ...[sized(1, 1), sized(2, 1), sized(4, 1)], // ext
  ...[sized(0, 4), sized(0, 8)], // float
  ...[sized(0, 1), sized(0, 2), sized(0, 4), sized(0, 8)], // uint
  ...[sized(0, 1), sized(0, 2), sized(0, 4), sized(0, 8)], // int
  ...[sized(0, 2), sized(0, 3), sized(0, 5), sized(0, 9), sized(0, 17)], // fixext
  ...[sized(1, 0), sized(2, 0), sized(4, 0)], // str
  ...[sized(2, 0, 1), sized(4, 0, 1)], // array
  ...[sized(2, 0, 2), sized(4, 0, 2)], // map
];
