import { inspect, types } from "node:util";
import type { Awaitable, Logger } from "./contract.js";
import { withCode } from "./error-codes.js";

/**
 * All entries: the calls from Node, and the calls of the user's code. Each of them runs inside `contain`, so that no failure
 * ends the process. `peer` is the effect of a failure on the client. `test/runtime/boundary/entries.test.ts` makes each
 * entry throw, reject, return an `Error`, return a value that cannot be serialised, and never settle.
 */
export const entries = {
  // Node
  serverError: { of: "node", peer: "nothing: the server keeps listening" },
  upgrade: { of: "node", peer: "500, or the socket is destroyed" },
  request: { of: "node", peer: "500, or the socket is destroyed" },
  socketEvent: { of: "node", peer: "close 1011" },
  flush: { of: "node", peer: "close 1011" },
  tick: { of: "node", peer: "the connection is dropped" },
  timer: { of: "node", peer: "nothing; 503 if a handshake timed out" },
  // The module
  handshakeCheck: { of: "user", peer: "500 or close 1011" },
  connect: { of: "user", peer: "500 or close 1011; 503 or close 1013 when it does not settle" },
  close: { of: "user", peer: "nothing: the connection has ended" },
  disconnect: { of: "user", peer: "nothing: the connection has ended" },
  rawHandler: { of: "user", peer: "close 1011" },
  middleware: { of: "user", peer: "500; 503 when it does not settle" },
  healthCheck: { of: "user", peer: "503 to the probe" },
  contract: { of: "user", peer: "nothing: the inspector has no forms for the requests" },
  // Its commands
  execute: { of: "user", peer: "error `failed`; `timeout` when it does not settle" },
  before: { of: "user", peer: "error `failed`; `timeout` when it does not settle" },
  guard: { of: "user", peer: "error `failed`; `timeout` when it does not settle" },
  after: { of: "user", peer: "the reply" },
  onError: { of: "user", peer: "the error reply" },
  abortListener: { of: "user", peer: "the same as without the listener" },
  requestCheck: { of: "user", peer: "error `failed`" },
  replyCheck: { of: "user", peer: "error `failed`" },
  // Its envelope
  decode: { of: "user", peer: "error `invalid_message`" },
  encodeReply: { of: "user", peer: "error `failed`" },
  encodeError: { of: "user", peer: "a bare error" },
  encodeEvent: { of: "user", peer: "nothing: the caller of the push gets the exception" },
  publicState: { of: "user", peer: "nothing: the connection is not listed or announced" },
  eventCheck: { of: "user", peer: "nothing: the event is not sent" },
  // What it observes with
  observer: { of: "user", peer: "nothing" },
  // Its logger and stores
  logger: { of: "user", peer: "nothing" },
  connectionManager: { of: "user", peer: "nothing" },
  replayStore: { of: "user", peer: "close 1011" },
  cluster: { of: "user", peer: "nothing: the result of the push says `unavailable`" },
} as const satisfies Record<string, { readonly of: "node" | "user"; readonly peer: string }>;

export type Entry = keyof typeof entries;

/** The place of a failure, for the log line. */
export interface Place {
  readonly entry: Entry;
  readonly log: Logger;
  /** Id of the connection. */
  readonly connection?: string | undefined;
  readonly command?: string | undefined;
  /** Name of the health check. */
  readonly check?: string | undefined;
}

/**
 * Runs an entry. An error that it throws or rejects with is logged once with its place, and `recover` returns the result
 * instead. Without `recover`, the result is undefined. Never throws and never rejects: an error of `recover` is logged,
 * too, and the result is undefined.
 */
export function contain<T>(place: Place, run: () => Awaitable<T>): Awaitable<T | undefined>;
export function contain<T>(
  place: Place,
  run: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T>;
export function contain<T>(
  place: Place,
  run: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T | undefined> = () => undefined,
): Awaitable<T | undefined> {
  try {
    const result = run();
    return isPromise(result) ? Promise.resolve(result).catch((error) => fail(error)) : result;
  } catch (error) {
    return fail(error);
  }

  function fail(error: unknown): Awaitable<T | undefined> {
    report(place, error);
    try {
      const recovered = recover(error);
      if (!isPromise(recovered)) return recovered;
      return Promise.resolve(recovered).catch((second) => report(place, second));
    } catch (second) {
      return report(place, second);
    }
  }
}

type Listener = (event: Event) => unknown;

/** A controller whose signal runs listeners inside `contain`. Node ends the process if a listener throws or rejects. */
export function createAbortController(place: () => Place): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const { addEventListener: add, removeEventListener: remove } = signal;
  const contained = new WeakMap<object, Listener>();
  const wrap = (listener: Listener | { readonly handleEvent: Listener }): Listener => {
    // Plain JavaScript may pass null, which has no effect.
    if (!listener) return listener;
    const run = (event: Event): unknown =>
      typeof listener === "function" ? listener.call(signal, event) : listener.handleEvent(event);
    const wrapped =
      contained.get(listener) ??
      ((event: Event): void => {
        contain<void>(place(), () => throwReturned(run(event)));
      });
    contained.set(listener, wrapped);
    return wrapped;
  };
  signal.addEventListener = (type: string, listener: Listener, options?: object) =>
    add.call(signal, type, wrap(listener), options);
  signal.removeEventListener = (type: string, listener: Listener, options?: object) =>
    remove.call(signal, type, wrap(listener), options);
  return controller;
}

/** Logs a failure of an entry. Never throws. */
export function report({ entry, log, connection, command, check }: Place, error: unknown): undefined {
  try {
    log.error(
      {
        err: toError(error),
        entry,
        ...(connection === undefined ? {} : { connection }),
        ...(command === undefined ? {} : { command }),
        ...(check === undefined ? {} : { check }),
      },
      `${entry} failed`,
    );
  } catch {
    // `GuardedLogger` handles a user's logger that throws. This is the last resort.
  }
  return undefined;
}

/**
 * Checks the value of a function that must be synchronous, and throws an error that it returned.
 * @throws TypeError `not_synchronous` for a promise; a rejection of the promise is ignored
 */
export function takeSync<T>(value: T, what: string): T {
  if (value instanceof Error) throw value;
  if (!isPromise(value)) return value;
  Promise.resolve(value).catch(() => undefined);
  const text = `${what} returned a promise; it must return its value at once.`;
  throw withCode("not_synchronous", new TypeError(text));
}

/** True for a promise or another thenable. Throws if a getter named `then` throws. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** Throws or rejects with a returned error, so that it counts as thrown. */
export function throwReturned(result: unknown): Awaitable<void> {
  if (isPromise(result)) return Promise.resolve(result).then(throwReturned);
  if (result instanceof Error) throw result;
}

/** Converts a thrown value, which in JavaScript may be anything, to an `Error`. Never throws. */
export function toError(thrown: unknown): Error {
  try {
    // Any access to a proxy can throw, here and again in the logger.
    if (types.isProxy(thrown)) return new Error("A proxy was thrown.");
    if (thrown instanceof Error) return thrown;
    return new Error(typeof thrown === "string" ? thrown : `thrown: ${describe(thrown)}`);
  } catch {
    return new Error("An unreadable value was thrown.");
  }
}

const describe = (thrown: unknown): string => inspect(thrown, { depth: 2 }).slice(0, maxShown);

/** The most characters that are shown of a thrown value that is not an Error. */
const maxShown = 500;
