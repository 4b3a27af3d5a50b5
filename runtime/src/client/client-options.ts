import type { ConnectionEnd } from "./client-state.js";
import { type ClientEnvelope, flatJson, type InboundMessage } from "./envelope.js";
import { type BackOff, shouldReconnect } from "./retries.js";
import type { WebSocketConstructor } from "./socket.js";

/** Where to connect. A function is called anew for every attempt, so that it can bring a fresh token. */
export type UrlSource = string | URL | (() => string | URL | Promise<string | URL>);
/** Subprotocols to offer; a function is called anew for every attempt. */
export type ProtocolSource = string | string[] | (() => string | string[] | Promise<string | string[]>);

/** The options of a client; durations are milliseconds, and `Infinity` switches a limit off. */
export interface ClientOptions {
  readonly protocols?: ProtocolSource | undefined;
  /** Default: the platform's. Node 20 has none: pass that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Limit of a request without its own. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Limit of one attempt, `url` and `protocols` included, and of the answer to the probe that follows a request which
   * timed out while nothing came. Default 10,000.
   */
  readonly connectTimeoutMs?: number | undefined;
  /** A connection on which nothing has come for so long is given up. Default: off; browsers cannot ping. */
  readonly idleTimeoutMs?: number | undefined;
  /** Requests that may wait for a connection; one more is rejected with `queue_full`. Default 100. */
  readonly maxQueued?: number | undefined;
  readonly backOff?: BackOff | undefined;
  /** Attempts after the first that may fail, or end within five seconds, in a row; then the client closes. Default: no limit. */
  readonly maxRetries?: number | undefined;
  /** Whether to try again after this end. Default: `shouldReconnect`. */
  readonly shouldReconnect?: ((end: ConnectionEnd) => boolean) | undefined;
  /** Default: the runtime's flat JSON. Other field names or another codec: `createEnvelope()`. */
  readonly envelope?: ClientEnvelope | undefined;
  /** Makes up for missed events: `createResume()`. Default: off. */
  readonly resume?: ResumeExtension | undefined;
  /** Takes what is neither a reply nor an event, such as what `connect` sends. */
  readonly onMessage?: ((message: unknown) => void) | undefined;
  /**
   * Takes errors that belong to no promise: an error reply without an id, an unreadable message, an exception of a listener.
   * Default `console.error`.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Default: `globalThis`. */
  readonly clock?: Clock | undefined;
  /** From 0 to less than 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** What the client needs of time; `globalThis` has it. */
export interface Clock {
  /** Milliseconds since any moment. */
  readonly performance: { now(): number };
  setTimeout(run: () => void, delayMs: number): unknown;
  // A method, so that every platform's type of timers fits.
  clearTimeout(timer: unknown): void;
}

/** What `createResume` puts between the wire and the listeners. */
export interface ResumeExtension {
  /** The messages to send first on a connection that has just opened. */
  openingMessages(): readonly object[];
  /** Looks at every message first. False: it goes no further, or is delivered later. */
  admit(message: InboundMessage, host: ResumeHost): boolean;
  /** The connection has ended with this close code, 1000 where the client was closed: what waits is delivered now. */
  cut?(closeCode: number): void;
}

/** What a client gives its `ResumeExtension`. */
export interface ResumeHost {
  readonly clock: Clock;
  onError(error: unknown): void;
  /** Takes a message to its listeners. */
  deliver(message: InboundMessage): void;
}

type WithoutDefault = "protocols" | "idleTimeoutMs" | "WebSocket" | "resume" | "onMessage";

/** The options of a client with their defaults. */
export type Settings = Pick<ClientOptions, WithoutDefault> & {
  readonly [Name in Exclude<keyof ClientOptions, WithoutDefault>]-?: NonNullable<ClientOptions[Name]>;
};

/** The default of an option is also taken where it is given as undefined. */
export function resolveOptions(options: ClientOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    timeoutMs: 30_000,
    connectTimeoutMs: 10_000,
    maxQueued: 100,
    maxRetries: Number.POSITIVE_INFINITY,
    backOff: {},
    shouldReconnect,
    envelope: flatJson,
    onError: console.error,
    clock: globalThis,
    random: Math.random,
    ...Object.fromEntries(given),
  };
}
