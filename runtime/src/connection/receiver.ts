import type { Writable } from "node:stream";
import type { WebSocket } from "ws";

/** What ws keeps to itself: the stream that cuts bytes into frames. What is missing in another version is not used. */
export interface Receiver extends Writable {
  /** It has found a frame that RFC 6455 forbids. */
  readonly _errored?: boolean;
  /** The opcode of the last frame; 8: the client has closed, and nothing that follows counts. */
  readonly _opcode?: number;
  /** 0: what comes next is the head of a frame. */
  readonly _state?: number;
  /** Bytes of a frame that is not complete. */
  readonly _bufferedBytes?: number;
  /** The opcode of the message of which some fragments have come; 0: none. */
  readonly _fragmented?: number;
  /** Bytes of the longest message that is taken. */
  readonly _maxPayload: number;
  _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void;
}

export const receiverOf = (ws: WebSocket): Receiver =>
  (ws as unknown as { readonly _receiver: Receiver })._receiver;
