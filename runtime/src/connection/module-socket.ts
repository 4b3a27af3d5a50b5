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

/** A WebSocket of ws that knows whose it is, so that all of them share their listeners. */
export class ModuleSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** Also called by ws itself to answer a close frame and to report a protocol error. */
  override close(code?: number, reason?: string | Buffer): void {
    this.owner?.beforeClose();
    super.close(code, reason);
  }
}

/** Lets a connection hear of its socket. */
export function listenToSocket(ws: ModuleSocket, owner: SocketOwner): void {
  ws.owner = owner;
  ws.on("message", onMessage);
  ws.on("close", onClose);
  ws.on("error", onError);
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  // The binary type of a server's sockets is "nodebuffer", so the data is always one buffer.
  ownerOf(this)?.receive(data as Buffer, isBinary);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ownerOf(this)?.socketClosed(code, reason.toString());
}

/** ws has answered a protocol error with its close code already; what is left is to note it. */
function onError(this: WebSocket, error: Error): void {
  ownerOf(this)?.context.log.debug({ err: error }, "WebSocket error");
}

const ownerOf = (ws: WebSocket): SocketOwner | undefined => (ws as ModuleSocket).owner;
