import type { Duplex } from "node:stream";
import type { Payload } from "../protocol/codec.js";
import type { Connection } from "./connection.js";
import { type Frame, FrameJoiner, frameMessage, type PreparedMessage } from "./frame.js";
import { Outbox, type OutboxRules } from "./outbox.js";
import type { Delivery } from "./waiting-messages.js";

/** Writes frames directly to the socket, without ws. All frames of a turn need one system call. */
export class SocketOutbox extends Outbox<Frame> {
  readonly #socket: Duplex;
  /** The bytes of the last write that were not given to the socket yet. They may begin inside a frame. */
  #rest: Buffer | undefined;

  constructor(socket: Duplex, rules: OutboxRules, owner: Connection) {
    super(rules, owner);
    this.#socket = socket;
  }

  override send(payload: Payload, _compress?: boolean, delivery?: Delivery): boolean {
    return this.add(frameMessage(payload), delivery);
  }

  override sendPrepared(message: PreparedMessage): boolean {
    return this.add(message.frame, message.delivery);
  }

  protected override merge(left: Frame, right: Frame): Frame | undefined {
    return typeof left === "string" && typeof right === "string" ? left + right : undefined;
  }

  protected override write(
    items: Frame | readonly Frame[],
    pieceBytes: number,
    joiner = new FrameJoiner(),
  ): void {
    const whole = typeof items === "string" || Buffer.isBuffer(items) ? items : joiner.join(items);
    if (!this.#socket.writable) return;
    if (whole.length > pieceBytes) {
      this.#rest = typeof whole === "string" ? Buffer.from(whole, "latin1") : whole;
      this.writeRest(pieceBytes);
    } else if (typeof whole === "string") this.#socket.write(whole, "latin1");
    else this.#socket.write(whole);
  }

  protected override writeRest(pieceBytes: number): boolean {
    const rest = this.#rest;
    if (rest === undefined) return false;
    this.#rest = rest.length > pieceBytes ? rest.subarray(pieceBytes) : undefined;
    if (this.#socket.writable) this.#socket.write(rest.subarray(0, pieceBytes));
    return true;
  }

  protected override get hasRest(): boolean {
    return this.#rest !== undefined;
  }

  protected override untakenBytes(): number {
    return this.#socket.writableLength;
  }

  protected override unsentBytes(): number {
    return (this.#rest?.length ?? 0) + this.#socket.writableLength;
  }

  protected override whenTaken(callback: () => void): void {
    whenTaken(this.#socket, callback);
  }
}

/**
 * Calls back once the socket has accepted all earlier writes; never if it breaks off. The event `drain` comes only after a
 * write above the high-water mark, so this queues an empty write instead.
 */
export function whenTaken(socket: Duplex, callback: () => void): void {
  if (!socket.writable) return;
  socket.write("", "latin1", (error) => {
    if (!error) callback();
  });
}
