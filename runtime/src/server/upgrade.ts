import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { PendingWork } from "../connection/pending-work.js";
import { checkUpgrade, isWebSocketUpgrade, type Refusal } from "./check-upgrade.js";
import { HandshakeAttempt } from "./handshake-attempt.js";

/** The handshakes on their way through Koa, by their request: how a route tells a handshake from a plain request. */
export type HandshakeAttempts = WeakMap<IncomingMessage, HandshakeAttempt>;

/** What a listener gives its upgrades. */
export interface UpgradeOptions {
  /** Koa's request handler. Resolves when the middlewares are done. */
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
  readonly attempts: HandshakeAttempts;
  readonly pending: PendingWork;
  /** Those that are not answered yet. */
  readonly running: Set<HandshakeAttempt>;
  readonly timeoutMs: number;
  /** Refuses whatever comes, while the listener shuts down. */
  isClosing(): boolean;
}

/** Takes the `upgrade` requests of an HTTP server through Koa, as any other request. */
export function createUpgradeListener(options: UpgradeOptions) {
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on("error", destroySocket);
    const response = createResponse(request, socket);
    const refusal = findRefusal(request, options);
    if (refusal !== undefined) refuse(response, refusal);
    else if (!isWebSocketUpgrade(request)) void options.handleRequest(request, response);
    else options.pending.add(runHandshake(options, { request, socket, head, response }));
  };
}

function findRefusal(request: IncomingMessage, options: UpgradeOptions): Refusal | undefined {
  if (options.isClosing()) return { status: 503, message: "The server is shutting down." };
  if (isWebSocketUpgrade(request)) return checkUpgrade(request);
  // Another protocol is ignored (RFC 9110 §7.8) and the request answered as it is, if it is whole without a body.
  const isWhole = request.method === "GET" || request.method === "HEAD";
  return isWhole ? undefined : { status: 400, message: "There is nothing to upgrade to." };
}

interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly response: ServerResponse;
}

async function runHandshake(options: UpgradeOptions, handshake: Handshake): Promise<void> {
  const { request, socket, head, response } = handshake;
  const attempt = new HandshakeAttempt(request, socket, head, response);
  options.attempts.set(request, attempt);
  options.running.add(attempt);
  let timer: NodeJS.Timeout | undefined;
  // Most handshakes are answered in the turn in which they came: they need neither a timer nor an eye on the client.
  const turn = setImmediate(() => {
    attempt.watch();
    timer = setTimeout(() => {
      refuse(response, { status: 503, message: "The handshake took too long." });
      attempt.giveUp();
    }, options.timeoutMs);
  });
  try {
    await options.handleRequest(request, response);
  } finally {
    clearImmediate(turn);
    clearTimeout(timer);
    options.running.delete(attempt);
    attempt.finish();
  }
}

/** A response on the socket of an upgrade, which Node no longer looks after. */
function createResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => {
    if (response.statusCode !== 101) endSocket(response, socket);
  });
  return response;
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

function refuse(response: ServerResponse, { status, message, headers = {} }: Refusal): void {
  if (response.headersSent) return;
  const body = JSON.stringify({ error: { code: "handshake_failed", message } });
  response.writeHead(status, {
    ...headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

function destroySocket(this: Socket): void {
  this.destroy();
}
