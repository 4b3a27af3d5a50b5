import { WebSocket } from "ws";
import type { Logger } from "../contract.js";

/** Who is told what happens on a WebSocket. */
export interface SocketOwner {
  readonly context: { readonly log: Logger };
  /** A close frame is about to be sent. */
  beforeClose(): void;
  receive(raw: Buffer, isBinary: boolean): void;
  socketClosed(code: number, reason: string): void;
}

/**
 * A WebSocket of ws that knows whose it is. What ws has to tell goes straight to the owner: a list of listeners would
 * cost each connection memory, and each message the time to look through it.
 */
export class ModuleSocket extends WebSocket {
  /** Undefined: nobody wants to know. */
  owner: SocketOwner | undefined;

  /** Also called by ws itself to answer a close frame and to report a protocol error. */
  override close(code?: number, reason?: string | Buffer): void {
    this.owner?.beforeClose();
    super.close(code, reason);
  }

  override emit(event: string | symbol, ...told: never[]): boolean;
  override emit(event: string | symbol, first: unknown, second: unknown): boolean {
    const { owner } = this;
    if (owner === undefined) return false;
    // The binary type of a server's sockets is "nodebuffer", so a message is always one buffer.
    if (event === "message") owner.receive(first as Buffer, second as boolean);
    else if (event === "close") owner.socketClosed(first as number, (second as Buffer).toString());
    // ws has answered a protocol error with its close code already; what is left is to note it.
    else if (event === "error") owner.context.log.debug({ err: first }, "WebSocket error");
    return true;
  }
}
