import { WebSocket } from "ws";
import { CloseCode } from "../../close-codes.js";
import type { Connection } from "../connection.js";

/** The handlers of a connection for the events of its WebSocket. */
type SocketOwner = Pick<
  Connection,
  "beforeClose" | "betweenFrames" | "receive" | "onSocketClose" | "onProtocolError" | "onSocketEventError"
>;

/**
 * A WebSocket of ws with an owner. It passes its events directly to the owner: a list of listeners would cost memory
 * for each connection, and a search for each message.
 */
export class ModuleSocket extends WebSocket {
  /** Undefined: events are dropped. */
  owner: SocketOwner | undefined;
  readOn: (() => void) | undefined;
  /** The code of our own close frame. */
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

  override emit(event: string | symbol, ...args: never[]): boolean;
  override emit(event: string | symbol, first: unknown, second: unknown): boolean {
    const { owner } = this;
    if (owner === undefined) return false;
    try {
      // The binary type of a server's sockets is "nodebuffer", so a message is always one buffer.
      if (event === "message") owner.receive(first as Buffer, second as boolean);
      else if (event === "close") this.#reportClose(owner, first as number, second as Buffer);
      else if (event === "error") this.#reportFault(owner, first);
    } catch (error) {
      owner.onSocketEventError(error);
    }
    return true;
  }

  /** Called after ws has answered a protocol error with its close code. */
  #reportFault(owner: SocketOwner, err: unknown): void {
    this.#isFaulty = true;
    owner.onProtocolError(err);
  }

  /**
   * After a protocol error, ws reads nothing more, so it never sees the client's answer to its close frame. Then our
   * own code is reported.
   */
  #reportClose(owner: SocketOwner, code: number, reason: Buffer): void {
    const isUnanswered = this.#isFaulty && code === CloseCode.abnormal;
    owner.onSocketClose(isUnanswered ? (this.#sentCode ?? code) : code, reason.toString());
  }

  #control(write: () => void): void {
    if (this.owner === undefined) write();
    else this.owner.betweenFrames(write);
  }
}
