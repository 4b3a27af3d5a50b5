import { WebSocket } from "ws";
import type { Connection } from "./connection.js";

/** A WebSocket of ws that knows its connection, so that all of them share their listeners. */
export class ModuleSocket extends WebSocket {
  connection: Connection | undefined;

  /** Also called by ws itself to answer a close frame and to report a protocol error. */
  override close(code?: number, reason?: string | Buffer): void {
    this.connection?.beforeClose();
    super.close(code, reason);
  }
}

/** Lets a connection hear of its socket. */
export function listenToSocket(ws: ModuleSocket, connection: Connection): void {
  ws.connection = connection;
  ws.on("message", onMessage);
  ws.on("close", onClose);
  ws.on("error", onError);
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  // The binary type of a server's sockets is "nodebuffer", so the data is always one buffer.
  connectionOf(this)?.receive(data as Buffer, isBinary);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  connectionOf(this)?.socketClosed(code, reason.toString());
}

/** ws has answered a protocol error with its close code already; what is left is to note it. */
function onError(this: WebSocket, error: Error): void {
  connectionOf(this)?.context.log.debug({ err: error }, "WebSocket error");
}

const connectionOf = (ws: WebSocket): Connection | undefined => (ws as ModuleSocket).connection;
