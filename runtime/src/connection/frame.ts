import type { Payload } from "../protocol/codec.js";
import type { Delivery } from "./waiting-messages.js";

/**
 * One complete frame in its wire form. A string has one byte per character (latin1). An ASCII message then needs no buffer,
 * and joining it with other frames costs nothing.
 */
export type Frame = string | Buffer;

/** An item of an outbox: a frame, or a message that will be framed or compressed. */
export type QueuedItem = Frame | { readonly payload: Payload; readonly length: number };

const finalText = 0x81;
const finalBinary = 0x82;

/** A longer payload is framed in a buffer, because joining long strings copies them once more. */
const largestStringPayload = 16_383;

const shortHeads = Array.from({ length: 126 }, (_, length) => String.fromCharCode(finalText, length));

/** Frames one message for one receiver. Frames of a server are not masked (RFC 6455 §5.1). */
export function frameMessage(payload: Payload): Frame {
  if (typeof payload !== "string") return bufferFrame(payload, finalBinary);
  const bytes = Buffer.byteLength(payload);
  if (bytes !== payload.length || bytes > largestStringPayload) return textBuffer(payload, bytes);
  return (shortHeads[bytes] ?? String.fromCharCode(finalText, 126, bytes >> 8, bytes & 0xff)) + payload;
}

/** Frames one message as a buffer, for many receivers. */
export function frameForMany(payload: Payload): Buffer {
  return typeof payload === "string"
    ? textBuffer(payload, Buffer.byteLength(payload))
    : bufferFrame(payload, finalBinary);
}

/** The payload of a frame that was made here. */
export function readFrame(frame: Frame): Payload {
  const bytes = typeof frame === "string" ? Buffer.from(frame, "latin1") : frame;
  const length = (bytes[1] ?? 0) & 0x7f;
  const payload = bytes.subarray(length < 126 ? 2 : length === 126 ? 4 : 10);
  return bytes[0] === finalText ? payload.toString() : payload;
}

function textBuffer(payload: string, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(headLength(bytes) + bytes);
  frame.write(payload, writeHead(frame, finalText, bytes));
  return frame;
}

function bufferFrame(payload: Buffer, first: number): Buffer {
  const frame = Buffer.allocUnsafe(headLength(payload.length) + payload.length);
  payload.copy(frame, writeHead(frame, first, payload.length));
  return frame;
}

/** RFC 6455 §5.2: the length is in 7 bits, or in the 2 or 8 bytes that follow. */
function headLength(bytes: number): number {
  if (bytes < 126) return 2;
  return bytes < 65_536 ? 4 : 10;
}

function writeHead(frame: Buffer, first: number, bytes: number): number {
  frame[0] = first;
  if (bytes < 126) {
    frame[1] = bytes;
    return 2;
  }
  if (bytes < 65_536) {
    frame[1] = 126;
    return frame.writeUInt16BE(bytes, 2);
  }
  frame[1] = 127;
  frame.writeUInt32BE(Math.floor(bytes / 2 ** 32), 2);
  return frame.writeUInt32BE(bytes >>> 0, 6);
}

/** One message for many receivers. It is serialised and framed once, and all receivers share the buffer. */
export class PreparedMessage {
  readonly payload: Payload;
  /** Undefined: the module's threshold decides. */
  readonly compress: boolean | undefined;
  /** Undefined: the module's policy for slow consumers. */
  readonly delivery: Delivery | undefined;
  /** The key of its stream, if it is an event of a stream. */
  readonly stream: string | undefined;
  #frame: Buffer | undefined;

  constructor(
    payload: Payload,
    { compress, delivery, stream }: Partial<Pick<PreparedMessage, "compress" | "delivery" | "stream">> = {},
  ) {
    this.payload = payload;
    this.compress = compress;
    this.delivery = delivery;
    this.stream = stream;
  }

  get frame(): Buffer {
    this.#frame ??= frameForMany(this.payload);
    return this.#frame;
  }

  /** In bytes. */
  get length(): number {
    return Buffer.byteLength(this.payload);
  }
}

/**
 * Joins the frames of one turn to one buffer. After a broadcast, many connections have the same frames, so the last result
 * is cached.
 */
export class FrameJoiner {
  #frames: readonly Frame[] = [];
  #joined: Buffer = Buffer.alloc(0);

  join(frames: readonly Frame[]): Buffer {
    if (!hasSameElements(frames, this.#frames)) {
      this.#frames = frames;
      this.#joined = Buffer.concat(
        frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame, "latin1") : frame)),
      );
    }
    return this.#joined;
  }

  /** Releases the cached buffer. */
  clear(): void {
    this.#frames = [];
    this.#joined = Buffer.alloc(0);
  }
}

function hasSameElements(left: readonly Frame[], right: readonly Frame[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
