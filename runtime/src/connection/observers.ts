import type { IncomingMessage } from "node:http";
import { contain, isPromise, type Place, report } from "../boundary.js";
import type { Logger } from "../contract.js";
import type { Call, ProtocolFault } from "../protocol/envelope.js";
import type { Connection } from "./connection.js";
import type { QueuedItem } from "./frame.js";
import type { ModuleRuntime } from "./module-runtime.js";

/** A message of a client that is about to be handled. Probes and resume frames are not commands. */
export interface ObservedCommand {
  readonly connection: Connection;
  readonly item: Call | ProtocolFault;
  /** The frame of the message. The messages of a batch have the same frame. */
  readonly raw: Buffer;
  /** Undefined: the module does not have this command, or the message selects none. */
  readonly command: string | undefined;
}

export interface CommandOutcome {
  /**
   * The code of the error that the client gets, also if it is not sent; undefined without an error. `abandoned`: the client
   * has left before its command could begin.
   */
  readonly code: string | undefined;
}

/** What is known of a handshake when it has its answer. */
export interface HandshakeOutcome {
  /** HTTP status: 101 for an accepted handshake. Undefined: the client got no answer, for example because it has left. */
  readonly status: number | undefined;
  /** The code of the refusal. After `setRefusal("close")`, the status is 101. */
  readonly code: string | undefined;
  /** The module that the path leads to. */
  readonly module: ModuleRuntime | undefined;
  /** The pattern of its route. */
  readonly route: string | undefined;
  /** The open connection. */
  readonly connection: Connection | undefined;
}

interface ObservedPush {
  /** The flag of the module that pushes. */
  readonly flag: string;
  /** Undefined: a message that is not an event. */
  readonly event: string | undefined;
}

interface PushOutcome {
  /** Connections that the message was handed to. */
  readonly receivers: number;
}

export interface DrainOutcome {
  /** Connections that were closed after their commands. */
  readonly closed: number;
  /** Connections that were cut at the deadline. */
  readonly cut: number;
}

/** Why a connection was dropped: its client sent no pong, or its socket took no byte. */
export type DropCause = "no pong" | "write stalled";

/** Follows one command, handshake, push or drain from its beginning to its end. */
export interface Watch<Outcome> {
  /** Of a push: what its event carries, so that the traces of its receivers continue. */
  readonly traceparent?: string | undefined;
  /** Runs code in a context of the observer's, such as that of a span. Calls it once, at once. */
  run?(code: () => void): void;
  /** Called once. */
  ended?(outcome: Outcome): void;
}

/**
 * Sees what happens in the modules of a server: metrics, traces and the inspector. All functions are optional. They must
 * neither throw nor wait; an error is logged, and the message goes on.
 */
export interface Observer {
  handshakeBegan?(request: IncomingMessage): Watch<HandshakeOutcome> | undefined;
  connectionOpened?(connection: Connection): void;
  /** The code is that of the close frame; 1005 if the frame has none, 1006 without a frame. */
  connectionEnded?(connection: Connection, code: number, reason: string): void;
  /** A message has arrived. Probes and resume frames are messages, too. */
  messageReceived?(connection: Connection, raw: Buffer, isBinary: boolean): void;
  /** A message was accepted for its client: it is sent at once, or waits. */
  messageQueued?(connection: Connection, item: QueuedItem): void;
  commandBegan?(command: ObservedCommand): Watch<CommandOutcome> | undefined;
  pushBegan?(push: ObservedPush): Watch<PushOutcome> | undefined;
  /** A message was dropped by a slow-consumer policy. `event` is undefined if the module does not declare the event. */
  messageDropped?(connection: Connection, event: string | undefined, item: QueuedItem): void;
  /** A connection is closed, because its client does not read. `event`: most of the waiting bytes are of this one. */
  slowConsumerClosed?(connection: Connection, event: string | undefined): void;
  /** A connection is dropped, because its client did not answer a ping, or took no byte in time. */
  connectionDropped?(connection: Connection, cause: DropCause): void;
  /** A client has sent all its positions, and gets the events that it missed. */
  clientResumed?(connection: Connection): void;
  /** Events that a client missed are no longer in the store. */
  gapFound?(connection: Connection, event: string): void;
  drainBegan?(module: ModuleRuntime): Watch<DrainOutcome> | undefined;
}

/**
 * The observers of a server. Callers read `isActive` before they measure time or create anything, so that a server without
 * observers pays for one comparison.
 */
export class Observers {
  /** False without observers. */
  isActive = false;
  /** True if an observer looks at single messages. */
  seesMessages = false;
  readonly #place: Place | undefined;
  #all: readonly Observer[] = [];

  /** @param log undefined for a server without modules, where nothing happens */
  constructor(log: Logger | undefined) {
    this.#place = log === undefined ? undefined : { entry: "observer", log };
  }

  /** @returns a function that removes the observer */
  add(observer: Observer): () => void {
    this.#set([...this.#all, observer]);
    return () => this.#set(this.#all.filter((other) => other !== observer));
  }

  #set(all: readonly Observer[]): void {
    this.#all = all;
    this.isActive = all.length > 0;
    this.seesMessages = all.some(({ messageReceived, messageQueued }) => messageReceived ?? messageQueued);
  }

  /** Never throws. */
  notify(tell: (observer: Observer) => void): void {
    const place = this.#place;
    if (place === undefined) return;
    for (const observer of this.#all) {
      try {
        reportRejection(place, tell(observer));
      } catch (error) {
        report(place, error);
      }
    }
  }

  /** Never throws, and neither do the functions of the returned watch. */
  watch<Outcome>(begin: (observer: Observer) => Watch<Outcome> | undefined): Watches<Outcome> {
    const place = this.#place;
    const watches = new Watches<Outcome>(place);
    if (place === undefined) return watches;
    for (const observer of this.#all) {
      try {
        const watch = begin(observer);
        if (watch !== undefined) watches.add(watch);
        reportRejection(place, watch);
      } catch (error) {
        report(place, error);
      }
    }
    return watches;
  }
}

/** Logs the rejection of a promise, which a function of an observer must not return. */
function reportRejection(place: Place, result: unknown): void {
  if (isPromise(result)) Promise.resolve(result).catch((error: unknown) => report(place, error));
}

/**
 * The watches of all observers on one command, handshake, push or drain. Most servers have one observer, so the first
 * watch needs no array, and the boundary no closure.
 */
export class Watches<Outcome> {
  readonly #place: Place | undefined;
  #first: Watch<Outcome> | undefined;
  #others: Watch<Outcome>[] | undefined;
  #hasEnded = false;
  /** The first that an observer gives. */
  traceparent: string | undefined;

  constructor(place: Place | undefined) {
    this.#place = place;
  }

  add(watch: Watch<Outcome>): void {
    if (this.#first === undefined) this.#first = watch;
    else if (this.#others === undefined) this.#others = [watch];
    else this.#others.push(watch);
    this.traceparent ??= watch.traceparent;
  }

  /** Runs code once in the contexts of all observers, whatever they do. Throws only what the code throws. */
  run<Result>(code: () => Result): Result {
    const place = this.#place;
    const first = this.#first;
    if (place === undefined || first === undefined) return code();
    if (this.#others === undefined && !hasRun(first)) return code();
    return runInside([first, ...(this.#others ?? [])], place, code);
  }

  /** Only the first call counts. */
  ended(outcome: Outcome): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#end(this.#first, outcome);
    if (this.#others !== undefined) for (const watch of this.#others) this.#end(watch, outcome);
  }

  #end(watch: Watch<Outcome> | undefined, outcome: Outcome): void {
    const place = this.#place;
    if (watch === undefined || place === undefined) return;
    try {
      reportRejection(place, watch.ended?.(outcome));
    } catch (error) {
      report(place, error);
    }
  }
}

/** True also for a getter that throws: reading it again inside the boundary logs its error. */
function hasRun(watch: Watch<never>): boolean {
  try {
    return watch.run !== undefined;
  } catch {
    return true;
  }
}

/** Nests the contexts of the watches around the code. The code runs once, also if a watch does not run it. */
function runInside<Result>(
  watches: readonly Pick<Watch<never>, "run">[],
  place: Place,
  code: () => Result,
): Result {
  let ran: { readonly result: Result } | { readonly error: unknown } | undefined;
  const runOnce = () => {
    if (ran !== undefined) return;
    try {
      ran = { result: code() };
    } catch (error) {
      ran = { error };
    }
  };
  const runIn = watches.reduce<() => void>(
    (inner, watch) => () => {
      contain(place, () => watch.run?.(inner));
      // An observer that did not run it.
      inner();
    },
    runOnce,
  );
  runIn();
  const done = ran as { readonly result: Result } | { readonly error: unknown } | undefined;
  if (done === undefined || "error" in done) throw done?.error;
  return done.result;
}
