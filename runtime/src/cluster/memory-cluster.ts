import { randomBytes } from "node:crypto";
import type {
  ClusterEngine,
  ClusterEntry,
  ClusterHistory,
  ClusterLink,
  ClusterMessage,
  ClusterNode,
  ClusterPlace,
  ClusterStream,
  EntryPage,
  EntryQuery,
  FoundEntry,
} from "../config/cluster.js";
import type { ReplayLimits, StreamPlace } from "../config/stores.js";

interface Stream {
  readonly epoch: string;
  newest: number;
  messages: { readonly message: ClusterMessage; readonly atMs: number }[];
}

interface Member {
  readonly node: ClusterNode;
  readonly topics: Set<string>;
  readonly entries: Map<string, ClusterEntry>;
  livesUntilMs: number;
}

const keyMs = 10 * 60_000;

/**
 * A cluster in the memory of one process: servers that are given the same one are its nodes. For tests, and for the workers of
 * one machine.
 */
export function memoryCluster(options: { readonly heartbeatMs?: number | undefined } = {}): ClusterEngine {
  return new MemoryCluster(options.heartbeatMs);
}

class MemoryCluster implements ClusterEngine {
  readonly name = "memory";
  readonly heartbeatMs: number | undefined;
  readonly #members = new Map<string, Member>();
  readonly #streams = new Map<string, Stream>();
  readonly #keys = new Map<string, { readonly place: StreamPlace; readonly atMs: number }>();
  readonly #secret = randomBytes(32).toString("base64url");

  constructor(heartbeatMs: number | undefined) {
    this.heartbeatMs = heartbeatMs;
  }

  async join(node: ClusterNode): Promise<ClusterLink> {
    const member = {
      node,
      topics: new Set<string>(),
      entries: new Map(),
      livesUntilMs: Number.POSITIVE_INFINITY,
    };
    this.#members.set(node.id, member);
    return this.#link(member);
  }

  #link(member: Member): ClusterLink {
    return {
      subscribe: async (topics) => {
        for (const topic of topics) member.topics.add(topic);
      },
      unsubscribe: async (topics) => {
        for (const topic of topics) member.topics.delete(topic);
      },
      publish: async (topic, message) => {
        if (!this.#members.has(member.node.id)) throw new Error("The node has left the cluster.");
        return this.#publish(topic, message);
      },
      append: async (stream, message, { limits, key }) => {
        const known = this.#findKey(stream, key);
        if (known !== undefined) return { ...known, nodes: 0 };
        const place = this.#append(stream, limits, message);
        this.#keys.set(nameKey(stream, key), { place, atMs: Date.now() });
        return { ...place, nodes: this.#publish(stream.topic, message, { ...place, event: stream.event }) };
      },
      history: async (stream, limits, after) => this.#history(stream, limits, after),
      positions: async (streams) =>
        streams.map((id) => {
          const stream = this.#streams.get(nameStream(id));
          return stream && { epoch: stream.epoch, offset: stream.newest };
        }),
      store: async (entries, removed) => {
        for (const entry of entries) member.entries.set(entry.id, entry);
        for (const id of removed) member.entries.delete(id);
      },
      find: async (ids) => {
        const wanted = new Set(ids);
        return this.#entries().filter(({ id }) => wanted.has(id));
      },
      list: async (query) => this.#list(query),
      beat: async (heartbeatMs) => {
        member.livesUntilMs = Date.now() + 2 * heartbeatMs;
        if (!this.#members.has(member.node.id)) this.#takeBack(member);
        this.#removeSilent();
        return [...this.#members.keys()];
      },
      secret: async () => this.#secret,
      close: async () => {
        this.#members.delete(member.node.id);
      },
    };
  }

  /** Asynchronous, as from a network. */
  #publish(topic: string, message: ClusterMessage, place?: ClusterPlace): number {
    const receivers = [...this.#members.values()].filter(({ topics }) => topics.has(topic));
    for (const { node, topics } of receivers) {
      setImmediate(() => {
        if (topics.has(topic)) node.receive(topic, message, place);
      });
    }
    return receivers.length;
  }

  #append(id: ClusterStream, limits: ReplayLimits, message: ClusterMessage): StreamPlace {
    const stream = this.#open(id);
    stream.newest += 1;
    stream.messages.push({ message, atMs: Date.now() });
    trim(stream, limits);
    return { epoch: stream.epoch, offset: stream.newest };
  }

  #history(id: ClusterStream, limits: ReplayLimits, after?: StreamPlace): ClusterHistory {
    const stream = this.#open(id);
    trim(stream, limits);
    const { epoch, newest, messages } = stream;
    const count = after?.epoch === epoch ? Math.max(0, newest - after.offset) : messages.length;
    const wanted = count === 0 ? [] : messages.slice(-count);
    return { epoch, newest, messages: wanted.map(({ message }) => message) };
  }

  #open(id: ClusterStream): Stream {
    const name = nameStream(id);
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const stream = { epoch: randomBytes(9).toString("base64url"), newest: 0, messages: [] };
    this.#streams.set(name, stream);
    return stream;
  }

  #findKey(stream: ClusterStream, key: string): StreamPlace | undefined {
    const name = nameKey(stream, key);
    for (const [each, { atMs }] of this.#keys) {
      if (Date.now() - atMs < keyMs) break;
      this.#keys.delete(each);
    }
    return this.#keys.get(name)?.place;
  }

  #entries(): FoundEntry[] {
    this.#removeSilent();
    return [...this.#members.values()].flatMap(({ node, entries }) =>
      [...entries.values()].map((entry) => ({ ...entry, node: node.id })),
    );
  }

  #list({ module, room, tag, after = "", limit }: EntryQuery): EntryPage {
    const found = this.#entries()
      .filter((entry) => entry.module === module)
      .filter((entry) => room === undefined || entry.rooms.includes(room))
      .filter((entry) => tag === undefined || entry.tags.includes(tag))
      .map((entry) => ({ entry, cursor: `${String(entry.connectedAtMs).padStart(16, "0")} ${entry.id}` }))
      .filter(({ cursor }) => cursor > after)
      .sort((one, other) => (one.cursor < other.cursor ? -1 : 1));
    const page = found.slice(0, limit);
    return {
      entries: page.map(({ entry }) => entry),
      next: found.length > limit ? page.at(-1)?.cursor : undefined,
    };
  }

  #takeBack(member: Member): void {
    member.entries.clear();
    this.#members.set(member.node.id, member);
    member.node.changed(false);
    member.node.changed(true, true);
  }

  #removeSilent(): void {
    const nowMs = Date.now();
    for (const [id, { livesUntilMs, entries }] of this.#members) {
      if (livesUntilMs >= nowMs) continue;
      this.#members.delete(id);
      const [other] = this.#members.values();
      const ended = [...entries.values()].map((entry) => ({ ...entry, node: id }));
      if (other !== undefined && ended.length > 0) setImmediate(() => other.node.ended(ended));
    }
  }
}

function trim(stream: Stream, { last, forSeconds }: ReplayLimits): void {
  const oldestMs = forSeconds === undefined ? 0 : Date.now() - forSeconds * 1_000;
  const { messages } = stream;
  const first = messages.findIndex(({ atMs }, index) => atMs >= oldestMs && messages.length - index <= last);
  messages.splice(0, first < 0 ? messages.length : first);
}

const nameStream = ({ topic, event }: ClusterStream): string => JSON.stringify([topic, event]);
const nameKey = (stream: ClusterStream, key: string): string => JSON.stringify([nameStream(stream), key]);
