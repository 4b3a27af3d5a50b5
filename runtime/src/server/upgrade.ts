import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { PendingWork } from "../connection/pending-work.js";
import { checkUpgrade, isWebSocketUpgrade, type Refusal } from "./check-upgrade.js";
import type { HandleDirectly } from "./direct-handshake.js";
import { HandshakeAttempt, type HandshakeAttempts } from "./handshake-attempt.js";

/** What a listener gives its upgrades. */
export interface UpgradeOptions {
  /** Koa's request handler. Resolves when the middlewares are done. */
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
  readonly handleDirectly: HandleDirectly;
  readonly attempts: HandshakeAttempts;
  readonly pending: PendingWork;
  /** Those that are not answered yet. */
  readonly running: Set<HandshakeAttempt>;
  readonly timeoutMs: number;
  /** Refuses whatever comes, while the listener shuts down. */
  isClosing(): boolean;
}

/** Takes the `upgrade` requests of an HTTP server to their routes: through Koa, as any other request, or past it. */
export function createUpgradeListener(options: UpgradeOptions) {
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const attempt = new HandshakeAttempt(request, socket, head);
    const refusal = findRefusal(request, options);
    if (refusal !== undefined) refuse(attempt, refusal);
    else if (!isWebSocketUpgrade(request)) void options.handleRequest(request, attempt.response);
    else runHandshake(options, attempt);
  };
}

function findRefusal(request: IncomingMessage, options: UpgradeOptions): Refusal | undefined {
  if (options.isClosing()) return { status: 503, message: "The server is shutting down." };
  if (isWebSocketUpgrade(request)) return checkUpgrade(request);
  // Another protocol is ignored (RFC 9110 §7.8) and the request answered as it is, if it is whole without a body.
  const isWhole = request.method === "GET" || request.method === "HEAD";
  return isWhole ? undefined : { status: 400, message: "There is nothing to upgrade to." };
}

function runHandshake(options: UpgradeOptions, attempt: HandshakeAttempt): void {
  const directly = options.handleDirectly(attempt);
  if (directly !== undefined && directly.done === undefined) {
    attempt.finish();
    return;
  }
  options.attempts.set(attempt.request, attempt);
  const handled = directly?.done ?? options.handleRequest(attempt.request, attempt.response);
  options.pending.add(waitFor(handled, options, attempt));
}

async function waitFor(
  handled: Promise<unknown>,
  options: UpgradeOptions,
  attempt: HandshakeAttempt,
): Promise<void> {
  options.running.add(attempt);
  let timer: NodeJS.Timeout | undefined;
  // Most handshakes are answered in the turn in which they came: they need neither a timer nor an eye on the client.
  const turn = setImmediate(() => {
    attempt.watch();
    timer = setTimeout(() => {
      attempt.expire();
      timer = setTimeout(() => {
        refuse(attempt, { status: 503, message: "The handshake took too long." });
        attempt.giveUp();
      }, graceMs);
    }, options.timeoutMs);
  });
  try {
    await handled;
  } finally {
    clearImmediate(turn);
    clearTimeout(timer);
    options.running.delete(attempt);
    attempt.finish();
  }
}

/** How long the middlewares may take with the answer to a `connect` that was too slow. */
const graceMs = 500;

function refuse(attempt: HandshakeAttempt, { status, message, headers = {} }: Refusal): void {
  attempt.answer({ status, headers, body: { error: { code: "handshake_failed", message } } });
}
