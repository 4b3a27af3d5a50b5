import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** An HTTP answer whose body is JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response on the socket of an upgrade, which Node no longer looks after. */
export function createResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => {
    if (response.statusCode !== 101) endSocket(response, socket);
  });
  return response;
}

export function answerJson(response: ServerResponse, { status, body, headers = {} }: JsonAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** How long a refused client may take to read its answer and close. */
const lingerMs = 2_000;

/** Closes once the client has: a socket closed with unread data on it is reset, and the answer with it. */
function endSocket(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  socket.end();
  socket.on("end", () => socket.destroy());
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
}
