import { WebSocket } from "ws";
import { CloseCode } from "../../close-codes.js";
import type { Connection } from "../connection.js";

/** What a connection does with the events of its WebSocket. */
type SocketOwner = Pick<
  Connection,
  "beforeClose" | "betweenFrames" | "receive" | "socketClosed" | "faulted" | "socketEventFailed"
>;

/**
 * A WebSocket of ws that knows whose it is. What ws has to tell goes straight to the owner: a list of listeners would
 * cost each connection memory, and each message the time to look through it.
 */
export class ModuleSocket extends WebSocket {
  /** Undefined: nobody wants to know. */
  owner: SocketOwner | undefined;
  readOn: (() => void) | undefined;
  /** That of our own close frame. */
  #sentCode: number | undefined;
  #isFaulty = false;

  override resume(): void {
    super.resume();
    this.readOn?.();
  }

  /** Also called by ws itself to answer a close frame and to report a protocol error. */
  override close(code?: number, reason?: string | Buffer): void {
    this.owner?.beforeClose();
    this.#sentCode ??= code;
    super.close(code, reason);
  }

  override ping(data?: unknown, mask?: boolean, sent?: (error: Error) => void): void {
    this.#control(() => super.ping(data, mask, sent));
  }

  /** Also called by ws itself to answer a ping. */
  override pong(data?: unknown, mask?: boolean, sent?: (error: Error) => void): void {
    this.#control(() => super.pong(data, mask, sent));
  }

  override emit(event: string | symbol, ...told: never[]): boolean;
  override emit(event: string | symbol, first: unknown, second: unknown): boolean {
    const { owner } = this;
    if (owner === undefined) return false;
    try {
      // The binary type of a server's sockets is "nodebuffer", so a message is always one buffer.
      if (event === "message") owner.receive(first as Buffer, second as boolean);
      else if (event === "close") this.#tellClosed(owner, first as number, second as Buffer);
      else if (event === "error") this.#noteFault(owner, first);
    } catch (error) {
      owner.socketEventFailed(error);
    }
    return true;
  }

  /** ws has answered a protocol error with its close code already. */
  #noteFault(owner: SocketOwner, err: unknown): void {
    this.#isFaulty = true;
    owner.faulted(err);
  }

  /** After a protocol error ws reads nothing more, so that it never sees an answer to its close frame. */
  #tellClosed(owner: SocketOwner, code: number, reason: Buffer): void {
    const isUnanswered = this.#isFaulty && code === CloseCode.abnormal;
    owner.socketClosed(isUnanswered ? (this.#sentCode ?? code) : code, reason.toString());
  }

  #control(write: () => void): void {
    if (this.owner === undefined) write();
    else this.owner.betweenFrames(write);
  }
}
