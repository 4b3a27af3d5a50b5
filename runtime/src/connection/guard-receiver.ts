import type { Receiver } from "./receiver.js";

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
