import { isUtf8 } from "node:buffer";
import type { Receiver } from "./receiver.js";

/** The owner of a receiver. */
export interface FrameOwner {
  /** True while reading is paused. */
  readonly isPaused: boolean;
  /**
   * Continues with the bytes that arrived before the pause; undefined: none are left. The owner calls it when it
   * resumes.
   */
  readOn: (() => void) | undefined;
}

interface OwnedReceiver extends Receiver {
  frameOwner: FrameOwner;
}

/** Node ignores the return value. */
type Done = (error?: Error | null) => unknown;

/** The first byte of an uncompressed text message in one frame (RFC 6455 §5.2). */
const finalText = 0x81;
const masked = 0x80;
/** Values of the length field that mean: the length is in the next 2 bytes, or in the next 8. */
const lengthIn2Bytes = 126;
const lengthIn8Bytes = 127;
const maskBytes = 4;
const closeOpcode = 8;

/**
 * Reads one frame at a time and stops as soon as its owner pauses, even in the middle of a packet. ws alone delivers
 * all frames of a packet, and 64 KiB can contain 10,922 of them. Most clients send text messages in one frame of less
 * than 64 KiB. These bypass the receiver of ws, which creates seven views of the packet for each of them; this code
 * creates one. ws reads all other frames. After a bad frame, nothing more is read: ws 8.23 would look for the mask of a
 * frame that it has already finished, and that exception ends the process.
 */
export function readWholeFrames(receiver: Receiver, owner: FrameOwner): void {
  (receiver as OwnedReceiver).frameOwner = owner;
  receiver._write = writeFrames;
  receiver.end = endAndForget;
}

/**
 * Makes repeated calls of `end` cheap. ws ends the receiver when the client is gone, paused or not, and up to three
 * times. From the second call on, Node would create an unused error with its stack.
 */
function endAndForget(this: Receiver, ...args: never[]): Receiver {
  if (this.writableEnded && args.length === 0) return this;
  Object.getPrototypeOf(this).end.apply(this, args);
  (this as OwnedReceiver).frameOwner.readOn?.();
  return this;
}

function writeFrames(this: Receiver, chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
  readFrom(this as OwnedReceiver, chunk, { at: 0, done });
}

/** Reads a packet from an index to its end, a pause or a bad frame. */
function readFrom(receiver: OwnedReceiver, chunk: Buffer, from: { at: number; done: Done }): unknown {
  const { frameOwner: owner } = receiver;
  const { done } = from;
  let { at } = from;
  for (;;) {
    if (isOver(receiver)) return done();
    if (owner.isPaused) {
      // The client is gone. The unread bytes are lost, as are those in its socket.
      if (receiver.writableEnded) return done();
      const rest = at;
      owner.readOn = () => {
        owner.readOn = undefined;
        readFrom(receiver, chunk, { at: rest, done });
      };
      return undefined;
    }
    if (isBetweenMessages(receiver)) at = readTexts(receiver, chunk, at);
    if (at === chunk.length) return done();
    if (owner.isPaused) continue;
    const end = Math.min(chunk.length, endOfFrame(receiver, chunk, at));
    if (!leaveToWs(receiver, chunk, { at, end, done })) return undefined;
    at = end;
  }
}

/**
 * Passes a part to ws. @returns true if ws has read it and there may be more; otherwise ws continues by itself, or has
 * failed
 */
function leaveToWs(
  receiver: OwnedReceiver,
  chunk: Buffer,
  { at, end, done }: { at: number; end: number; done: Done },
): boolean {
  let state = "reading" as "reading" | "read" | "waiting" | "failed";
  const part = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
  Object.getPrototypeOf(receiver)._write.call(receiver, part, "buffer", (error?: Error | null) => {
    if (error) {
      state = "failed";
      done(error);
    } else if (state === "waiting") readFrom(receiver, chunk, { at: end, done });
    else if (state === "reading") state = "read";
  });
  if (state === "reading") state = "waiting";
  return state === "read";
}

/** True if the client has closed, or has sent a bad frame. */
const isOver = (receiver: Receiver): boolean =>
  receiver._errored || receiver.destroyed || (receiver._opcode === closeOpcode && receiver._state === 0);

const isBetweenFrames = (receiver: Receiver): boolean =>
  receiver._state === 0 && receiver._bufferedBytes === 0;

const isBetweenMessages = (receiver: Receiver): boolean =>
  isBetweenFrames(receiver) && receiver._fragmented === 0;

/** The number of bytes that ws needs in each of its states. */
const neededBytes = (receiver: Receiver): number =>
  [2, 2, 8, maskBytes, receiver._payloadLength][receiver._state] ?? Number.POSITIVE_INFINITY;

/** The end of the frame at an index, or of the part that ws needs next. */
function endOfFrame(receiver: Receiver, chunk: Buffer, at: number): number {
  if (!isBetweenFrames(receiver)) return at + Math.max(1, neededBytes(receiver) - receiver._bufferedBytes);
  const second = chunk[at + 1] ?? 0;
  const shortLength = second & 0x7f;
  const head = at + 2 + ((second & masked) === 0 ? 0 : maskBytes);
  // An incomplete head is always at the end of the packet.
  if (shortLength < lengthIn2Bytes) return head + shortLength;
  if (shortLength === lengthIn2Bytes)
    return at + 4 > chunk.length ? chunk.length : head + 2 + chunk.readUInt16BE(at + 2);
  if (shortLength === lengthIn8Bytes && at + 10 <= chunk.length)
    return head + 8 + Number(chunk.readBigUInt64BE(at + 2));
  return chunk.length;
}

/** Reads whole text messages. @returns the index of the first byte that does not belong to one */
function readTexts(receiver: OwnedReceiver, chunk: Buffer, from: number): number {
  const { frameOwner: owner } = receiver;
  let at = from;
  while (chunk[at] === finalText) {
    const shortLength = (chunk[at + 1] ?? 0) - masked;
    if (shortLength < 0 || shortLength > lengthIn2Bytes) break;
    const isLong = shortLength === lengthIn2Bytes;
    const length = isLong ? ((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0) : shortLength;
    const mask = at + (isLong ? 4 : 2);
    const start = mask + maskBytes;
    const end = start + length;
    if (length > receiver._maxPayload || end > chunk.length) break;
    applyMask(chunk, mask, start, end);
    const payload = chunk.subarray(start, end);
    if (!isUtf8(payload)) {
      // Restore the original bytes, so that ws refuses them.
      applyMask(chunk, mask, start, end);
      break;
    }
    at = end;
    receiver.emit("message", payload, false);
    if (owner.isPaused) break;
  }
  return at;
}

/** From this many bytes on, masking by words is worth the view that it needs. */
const worthWords = 64;

const turnedMask = new Uint8Array(4);
const maskWord = new Int32Array(turnedMask.buffer);

/**
 * Applies the four-byte mask at `mask` to the bytes from `start` to `end`, in place (RFC 6455 §5.3). Applying it twice
 * restores the bytes.
 */
export function applyMask(bytes: Buffer, mask: number, start: number, end: number): void {
  if (end - start < worthWords) {
    applyToBytes(bytes, mask, start, start, end);
    return;
  }
  const misplaced = (bytes.byteOffset + start) & 3;
  const firstWord = start + ((4 - misplaced) & 3);
  const afterWords = firstWord + ((end - firstWord) & ~3);
  applyToBytes(bytes, mask, start, start, firstWord);
  for (let at = 0; at < 4; at++) turnedMask[at] = bytes[mask + ((firstWord - start + at) & 3)] as number;
  const word = maskWord[0] as number;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + firstWord, (afterWords - firstWord) >> 2);
  for (let at = 0; at < words.length; at++) words[at] = (words[at] as number) ^ word;
  applyToBytes(bytes, mask, start, afterWords, end);
}

function applyToBytes(bytes: Buffer, mask: number, start: number, from: number, end: number): void {
  for (let at = from; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (bytes[mask + ((at - start) & 3)] as number);
  }
}
