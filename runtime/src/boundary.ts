import { inspect, types } from "node:util";
import type { Awaitable, Logger } from "./contract.js";

/**
 * Every way into the runtime: what Node calls, and what the runtime calls in the user's code. Each of them runs inside
 * `contain`, and nothing that fails there ends the process. `peer` says what the client sees then.
 * `test/runtime/boundary/entries.test.ts` walks this table and makes each entry throw, reject, return an `Error`, return
 * a value that cannot be serialised, and never settle.
 */
export const entries = {
  // Node
  serverError: { of: "node", peer: "nothing: the server goes on listening" },
  upgrade: { of: "node", peer: "500, or the socket is destroyed" },
  request: { of: "node", peer: "500, or the socket is destroyed" },
  socketEvent: { of: "node", peer: "close 1011" },
  flush: { of: "node", peer: "close 1011" },
  tick: { of: "node", peer: "the connection is dropped" },
  timer: { of: "node", peer: "nothing; 503 where the time of a handshake is up" },
  // The module
  connect: { of: "user", peer: "500 or close 1011; 503 or close 1013 when it does not settle" },
  close: { of: "user", peer: "nothing: the connection has ended" },
  disconnect: { of: "user", peer: "nothing: the connection has ended" },
  rawHandler: { of: "user", peer: "close 1011" },
  middleware: { of: "user", peer: "500; 503 when it does not settle" },
  // Its commands
  execute: { of: "user", peer: "error `failed`; `timeout` when it does not settle" },
  before: { of: "user", peer: "error `failed`; `timeout` when it does not settle" },
  after: { of: "user", peer: "the reply" },
  onError: { of: "user", peer: "the error reply" },
  abortListener: { of: "user", peer: "what it gets without the listener" },
  requestCheck: { of: "user", peer: "error `failed`" },
  replyCheck: { of: "user", peer: "error `failed`" },
  // How messages look
  decode: { of: "user", peer: "error `invalid_message`" },
  encodeReply: { of: "user", peer: "error `failed`" },
  encodeError: { of: "user", peer: "a bare error" },
  encodeEvent: { of: "user", peer: "nothing: the caller of the push gets the exception" },
  eventCheck: { of: "user", peer: "nothing: the event is not sent" },
  // What it brings along
  logger: { of: "user", peer: "nothing" },
  connectionManager: { of: "user", peer: "nothing" },
  replayStore: { of: "user", peer: "close 1011" },
} as const satisfies Record<string, { readonly of: "node" | "user"; readonly peer: string }>;

export type Entry = keyof typeof entries;

/** Where something failed, for the log line. */
export interface Place {
  readonly entry: Entry;
  readonly log: Logger;
  /** Id of the connection. */
  readonly connection?: string | undefined;
  readonly command?: string | undefined;
}

/**
 * Runs an entry. What it throws, or what its promise rejects with, is logged once with its place and becomes what
 * `recover` makes of it. Never throws and never rejects: what `recover` throws is logged too, and the result is undefined.
 */
export function contain<T>(
  place: Place,
  run: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  try {
    const result = run();
    return isPromise(result) ? Promise.resolve(result).catch((error) => fail(error)) : result;
  } catch (error) {
    return fail(error);
  }

  function fail(error: unknown): Awaitable<T> {
    report(place, error);
    try {
      const recovered = recover(error);
      if (!isPromise(recovered)) return recovered;
      return Promise.resolve(recovered).catch((second) => report(place, second) as T);
    } catch (second) {
      return report(place, second) as T;
    }
  }
}

type Listener = (event: Event) => unknown;

/** A controller whose signal runs its listeners inside `contain`: Node ends the process for one that throws or rejects. */
export function createAbortController(place: () => Place): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const { addEventListener: add, removeEventListener: remove } = signal;
  const contained = new WeakMap<object, Listener>();
  const wrap = (listener: Listener | { readonly handleEvent: Listener }): Listener => {
    // Plain JavaScript may give null, which has no effect.
    if (!listener) return listener;
    const run = (event: Event): unknown =>
      typeof listener === "function" ? listener.call(signal, event) : listener.handleEvent(event);
    const wrapped =
      contained.get(listener) ??
      ((event: Event): void => {
        contain<void>(
          place(),
          () => throwReturned(run(event)),
          () => undefined,
        );
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
export function report({ entry, log, connection, command }: Place, error: unknown): undefined {
  try {
    log.error(
      {
        err: toError(error),
        entry,
        ...(connection === undefined ? {} : { connection }),
        ...(command === undefined ? {} : { command }),
      },
      `${entry} failed`,
    );
  } catch {
    // A logger of the user's that throws is the concern of `GuardedLogger`; this is the last net.
  }
  return undefined;
}

/**
 * The value of a function that must answer at once. A promise is refused, and what it rejects with is not left unhandled;
 * an error that was returned is thrown.
 * @throws TypeError
 */
export function takeSync<T>(value: T, what: string): T {
  if (value instanceof Error) throw value;
  if (!isPromise(value)) return value;
  Promise.resolve(value).catch(() => undefined);
  throw new TypeError(`${what} returned a promise; it must return its value at once.`);
}

/** Promises, and what has a `then` as they do. Throws what a getter named `then` throws. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** An error that is returned is the same as one that is thrown. Throws or rejects with it. */
export function throwReturned(result: unknown): Awaitable<void> {
  if (isPromise(result)) return Promise.resolve(result).then(throwReturned);
  if (result instanceof Error) throw result;
}

/** An `Error` for whatever was thrown, which in JavaScript may be anything. Never throws. */
export function toError(thrown: unknown): Error {
  try {
    // A proxy can throw at any look at it, and would do so again in the logger.
    if (types.isProxy(thrown)) return new Error("A proxy was thrown.");
    if (thrown instanceof Error) return thrown;
    return new Error(typeof thrown === "string" ? thrown : `thrown: ${describe(thrown)}`);
  } catch {
    return new Error("Something was thrown that cannot be shown.");
  }
}

const describe = (thrown: unknown): string => inspect(thrown, { depth: 2 }).slice(0, maxShown);

/** Characters of a thrown value that is not an Error. */
const maxShown = 500;
