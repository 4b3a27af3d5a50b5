import type { Writable } from "node:stream";
import * as ws from "ws";

/**
 * The stream of ws that splits bytes into frames. Members with an underscore are private to ws 8.23, and another
 * version may rename them. So they are read only after `hasKnownReceiver` has found them as described here.
 */
export interface Receiver extends Writable {
  /** True after a frame that RFC 6455 forbids. */
  readonly _errored: boolean;
  /** The opcode of the last frame; 8: the client has closed, and nothing that follows counts. */
  readonly _opcode: number;
  /** What comes next: 0 the head of a frame, 1 and 2 a length of 2 or 8 bytes, 3 a mask, 4 a payload. */
  readonly _state: number;
  /** Bytes of a frame that is not complete. */
  readonly _bufferedBytes: number;
  /** Bytes of the payload of the last frame. */
  readonly _payloadLength: number;
  /** The opcode of the message whose fragments are being received; 0: no such message. */
  readonly _fragmented: number;
  /** The longest accepted message in bytes. */
  readonly _maxPayload: number;
  _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void;
}

/** The receiver of an open WebSocket. Use it only if `hasKnownReceiver` returns true. */
export const getReceiver = (socket: ws.WebSocket): Receiver =>
  (socket as unknown as { readonly _receiver: Receiver })._receiver;

const known = {
  _errored: false,
  _opcode: 0,
  _state: 0,
  _bufferedBytes: 0,
  _payloadLength: 0,
  _fragmented: 0,
  _maxPayload: 9,
};

/** True if ws has the private members that this package uses. Otherwise the receiver of ws reads all frames. */
export function hasKnownReceiver(library: object = ws): boolean {
  // Exported by ws and missing in its types.
  const { Receiver: WsReceiver, WebSocket } = library as {
    readonly Receiver?: new (options: object) => object;
    readonly WebSocket: new (address: null, protocols: undefined, options: object) => object;
  };
  try {
    if (WsReceiver === undefined || !("_receiver" in new WebSocket(null, undefined, {}))) return false;
    const receiver = new WsReceiver({ isServer: true, maxPayload: known._maxPayload }) as Receiver;
    const isAsKnown = Object.entries(known).every(
      ([name, value]) => receiver[name as keyof Receiver] === value,
    );
    return isAsKnown && typeof Object.getPrototypeOf(receiver)._write === "function";
  } catch {
    return false;
  }
}
