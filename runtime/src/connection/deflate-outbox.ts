import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Payload } from "../protocol/codec.js";
import type { Connection } from "./connection.js";
import type { PreparedMessage } from "./frame.js";
import { Outbox, type OutboxRules } from "./outbox.js";
import { whenTaken } from "./socket-outbox.js";
import type { Delivery } from "./waiting-messages.js";

interface Message {
  readonly payload: Payload;
  readonly compress: boolean;
  /** Bytes before compression. */
  readonly length: number;
}

/** The socket of a connection whose client agreed on permessage-deflate. */
export interface DeflateTarget {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  /** Messages of at least this many bytes are compressed unless the sender decides otherwise. */
  readonly thresholdBytes: number;
}

/**
 * When the compressor is free again, it compresses at most this many bytes of the waiting messages. The others are sent
 * uncompressed: compressing a message takes longer than a client needs to send a command. The client's commands wait,
 * too, when this many bytes wait for the compressor.
 */
const maxCompressingBytes = 262_144;

/**
 * Sends through ws. It compresses in another thread and keeps messages and the close frame in order. A message larger
 * than a piece is sent as fragments of one piece each. So ws never holds more than one piece, and the clock can see how
 * much the client has accepted.
 */
export class DeflateOutbox extends Outbox<Message> {
  readonly #target: DeflateTarget;
  /** Messages of the last write that ws has not received yet. The first of them may be partly sent. */
  #rest: readonly Message[] = [];
  #sentBytes = 0;
  /** The bytes of a message that is sent in parts. */
  #bytes: Buffer | undefined;
  #onCompressed: (() => void) | undefined;
  /** True if the client's commands wait until its replies are written. */
  #isHolding = false;

  constructor(target: DeflateTarget, rules: OutboxRules, owner: Connection) {
    super(rules, owner);
    this.#target = target;
  }

  override send(payload: Payload, compress?: boolean, delivery?: Delivery): boolean {
    const isTaken = this.add(this.#toMessage(payload, compress), delivery);
    if (!this.#isHolding && this.waitingBytes > 0) this.#holdCommands();
    return isTaken;
  }

  /**
   * A busy compressor does not make a client slow. Instead, the client's commands wait while too many of its replies
   * wait.
   */
  #holdCommands(): void {
    if (this.#isCompressing && this.waitingBytes < maxCompressingBytes) return;
    this.#isHolding = true;
    this.excuseWaiting();
    this.owner.holdCommands();
  }

  #releaseCommands(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.owner.releaseCommands();
  }

  override finish(): void {
    super.finish();
    this.#releaseCommands();
  }

  override discard(): void {
    super.discard();
    this.#releaseCommands();
  }

  override sendPrepared({ payload, compress, delivery }: PreparedMessage): boolean {
    return this.add(this.#toMessage(payload, compress), delivery);
  }

  #toMessage(payload: Payload, compress: boolean | undefined): Message {
    const length = Buffer.byteLength(payload);
    return { payload, length, compress: compress ?? length >= this.#target.thresholdBytes };
  }

  protected override merge(): undefined {
    return undefined;
  }

  protected override write(items: Message | readonly Message[], pieceBytes: number): void {
    let aheadBytes = 0;
    this.#rest = ("payload" in items ? [items] : items).map((message) => {
      const compress = message.compress && aheadBytes <= maxCompressingBytes;
      aheadBytes += message.length;
      return compress === message.compress ? message : { ...message, compress };
    });
    this.writeRest(pieceBytes);
    this.#releaseCommands();
  }

  protected override writeRest(pieceBytes: number): boolean {
    if (!this.hasRest) return false;
    const { socket } = this.#target;
    socket.cork();
    let roomBytes = pieceBytes;
    let count = 0;
    for (const message of this.#rest) {
      if (roomBytes <= 0) break;
      const endBytes = Math.min(message.length, this.#sentBytes + roomBytes);
      roomBytes -= endBytes - this.#sentBytes;
      this.#sendPart(message, endBytes);
      if (endBytes < message.length) break;
      count += 1;
    }
    this.#rest = this.#rest.slice(count);
    socket.uncork();
    return true;
  }

  /** Sends the unsent bytes of a message up to `endBytes`. */
  #sendPart({ payload, compress, length }: Message, endBytes: number): void {
    const fin = endBytes === length;
    let part = payload;
    if (!fin || this.#bytes !== undefined) {
      this.#bytes ??= typeof payload === "string" ? Buffer.from(payload) : payload;
      part = this.#bytes.subarray(this.#sentBytes, endBytes);
    }
    this.#sentBytes = fin ? 0 : endBytes;
    if (fin) this.#bytes = undefined;
    const binary = typeof payload !== "string";
    this.#target.ws.send(part, { binary, fin, compress }, this.#sent);
  }

  protected override get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /** Writes at once: control frames may come between fragments (RFC 6455 §5.4). */
  override betweenFrames(write: () => void): void {
    write();
  }

  /** Does not count bytes that are being compressed: the client cannot slow that down. */
  protected override untakenBytes(): number {
    return this.#target.socket.writableLength;
  }

  protected override unsentBytes(): number {
    const restBytes = this.#rest.reduce((sum, { length }) => sum + length, -this.#sentBytes);
    return restBytes + this.#target.ws.bufferedAmount;
  }

  get #isCompressing(): boolean {
    return this.#target.ws.bufferedAmount > this.#target.socket.writableLength;
  }

  readonly #sent = (): void => {
    this.noteTaken();
    const callback = this.#onCompressed;
    if (callback !== undefined && !this.#isCompressing) {
      this.#onCompressed = undefined;
      whenTaken(this.#target.socket, callback);
    }
  };

  protected override isTaken(): boolean {
    return this.#target.ws.bufferedAmount === 0;
  }

  protected override whenTaken(callback: () => void): void {
    if (this.#isCompressing) this.#onCompressed = callback;
    else whenTaken(this.#target.socket, callback);
  }
}
