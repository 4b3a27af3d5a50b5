import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Payload } from "../protocol/codec.js";
import { Outbox, type OutboxOwner, type OutboxRules } from "./outbox.js";
import type { PreparedMessage } from "./prepared-message.js";
import { whenTaken } from "./socket-outbox.js";

interface Message {
  readonly payload: Payload;
  readonly compress: boolean;
  /** Bytes before compression. */
  readonly length: number;
}

/** Where a connection is sent to whose client agreed on permessage-deflate. */
export interface DeflateTarget {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  /** Messages from this many bytes on are compressed unless the sender says otherwise. */
  readonly thresholdBytes: number;
}

/**
 * Messages are compressed while fewer bytes than this wait for the compressor, and sent as they are beyond. It takes
 * longer for a message than a client for a command, so what waits would otherwise grow for as long as the client likes.
 */
const maxCompressingBytes = 262_144;

/** Sends through ws, which compresses in another thread and keeps messages and the close frame in order meanwhile. */
export class DeflateOutbox extends Outbox<Message> {
  readonly #target: DeflateTarget;

  constructor(target: DeflateTarget, rules: OutboxRules, owner: OutboxOwner) {
    super(rules, owner);
    this.#target = target;
  }

  override send(payload: Payload, compress?: boolean): void {
    this.add(this.#toMessage(payload, compress));
  }

  override sendPrepared({ payload, compress, delivery }: PreparedMessage): void {
    this.add(this.#toMessage(payload, compress), delivery);
  }

  #toMessage(payload: Payload, compress: boolean | undefined): Message {
    const length = Buffer.byteLength(payload);
    return { payload, length, compress: compress ?? length >= this.#target.thresholdBytes };
  }

  protected override merge(): undefined {
    return undefined;
  }

  protected override write(items: Message | readonly Message[]): void {
    const { ws, socket } = this.#target;
    socket.cork();
    for (const { payload, compress } of "payload" in items ? [items] : items) {
      const isBusy = ws.bufferedAmount - socket.writableLength > maxCompressingBytes;
      ws.send(payload, { binary: typeof payload !== "string", compress: compress && !isBusy }, this.#sent);
    }
    socket.uncork();
  }

  /** ws has been given everything, and cuts nothing. */
  protected override writeRest(): boolean {
    return false;
  }

  protected override get isInFrame(): boolean {
    return false;
  }

  /** What is being compressed does not count: the client cannot make that slow. */
  protected override untakenBytes(): number {
    return this.#target.socket.writableLength;
  }

  readonly #sent = (): void => this.checkDrained();

  protected override isTaken(): boolean {
    return this.#target.ws.bufferedAmount === 0;
  }

  protected override whenTaken(callback: () => void): void {
    whenTaken(this.#target.socket, callback);
  }
}
