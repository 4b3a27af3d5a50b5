import { isUtf8 } from "node:buffer";
import { applyMask } from "./apply-mask.js";
import type { Receiver } from "./receiver.js";

/** A whole text message, neither compressed nor a part of one (RFC 6455 §5.2). */
const finalText = 0x81;
const masked = 0x80;
/** In place of a length: it stands in the next 2 bytes. A longer one stands in 8, and is left to ws. */
const lengthIn2Bytes = 126;
const maskBytes = 4;

/**
 * Reads what most clients send most of the time past the receiver of ws: text messages in one frame of less than 64
 * KiB, as many as one packet brings. For each of them ws makes seven views of the packet; here it is one, and that is a
 * fifth of the time that a command takes in a batch. Whatever is not such a frame, whole and right, is left to ws with
 * all that follows it; so is everything while ws is in the middle of a message.
 */
export function readWholeFrames(receiver: Receiver): void {
  receiver._write = writeWholeFrames;
}

function writeWholeFrames(this: Receiver, chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
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
    const said = (chunk[at + 1] ?? 0) - masked;
    if (said < 0 || said > lengthIn2Bytes) break;
    const isLong = said === lengthIn2Bytes;
    const length = isLong ? ((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0) : said;
    const mask = at + (isLong ? 4 : 2);
    const start = mask + maskBytes;
    const end = start + length;
    if (length > receiver._maxPayload || end > chunk.length) break;
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
