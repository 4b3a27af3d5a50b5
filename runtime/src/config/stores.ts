import type { Awaitable, WSContext } from "../contract.js";
import type { Payload } from "../protocol/codec.js";

/** A connection in a connection manager. */
export type ManagedConnection = Pick<
  WSContext,
  "id" | "moduleFlag" | "route" | "remoteAddress" | "connectedAt" | "rooms" | "send" | "close"
>;

/** Selects the connections to list. An absent field matches any. */
export interface ConnectionFilter {
  readonly moduleFlag?: string | undefined;
  readonly route?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly room?: string | undefined;
  /** The number of connections to skip. Default 0. */
  readonly offset?: number | undefined;
  /** Default: all. */
  readonly limit?: number | undefined;
}

/** Stores the connections. Every method may be asynchronous, for remote stores. */
export interface ConnectionManager {
  /** Called once for each connection, when it opens. */
  store(connection: ManagedConnection): Awaitable<void>;
  /** Removes a connection. A message is sent to it before a close (1000). @returns false if it was not stored */
  remove(id: string, message?: unknown): Awaitable<boolean>;
  /** Returns the stored connections with these ids. */
  find(ids: readonly string[]): Awaitable<readonly ManagedConnection[]>;
  list(filter?: ConnectionFilter): Awaitable<readonly ManagedConnection[]>;
  /** Removes all. A message is sent to each of them before a close (1000). @returns their number */
  clear(message?: unknown): Awaitable<number>;
}

/** Identifies a stream: an event of a module and, if its pushes are counted in parts, one part (a room, a tag). */
export interface StreamId {
  /** The module's flag. */
  readonly module: string;
  readonly event: string;
  /** Undefined: the pushes to all connections of the module. */
  readonly stream: string | undefined;
}

/** How much of a stream to keep. */
export interface ReplayLimits {
  /** The most events. */
  readonly last: number;
  /** Undefined: as long as the stream is known. */
  readonly forSeconds?: number | undefined;
}

/** The place of an event in its stream. */
export interface StreamPlace {
  /** Identifies one unbroken sequence of offsets. A store that cannot continue it starts another with a new, unique name. */
  readonly epoch: string;
  /** 1 for the first event of the epoch, then one more for each event. */
  readonly offset: number;
}

export interface StoredEvent {
  readonly offset: number;
  /** The sent event, including its place. */
  readonly payload: Payload;
}

/** The last events of a stream. */
export interface StreamHistory {
  readonly epoch: string;
  /** The offset of the newest event; 0 before the first. */
  readonly newest: number;
  /** Without a gap, the newest last; fewer than `newest` if older ones are lost. The same objects on each call. */
  readonly events: readonly StoredEvent[];
}

/**
 * Keeps the last events of streams, for clients that reconnect. It is called during a push, so it must be synchronous:
 * mirror a remote store. Default: in memory.
 */
export interface ReplayStore {
  /**
   * A secret that all processes of a shared store have. The names of streams that clients see are derived from it, so
   * that a client can resume at another process. Default: a random one for each store and process.
   */
  readonly streamKey?: string;
  /**
   * Assigns the next event of a stream its place, and keeps the result of `write`. If `write` throws or returns undefined,
   * the stream does not change.
   */
  append(
    stream: StreamId,
    limits: ReplayLimits,
    write: (place: StreamPlace) => Payload | undefined,
  ): Payload | undefined;
  /** Returns the kept events of a stream. An unknown stream has no events, and the epoch of its first one. */
  history(stream: StreamId, limits: ReplayLimits): StreamHistory;
}
