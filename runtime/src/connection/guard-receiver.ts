import type { Writable } from "node:stream";
import type { WebSocket } from "ws";

/** What ws keeps to itself: the stream that cuts bytes into frames. */
interface Receiver extends Writable {
  /** It has found a frame that RFC 6455 forbids. */
  readonly _errored: boolean;
  _write(chunk: Buffer, encoding: BufferEncoding, done: () => void): void;
}

export const receiverOf = (ws: WebSocket): Receiver =>
  (ws as unknown as { readonly _receiver: Receiver })._receiver;

/**
 * Keeps a receiver from reading on after a bad frame. While it decompresses, Node's streams collect the packets that
 * come, and hand it all of them afterwards, also those behind an error. ws 8.23 then looks for the mask of a frame
 * that it has finished with, and the exception, which nobody can catch, ends the process.
 */
export function guardReceiver(receiver: Receiver): void {
  receiver._write = writeUnlessErrored;
}

function writeUnlessErrored(this: Receiver, chunk: Buffer, encoding: BufferEncoding, done: () => void): void {
  if (this._errored) done();
  else Object.getPrototypeOf(this)._write.call(this, chunk, encoding, done);
}
