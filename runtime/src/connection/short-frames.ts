import { isUtf8 } from "node:buffer";
import type { Receiver } from "./receiver.js";

/** A whole text message, neither compressed nor a part of one (RFC 6455 §5.2). */
const finalText = 0x81;
const masked = 0x80;
/** From this length on more bytes are needed to say it. */
const longLength = 126;
const headBytes = 2;
const maskBytes = 4;

/**
 * Reads what most clients send most of the time past the receiver of ws: text messages in one short frame, as many as
 * one packet brings. For each of them ws makes seven views of the packet; here it is one, and that is a seventh of the
 * time that a command takes. Whatever is not such a frame, whole and right, is left to ws with all that follows it; so
 * is everything while ws is in the middle of a message.
 */
export function readShortFrames(receiver: Receiver): void {
  receiver._write = writeShortFrames;
}

function writeShortFrames(this: Receiver, chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
  const read = isBetweenMessages(this) ? readFrames(this, chunk) : 0;
  if (read === chunk.length) done();
  else
    Object.getPrototypeOf(this)._write.call(this, read === 0 ? chunk : chunk.subarray(read), encoding, done);
}

const closeOpcode = 8;

const isBetweenMessages = (receiver: Receiver): boolean =>
  receiver._state === 0 &&
  receiver._bufferedBytes === 0 &&
  receiver._fragmented === 0 &&
  receiver._errored === false &&
  receiver._opcode !== closeOpcode;

/** Returns how many bytes were read. */
function readFrames(receiver: Receiver, chunk: Buffer): number {
  let at = 0;
  while (chunk[at] === finalText) {
    const length = (chunk[at + 1] ?? 0) - masked;
    const mask = at + headBytes;
    const start = mask + maskBytes;
    const end = start + length;
    if (length < 0 || length >= longLength || length > receiver._maxPayload || end > chunk.length) break;
    applyMask(chunk, mask, start, end);
    const payload = chunk.subarray(start, end);
    if (!isUtf8(payload)) {
      // For ws to refuse it, as it came.
      applyMask(chunk, mask, start, end);
      break;
    }
    at = end;
    receiver.emit("message", payload, false);
  }
  return at;
}

/** RFC 6455 §5.3; twice is nothing. */
function applyMask(bytes: Buffer, mask: number, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (bytes[mask + ((at - start) & 3)] as number);
  }
}
