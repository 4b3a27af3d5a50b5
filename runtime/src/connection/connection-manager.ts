import type { Awaitable, WSContext } from "../contract.js";

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
