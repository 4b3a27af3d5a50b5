import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { contain, type Place, report } from "../boundary.js";
import type { Observers } from "../connection/observers.js";
import type { PendingWork } from "../connection/pending-work.js";
import type { Awaitable, Logger } from "../contract.js";
import { ErrorCode } from "../errors.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import { checkHandshake, type HttpRefusal, isWebSocketUpgrade } from "./check-handshake.js";
import { clientAddress } from "./client-address.js";
import { HandshakeAttempt, type HandshakeAttempts, ObservedHandshake } from "./handshake-attempt.js";
import type { HttpSockets } from "./http-server.js";
import { serverFailed, tooLate } from "./refusal.js";
import type { HandleDirectly } from "./web-socket-route.js";

/** The dependencies of the handshakes of one port. */
export interface HandshakeOptions {
  /** Koa's request handler. Resolves when the middlewares are done. */
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => Awaitable<unknown>;
  readonly handleDirectly: HandleDirectly;
  readonly attempts: HandshakeAttempts;
  readonly sockets: HttpSockets;
  readonly pending: PendingWork;
  /** The handshakes without an answer. */
  readonly running: Set<HandshakeAttempt>;
  readonly timeoutMs: number;
  /** Bytes that a client may send before its handshake is answered. Above it, its socket is not read. */
  readonly maxEarlyBytes: number;
  readonly log: Logger;
  readonly refusals: RefusalLog;
  readonly observers: Observers;
  /** True from the beginning of the shutdown. Then every handshake is refused. */
  isClosing(): boolean;
}

/**
 * Handles the `upgrade` requests of an HTTP server. The steps of a handshake, each with its file and the status of a
 * refusal (`docs/protocol.md` has the texts):
 *
 * 1. all earlier requests on the socket are answered: `http-server.ts`; 400
 * 2. the server is not shutting down; 503
 * 3. the request is a handshake of RFC 6455: `check-handshake.ts`; 400, 405, 426
 * 4. the middlewares run in Koa; without middlewares, this step is skipped: `web-socket-route.ts`; their status
 * 5. a route of a module matches, and its parameters can be decoded: `route.ts`; 404, 400
 * 6. the module allows the origin: `check-admission.ts`; 403
 * 7. the values of the handshake match the module's checks: `handshake-values.ts`; 400, 500
 * 8. the limits of the module have a place: `check-admission.ts`; 429, 503
 * 9. the module's `connect` accepts in time: `connect.ts`; its status, 500, 503
 * 10. the middlewares return, the client gets 101, the connection opens: `handshake-attempt.ts`, `socket-factory.ts`
 */
export function createUpgradeListener(options: HandshakeOptions) {
  const place: Place = { entry: "upgrade", log: options.log };
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    contain(
      place,
      () => handleUpgrade(options, place, new HandshakeAttempt(request, socket, head)),
      () => void socket.destroy(),
    );
  };
}

function handleUpgrade(options: HandshakeOptions, place: Place, attempt: HandshakeAttempt): void {
  const { observers } = options;
  if (!observers.isActive || !isWebSocketUpgrade(attempt.request)) {
    decide(options, place, attempt);
    return;
  }
  const watch = observers.watch((observer) => observer.handshakeBegan?.(attempt.request));
  attempt.observed = new ObservedHandshake(watch);
  attempt.observed.run(() => decide(options, place, attempt));
}

function decide(options: HandshakeOptions, place: Place, attempt: HandshakeAttempt): void {
  if (options.sockets.isAnswering(attempt.socket)) {
    refusePipelined(options, attempt);
    return;
  }
  const refusal = findRefusal(attempt.request, options);
  if (refusal !== undefined) {
    refuse(options, attempt, refusal);
    attempt.observed?.end(refusal.status);
    return;
  }
  const isWebSocket = isWebSocketUpgrade(attempt.request);
  const directly = isWebSocket ? options.handleDirectly(attempt) : undefined;
  if (directly !== undefined && directly.done === undefined) {
    attempt.finish();
    return;
  }
  // Routes handle a request for another protocol as a plain request.
  if (isWebSocket) options.attempts.set(attempt.request, attempt);
  const handled = directly?.done ?? options.handleRequest(attempt.request, attempt.response);
  options.pending.add(awaitAnswer(handled, options, { place, attempt }));
}

/**
 * Refuses an upgrade that the client sent before its earlier requests were answered. The refusal follows their answers.
 * Node has released the socket with the upgrade, so no further request can be read from it.
 */
function refusePipelined(options: HandshakeOptions, attempt: HandshakeAttempt): void {
  const { sockets, timeoutMs, running } = options;
  logRefusal(options, attempt, { decidedBy: "the request before it is not answered", status: 400 });
  attempt.observed?.end(400);
  running.add(attempt);
  const timer = setTimeout(() => attempt.destroy(), timeoutMs);
  attempt.socket.once("close", () => {
    clearTimeout(timer);
    running.delete(attempt);
  });
  sockets.whenAnswered(attempt.socket, () => {
    attempt.socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    attempt.socket.resume();
  });
}

function findRefusal(request: IncomingMessage, options: HandshakeOptions): HttpRefusal | undefined {
  if (options.isClosing())
    return { status: 503, message: "The server is shutting down.", decidedBy: "close()" };
  if (isWebSocketUpgrade(request)) return checkHandshake(request);
  // The server ignores another protocol (RFC 9110 §7.8) and answers the plain request. Node does not read a body after an
  // upgrade, so only methods without a body can be answered.
  const isComplete = request.method === "GET" || request.method === "HEAD";
  return isComplete
    ? undefined
    : { status: 400, message: "The server does not support the requested protocol." };
}

/**
 * Resolves when the handshake is answered or has timed out. At the time-out, a client without an answer gets 503 and its
 * socket is closed. A client with a part of its answer stays connected until it leaves.
 */
async function awaitAnswer(
  handled: Awaitable<unknown>,
  options: HandshakeOptions,
  { place, attempt }: { readonly place: Place; readonly attempt: HandshakeAttempt },
): Promise<void> {
  options.running.add(attempt);
  const timers: NodeJS.Timeout[] = [];
  // Most handshakes are answered in the turn of their request. They need neither a timer nor a watch of the socket.
  let turn: NodeJS.Immediate | undefined;
  const timedOut = new Promise<void>((resolve) => {
    const refuseLate = () => {
      if (!attempt.isAnswered) {
        const { status, error } = tooLate;
        refuse(options, attempt, { status, message: error.message, decidedBy: "setHandshakeTimeout" });
        attempt.leave();
      }
      resolve();
    };
    const after = (limitMs: number, run: () => void, recover: () => void) =>
      timers.push(setTimeout(() => contain({ ...place, entry: "timer" }, run, recover), limitMs));
    const expire = () => {
      // Set first, so that the client is refused even if the next step fails.
      after(graceMs, refuseLate, () => resolve());
      attempt.timeOut();
    };
    const begin = () => {
      after(options.timeoutMs, expire, refuseLate);
      attempt.watch(options.maxEarlyBytes);
    };
    turn = setImmediate(() => contain(place, begin, () => resolve()));
  });
  const released = () => new Promise<void>((resolve) => attempt.onceReleased(resolve));
  try {
    await Promise.race([handled, timedOut]);
    // A middleware may answer later by itself (`ctx.respond = false`).
    if (!attempt.isDecided) await Promise.race([released(), timedOut]);
  } catch (error) {
    report(place, error);
    attempt.answer({ status: serverFailed.status, body: { error: serverFailed.error } });
  } finally {
    clearImmediate(turn);
    for (const timer of timers) clearTimeout(timer);
    const status = attempt.refusedWith;
    if (status !== undefined) logRefusal(options, attempt, { decidedBy: "routes and middlewares", status });
    attempt.finish();
    attempt.onceReleased(() => options.running.delete(attempt));
  }
}

/** Logs a refused handshake, unless its refusal has a line in the log already. */
function logRefusal(
  { refusals }: HandshakeOptions,
  attempt: HandshakeAttempt,
  { decidedBy, status }: { decidedBy: string; status: number },
): void {
  if (attempt.isLogged) return;
  attempt.isLogged = true;
  const { method, url } = attempt.request;
  const remoteAddress = clientAddress(attempt.request, false);
  refusals.note("handshake_failed", { decidedBy, remoteAddress, found: `${status} to ${method} ${url}` });
}

/** After a time-out of `connect`: the time that the middlewares have to finish the response. */
const graceMs = 500;

function refuse(
  options: HandshakeOptions,
  attempt: HandshakeAttempt,
  { status, message, headers = {}, decidedBy = "RFC 6455" }: HttpRefusal,
): void {
  logRefusal(options, attempt, { decidedBy: `${decidedBy}: ${message}`, status });
  attempt.answer({ status, headers, body: { error: { code: ErrorCode.handshakeFailed, message } } });
}
