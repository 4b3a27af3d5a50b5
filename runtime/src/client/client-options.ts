import type { ConnectionEnd } from "./client-state.js";
import { type ClientEnvelope, flatJson, type InboundMessage } from "./envelope.js";
import { type BackOff, shouldReconnect } from "./retries.js";
import type { WebSocketConstructor } from "./socket.js";

/** The URL to connect to. A function is called for every attempt, so that it can return a fresh token. */
export type UrlSource = string | URL | (() => string | URL | Promise<string | URL>);
/** Subprotocols to offer. A function is called for every attempt. */
export type ProtocolSource = string | string[] | (() => string | string[] | Promise<string | string[]>);

/** The options of a client. Durations are milliseconds; `Infinity` disables a limit. */
export interface ClientOptions {
  readonly protocols?: ProtocolSource | undefined;
  /** The WebSocket class. Default: the platform's. Node 20 has none: pass that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Timeout of a request without its own. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Timeout of one attempt, including `url` and `protocols`, and of the answer to a probe. The client sends a probe if a
   * request timed out and no frame arrived meanwhile. Default 10,000.
   */
  readonly connectTimeoutMs?: number | undefined;
  /** Drops a connection without any frame for this time. Default: off, because browsers cannot ping. */
  readonly idleTimeoutMs?: number | undefined;
  /** The most requests that wait for a connection. One more is rejected with `queue_full`. Default 100. */
  readonly maxQueued?: number | undefined;
  readonly backOff?: BackOff | undefined;
  /** The most retries in a row that fail or end within five seconds. Then the client closes. Default: no limit. */
  readonly maxRetries?: number | undefined;
  /** Returns whether to reconnect after this end. Default: `shouldReconnect`. */
  readonly shouldReconnect?: ((end: ConnectionEnd) => boolean) | undefined;
  /** Default: the runtime's flat JSON. For other field names or another codec, use `createEnvelope()`. */
  readonly envelope?: ClientEnvelope | undefined;
  /** Fetches missed events after a reconnect: `createResume()`. Default: off. */
  readonly resume?: ResumeExtension | undefined;
  /** Connects the client with a tracer, such as OpenTelemetry's. Default: off. */
  readonly trace?: TraceHooks | undefined;
  /** Receives messages that are neither a reply nor an event, such as those sent in `connect`. */
  readonly onMessage?: ((message: unknown) => void) | undefined;
  /**
   * Receives errors without a promise: an error reply without an id, an unreadable message, an exception of a listener.
   * Default `console.error`.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Default: `globalThis`. */
  readonly clock?: Clock | undefined;
  /** From 0 to less than 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** The functions of a tracer. The format of a traceparent: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TraceHooks {
  /** Returns the traceparent of the running span, which is sent with each request; undefined sends none. */
  getTraceparent?(): string | undefined;
  /** Runs the listeners of an event that has a traceparent, for example in a span. It calls `run` once, at once. */
  runEvent?(traceparent: string, event: string, run: () => void): void;
}

/** The timer functions that the client needs. `globalThis` has them. */
export interface Clock {
  /** Milliseconds since a fixed moment. */
  readonly performance: { now(): number };
  setTimeout(run: () => void, delayMs: number): unknown;
  // A method, so that every platform's type of timers fits.
  clearTimeout(timer: unknown): void;
}

/** The hooks of `createResume` between the wire and the listeners. */
export interface ResumeExtension {
  /** Returns the messages to send first on a new connection. */
  openingMessages(): readonly object[];
  /** Called first for every message. @returns false if it is dropped or delivered later */
  admit(message: InboundMessage, host: ResumeHost): boolean;
  /** Called when the connection has ended, with 1000 if the client was closed. Delivers the waiting events. */
  cut?(closeCode: number): void;
}

/** The services of the client for its `ResumeExtension`. */
export interface ResumeHost {
  readonly clock: Clock;
  onError(error: unknown): void;
  /** Passes a message to its listeners. */
  deliver(message: InboundMessage): void;
}

type WithoutDefault = "protocols" | "idleTimeoutMs" | "WebSocket" | "resume" | "trace" | "onMessage";

/** The options of a client, with defaults. */
export type Settings = Pick<ClientOptions, WithoutDefault> & {
  readonly [Name in Exclude<keyof ClientOptions, WithoutDefault>]-?: NonNullable<ClientOptions[Name]>;
};

/** Adds defaults, also for options that are undefined. */
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
