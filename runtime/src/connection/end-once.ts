import type { Writable } from "node:stream";

/**
 * Lets a stream be ended more than once for nothing. ws ends the socket and the receiver of each connection up to three
 * times, and from the second time on Node makes an error object, with its stack, that nobody is told of: a tenth of what
 * a handshake and its close cost.
 */
export function endOnce(stream: Writable): void {
  stream.end = endUnlessEnded;
}

function endUnlessEnded(this: Writable, ...args: never[]): Writable {
  // A callback has to be told of the error.
  return this.writableEnded && args.length === 0 ? this : Object.getPrototypeOf(this).end.apply(this, args);
}
