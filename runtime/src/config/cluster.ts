import type { ReplayLimits, StreamPlace } from "./stores.js";

/** One message between nodes. Its content is that of the runtime; an engine carries it as it is. */
export type ClusterMessage = Buffer;

/** A process of a cluster, as an engine sees it. */
export interface ClusterNode {
  /** Unique among all nodes, also those of earlier runs. */
  readonly id: string;
  /**
   * Called for each message of a subscribed topic, those of the node itself included. `place` is that of a message that
   * `append` has stored. Messages may be lost or repeated; places tell.
   */
  receive(topic: string, message: ClusterMessage, place?: ClusterPlace): void;
  /**
   * Called when the engine is lost, and when it is back with all subscriptions. Also called with false and true if the node was
   * silent for so long that its entries were removed: it stores them again. `wasEnded` says that `ended` may have been called with
   * them.
   */
  changed(isConnected: boolean, wasEnded?: boolean): void;
  /**
   * Called with entries of a node that has ended without `close`, when they are removed: on one of the other nodes, at most once
   * for each entry.
   */
  ended(entries: readonly FoundEntry[]): void;
}

/** The place of a stored message: its stream's, and which event it is of. */
export interface ClusterPlace extends StreamPlace {
  readonly event: string;
}

/** Identifies a stream: the stored messages of one event, published to one topic. */
export interface ClusterStream {
  readonly topic: string;
  readonly event: string;
}

/** The stored messages of a stream, behind a position. */
export interface ClusterHistory {
  readonly epoch: string;
  /** The offset of the newest message; 0 before the first. */
  readonly newest: number;
  /** Without a hole, the newest last. Fewer than asked for if older ones are lost. */
  readonly messages: readonly ClusterMessage[];
}

/** What a node stores of one of its connections. */
export interface ClusterEntry {
  readonly id: string;
  /** The module's flag. */
  readonly module: string;
  readonly route: string;
  readonly remoteAddress: string;
  /** Milliseconds since 1970, by the clock of its node. */
  readonly connectedAtMs: number;
  readonly rooms: readonly string[];
  readonly tags: readonly string[];
  /** The public state, as JSON; undefined if it has none. */
  readonly state?: string | undefined;
}

/** A stored connection, and its node. */
export interface FoundEntry extends ClusterEntry {
  readonly node: string;
}

/** Selects stored connections. */
export interface EntryQuery {
  readonly module: string;
  /** At most one of the two. */
  readonly room?: string | undefined;
  readonly tag?: string | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** 1–1,000. */
  readonly limit: number;
}

export interface EntryPage {
  /** By the time of opening, then by id. Those of nodes that have ended or are silent are left out. */
  readonly entries: readonly FoundEntry[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** How a message is appended to a stream. */
export interface AppendOptions {
  readonly limits: ReplayLimits;
  /** A second message with the same key, within ten minutes, is not stored; the answer is the first one's. */
  readonly key: string;
}

/**
 * The link of one node to its engine. Every method rejects at once while the engine is not reachable, and otherwise within
 * the engine's time limit.
 */
export interface ClusterLink {
  /** Resolves when each message that is published from now on arrives. Subscribed topics are kept over a reconnect. */
  subscribe(topics: readonly string[]): Promise<void>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  /** @returns the number of nodes that were subscribed, this one included */
  publish(topic: string, message: ClusterMessage): Promise<number>;
  /**
   * Stores a message with the next offset of its stream, and publishes it to the topic of the stream, in one step.
   * @returns its place, and the number of subscribed nodes
   */
  append(
    stream: ClusterStream,
    message: ClusterMessage,
    options: AppendOptions,
  ): Promise<StreamPlace & { readonly nodes: number }>;
  /** The messages behind an offset of this epoch; all that are kept if the stream has another epoch. */
  history(stream: ClusterStream, limits: ReplayLimits, after?: StreamPlace): Promise<ClusterHistory>;
  /** Where streams are now, in the same order. Undefined: the stream is not known. */
  positions(streams: readonly ClusterStream[]): Promise<readonly (StreamPlace | undefined)[]>;
  /** Stores entries of this node, or replaces them, and removes others. Entries end with their node. */
  store(entries: readonly ClusterEntry[], removed: readonly string[]): Promise<void>;
  /** The stored connections with these ids, in any order. */
  find(ids: readonly string[]): Promise<readonly FoundEntry[]>;
  list(query: EntryQuery): Promise<EntryPage>;
  /**
   * Says that this node lives; called each `heartbeatMs`. A node that is silent for two of them has ended, and its entries are
   * removed. @returns the ids of the living nodes
   */
  beat(heartbeatMs: number): Promise<readonly string[]>;
  /** A secret that all nodes of the cluster have, made by the first. */
  secret(): Promise<string>;
  /** Removes the node and its entries. */
  close(): Promise<void>;
}

/**
 * Carries messages between the processes of a cluster, and keeps what they share: streams of events, and the list of
 * connections. `wsgen-runtime/redis` has one; `wsgen-runtime/testing/cluster` tests whether another one keeps the rules.
 */
export interface ClusterEngine {
  /** For the log: `redis`. */
  readonly name: string;
  /** Milliseconds between two signs of life of a node. Default 1,000. */
  readonly heartbeatMs?: number | undefined;
  /** Opens the link of a node. @throws an error that says what cannot be reached */
  join(node: ClusterNode): Promise<ClusterLink>;
}

/** An engine by its name, as the spec has it. The runtime loads it when the server starts. */
export interface ClusterConfig {
  /** A URL, or where to find it. `urlEnv` is an environment variable; without it, or if it is not set, `url` is taken. */
  readonly redis:
    | string
    | {
        readonly url?: string | undefined;
        readonly urlEnv?: string | undefined;
        readonly prefix?: string | undefined;
      };
}
