import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { contain, type Place, report } from "../boundary.js";
import type { PendingWork } from "../connection/end-connection.js";
import type { Awaitable, Logger } from "../contract.js";
import type { RefusalLog } from "../logging/refusal-log.js";
import { checkUpgrade, type HttpRefusal, isWebSocketUpgrade } from "./check-upgrade.js";
import { clientAddress } from "./client-address.js";
import { HandshakeAttempt, type HandshakeAttempts } from "./handshake-attempt.js";
import type { HttpSockets } from "./http-server.js";
import type { HandleDirectly } from "./web-socket-route.js";

/** The dependencies of an upgrade. */
export interface UpgradeOptions {
  /** Koa's request handler. Resolves when the middlewares are done. */
  readonly handleRequest: (request: IncomingMessage, response: ServerResponse) => Awaitable<unknown>;
  readonly handleDirectly: HandleDirectly;
  readonly attempts: HandshakeAttempts;
  readonly sockets: HttpSockets;
  readonly pending: PendingWork;
  /** Those that are not answered yet. */
  readonly running: Set<HandshakeAttempt>;
  readonly timeoutMs: number;
  /** Bytes that a client may send before its handshake is answered; past it, its socket is not read. */
  readonly maxEarlyBytes: number;
  readonly log: Logger;
  readonly refusals: RefusalLog;
  /** Refuses whatever comes, while the listener shuts down. */
  isClosing(): boolean;
}

/**
 * Takes the `upgrade` requests of an HTTP server to their routes. The steps of a handshake, with the answer where one
 * fails (`docs/protocol.md` has all of them):
 *
 * 1. no earlier request of the socket waits for its answer: `http-server.ts`; 400
 * 2. the server is not closing; 503
 * 3. the request is a handshake as RFC 6455 asks for: `check-upgrade.ts`; 400, 405, 426
 * 4. Koa and the middlewares, or past them where there are none: `web-socket-route.ts`; what they answer
 * 5. a route of a module matches, and its parameters can be read: `route.ts`; 404, 400
 * 6. the origin and the limits of the module allow it: `check-limits.ts`; 403, 429, 503
 * 7. the module's `connect` agrees, in time: `connect.ts`; its status, 500, 503
 * 8. the middlewares have returned: 101 and the open connection: `handshake-attempt.ts`, `socket-factory.ts`
 */
export function createUpgradeListener(options: UpgradeOptions) {
  const place: Place = { entry: "upgrade", log: options.log };
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    contain(
      place,
      () => handleUpgrade(options, place, new HandshakeAttempt(request, socket, head)),
      () => void socket.destroy(),
    );
  };
}

function handleUpgrade(options: UpgradeOptions, place: Place, attempt: HandshakeAttempt): void {
  if (options.sockets.isAnswering(attempt.socket)) {
    refusePipelined(options, attempt);
    return;
  }
  const refusal = findRefusal(attempt.request, options);
  if (refusal !== undefined) {
    refuse(options, attempt, refusal);
    return;
  }
  const isWebSocket = isWebSocketUpgrade(attempt.request);
  const directly = isWebSocket ? options.handleDirectly(attempt) : undefined;
  if (directly !== undefined && directly.done === undefined) {
    attempt.finish();
    return;
  }
  // To a route, a request for another protocol is a plain one.
  if (isWebSocket) options.attempts.set(attempt.request, attempt);
  const handled = directly?.done ?? options.handleRequest(attempt.request, attempt.response);
  options.pending.add(waitFor(handled, options, { place, attempt }));
}

/**
 * A client that sends an upgrade before its earlier requests are answered: it is refused behind their answers. Node has
 * given the socket up with the upgrade, so nothing else can be done on it.
 */
function refusePipelined(options: UpgradeOptions, attempt: HandshakeAttempt): void {
  const { sockets, timeoutMs, running } = options;
  note(options, attempt, { decidedBy: "the request before it is not answered", status: 400 });
  running.add(attempt);
  const timer = setTimeout(() => attempt.cut(), timeoutMs);
  attempt.socket.once("close", () => {
    clearTimeout(timer);
    running.delete(attempt);
  });
  sockets.whenAnswered(attempt.socket, () => {
    attempt.socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    attempt.socket.resume();
  });
}

function findRefusal(request: IncomingMessage, options: UpgradeOptions): HttpRefusal | undefined {
  if (options.isClosing())
    return { status: 503, message: "The server is shutting down.", decidedBy: "close()" };
  if (isWebSocketUpgrade(request)) return checkUpgrade(request);
  // Another protocol is ignored (RFC 9110 §7.8) and the request answered as it is, if it is whole without a body.
  const isWhole = request.method === "GET" || request.method === "HEAD";
  return isWhole
    ? undefined
    : { status: 400, message: "The server does not support the requested protocol." };
}

/**
 * Resolves when the handshake is answered or its time is up. Whatever the middlewares do, a client that has no answer by
 * then gets 503, and its socket is closed; one that has a part of its answer is left to them until it leaves.
 */
async function waitFor(
  handled: Awaitable<unknown>,
  options: UpgradeOptions,
  { place, attempt }: { readonly place: Place; readonly attempt: HandshakeAttempt },
): Promise<void> {
  options.running.add(attempt);
  const timers: NodeJS.Timeout[] = [];
  // Most handshakes are answered in the turn in which they came: they need neither a timer nor an eye on the client.
  let turn: NodeJS.Immediate | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    const refuseLate = () => {
      if (!attempt.isAnswered) {
        const message = "The handshake took too long.";
        refuse(options, attempt, { status: 503, message, decidedBy: "setHandshakeTimeout" });
        attempt.giveUp();
      }
      resolve();
    };
    const after = (limitMs: number, run: () => void, recover: () => void) =>
      timers.push(setTimeout(() => contain({ ...place, entry: "timer" }, run, recover), limitMs));
    const expire = () => {
      // First, so that whatever the next step does, the client is refused.
      after(graceMs, refuseLate, () => resolve());
      attempt.expire();
    };
    const begin = () => {
      after(options.timeoutMs, expire, refuseLate);
      attempt.watch(options.maxEarlyBytes);
    };
    turn = setImmediate(() => contain(place, begin, () => resolve()));
  });
  try {
    await Promise.race([handled, timeIsUp]);
    // A middleware may answer later by itself (`ctx.respond = false`).
    if (!attempt.isDecided) await Promise.race([released(attempt), timeIsUp]);
  } catch (error) {
    report(place, error);
    attempt.answer({ status: 500, body: internalError });
  } finally {
    clearImmediate(turn);
    for (const timer of timers) clearTimeout(timer);
    const status = attempt.refusedWith;
    if (status !== undefined) note(options, attempt, { decidedBy: "routes and middlewares", status });
    attempt.finish();
    attempt.whenReleased(() => options.running.delete(attempt));
  }
}

const released = (attempt: HandshakeAttempt): Promise<void> =>
  new Promise((resolve) => attempt.whenReleased(resolve));

const internalError = { error: { code: "failed", message: "Internal error." } };
/** A handshake that was refused and of which the log has no line yet: a path that is no route, a middleware's answer. */
function note(
  { refusals }: UpgradeOptions,
  attempt: HandshakeAttempt,
  { decidedBy, status }: { decidedBy: string; status: number },
): void {
  if (attempt.isNoted) return;
  attempt.isNoted = true;
  const { method, url } = attempt.request;
  const found = `${status} to ${method} ${url}`;
  refusals.note("handshake_failed", {
    decidedBy,
    remoteAddress: clientAddress(attempt.request, false),
    found,
  });
}

/** Timeout of the middlewares for the response to a `connect` that was too slow. */
const graceMs = 500;

function refuse(
  options: UpgradeOptions,
  attempt: HandshakeAttempt,
  { status, message, headers = {}, decidedBy = "RFC 6455" }: HttpRefusal,
): void {
  note(options, attempt, { decidedBy: `${decidedBy}: ${message}`, status });
  attempt.answer({ status, headers, body: { error: { code: "handshake_failed", message } } });
}
