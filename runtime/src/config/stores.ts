import type { Awaitable, WSContext } from "../contract.js";
import type { Payload } from "../protocol/codec.js";

/** A connection as a manager knows it: who it is, and how to reach it. */
export type ManagedConnection = Pick<
  WSContext,
  "id" | "moduleFlag" | "route" | "remoteAddress" | "connectedAt" | "rooms" | "send" | "close"
>;

/** What a listed connection must be; an absent field matches anything. */
export interface ConnectionFilter {
  readonly moduleFlag?: string | undefined;
  readonly route?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly room?: string | undefined;
  /** Connections that are passed over before the first one listed. Default 0. */
  readonly offset?: number | undefined;
  /** Default: all. */
  readonly limit?: number | undefined;
}

/** Who keeps the connections. Every method may be asynchronous, so that a remote store fits. */
export interface ConnectionManager {
  /** Called once for each connection when it is open. */
  store(connection: ManagedConnection): Awaitable<void>;
  /** Forgets a connection. With a message, the connection is sent that and closed (1000). False: it was not stored. */
  remove(id: string, message?: unknown): Awaitable<boolean>;
  /** Those of these ids that are stored. */
  find(ids: readonly string[]): Awaitable<readonly ManagedConnection[]>;
  list(filter?: ConnectionFilter): Awaitable<readonly ManagedConnection[]>;
  /** Forgets all. With a message, each connection is sent that and closed (1000). Returns how many there were. */
  clear(message?: unknown): Awaitable<number>;
}

/** One stream: an event of a module and, where its pushes are counted in parts, such a part (a room, a tag). */
export interface StreamId {
  /** The module's flag. */
  readonly module: string;
  readonly event: string;
  /** Undefined: the pushes to all connections of the module. */
  readonly stream: string | undefined;
}

/** How much of a stream is kept. */
export interface ReplayLimits {
  /** So many events. */
  readonly last: number;
  /** Undefined: for as long as the stream is known. */
  readonly forSeconds?: number | undefined;
}

/** Where an event stands in its stream. */
export interface StreamPlace {
  /** Names one unbroken count. A store that cannot go on counting begins another, with a name never used before. */
  readonly epoch: string;
  /** 1 for the first event of the epoch, and one more for each that follows. */
  readonly offset: number;
}

export interface StoredEvent {
  readonly offset: number;
  /** The event as it was sent, its place included. */
  readonly payload: Payload;
}

/** The end of a stream. */
export interface StreamHistory {
  readonly epoch: string;
  /** The offset of the newest event; 0: there was none yet. */
  readonly newest: number;
  /** Without a hole, the newest at the end; fewer than `newest` where the older ones are gone. The same objects each time. */
  readonly events: readonly StoredEvent[];
}

/**
 * Keeps the last events of streams, for clients that come back. It is asked in the middle of a push, so it answers at once:
 * what is far away has to be mirrored. Default: in memory.
 */
export interface ReplayStore {
  /**
   * A secret that several processes share together with the store: from it come the names by which clients know streams,
   * so that a client can resume at another process. Default: a random one for each store and process.
   */
  readonly streamKey?: string;
  /**
   * Gives the next event of a stream its place and keeps what `write` makes of it. Where `write` throws, or there is
   * nothing to be sent, nothing has happened.
   */
  append(
    stream: StreamId,
    limits: ReplayLimits,
    write: (place: StreamPlace) => Payload | undefined,
  ): Payload | undefined;
  /** What is left of a stream. A stream that is not known has no events, and an epoch in which its first will be. */
  history(stream: StreamId, limits: ReplayLimits): StreamHistory;
}
