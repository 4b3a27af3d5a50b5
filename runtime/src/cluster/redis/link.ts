import { randomBytes } from "node:crypto";
import type {
  ClusterEntry,
  ClusterLink,
  ClusterNode,
  ClusterStream,
  EntryPage,
  EntryQuery,
  FoundEntry,
} from "../../config/cluster.js";
import type { ReplayLimits } from "../../config/stores.js";
import type { RedisCommands } from "./commands.js";
import { append, beat, history, list, store, sweep } from "./scripts.js";

/** How long a key of an append is known, in milliseconds. */
const keyMs = 10 * 60_000;
/** The most connections of an ended node that one heartbeat removes. */
const sweepSize = 1_000;

interface StoredEntry extends FoundEntry {
  readonly cursor: string;
}

/** The link of one node to Redis. `docs/scaling.md` lists the keys. */
export class RedisLink implements ClusterLink {
  readonly #node: ClusterNode;
  readonly #redis: RedisCommands;
  readonly #prefix: string;
  /** The modules of the own entries. */
  readonly #modules = new Map<string, string>();
  /** The nodes that the last heartbeat has found silent. */
  #silent: ReadonlySet<string> = new Set();

  constructor(node: ClusterNode, redis: RedisCommands, prefix: string) {
    this.#node = node;
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    if (topics.length > 0)
      await this.#redis.subscribe(
        topics.map((topic) => this.#channel(topic)),
        this.#receive,
      );
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    if (topics.length > 0) await this.#redis.unsubscribe(topics.map((topic) => this.#channel(topic)));
  }

  async publish(topic: string, message: Buffer): Promise<number> {
    const channel = this.#channel(topic);
    return this.#redis.send(channel, ["SPUBLISH", channel, Buffer.concat([plainMark, message])]);
  }

  async append(
    { topic, event }: ClusterStream,
    message: Buffer,
    { limits, key }: { readonly limits: ReplayLimits; readonly key: string },
  ) {
    const channel = this.#channel(topic);
    const keys = [...this.#streamKeys({ topic, event }), `${channel}:k:${key}`, channel];
    const args = [newEpoch(), ...writeLimits(limits), String(keyMs), event, message];
    const [epoch, offset, nodes] = await this.#redis.run<[Buffer, number, number]>(append, keys, args);
    return { epoch: epoch.toString(), offset, nodes };
  }

  async history(
    stream: ClusterStream,
    limits: ReplayLimits,
    after: { readonly epoch: string; readonly offset: number } = { epoch: "", offset: 0 },
  ) {
    const args = [newEpoch(), ...writeLimits(limits), after.epoch, String(after.offset)];
    const keys = this.#streamKeys(stream);
    const [epoch, newest, messages] = await this.#redis.run<[Buffer, number, Buffer[]]>(history, keys, args);
    return { epoch: epoch.toString(), newest, messages };
  }

  positions(streams: readonly ClusterStream[]) {
    return Promise.all(
      streams.map(async (stream) => {
        const [key = ""] = this.#streamKeys(stream);
        const args = ["HMGET", key, "epoch", "newest"];
        const [epoch, newest] = await this.#redis.send<(Buffer | null)[]>(key, args);
        return epoch && newest ? { epoch: epoch.toString(), offset: Number(newest) } : undefined;
      }),
    );
  }

  async store(entries: readonly ClusterEntry[], removed: readonly string[]): Promise<void> {
    const modules = new Map<string, { entries: string[]; removed: string[] }>();
    const open = (module: string) => {
      const known = modules.get(module) ?? { entries: [], removed: [] };
      modules.set(module, known);
      return known;
    };
    for (const entry of entries) {
      this.#modules.set(entry.id, entry.module);
      const cursor = `${String(entry.connectedAtMs).padStart(16, "0")} ${entry.id}`;
      const stored: StoredEntry = { ...entry, node: this.#node.id, cursor };
      open(entry.module).entries.push(JSON.stringify(stored));
    }
    for (const id of removed) {
      const module = this.#modules.get(id);
      this.#modules.delete(id);
      if (module !== undefined) open(module).removed.push(id);
    }
    if (modules.size > 0)
      await this.#redis.send(this.#modulesKey, ["SADD", this.#modulesKey, ...modules.keys()]);
    await Promise.all(
      [...modules].map(([module, { entries: added, removed: gone }]) =>
        this.#redis.run(store, [this.#directory(module)], [String(gone.length), ...gone, ...added]),
      ),
    );
  }

  async find(ids: readonly string[]): Promise<readonly FoundEntry[]> {
    if (ids.length === 0) return [];
    const modules = await this.#redis.send<Buffer[]>(this.#modulesKey, ["SMEMBERS", this.#modulesKey]);
    const found = await Promise.all(
      [...modules].map((module) => {
        const key = `${this.#directory(module.toString())}:c`;
        return this.#redis.send<(Buffer | null)[]>(key, ["HMGET", key, ...ids]);
      }),
    );
    return this.#readEntries(found.flat());
  }

  async list({ module, room, tag, after = "", limit }: EntryQuery): Promise<EntryPage> {
    const name = room !== undefined ? `r:${room}` : tag !== undefined ? `t:${tag}` : "o";
    const args = [name, after, String(limit)];
    const [entries, next] = await this.#redis.run<[Buffer[], Buffer]>(list, [this.#directory(module)], args);
    return { entries: this.#readEntries(entries), next: next.length > 0 ? next.toString() : undefined };
  }

  async beat(heartbeatMs: number): Promise<readonly string[]> {
    const key = `${this.#prefix}:nodes`;
    const args = [this.#node.id, String(2 * heartbeatMs)];
    const [living, silent] = await this.#redis.run<[Buffer[], Buffer[]]>(beat, [key], args);
    this.#silent = new Set(silent.map(String));
    for (const node of this.#silent) await this.#sweep(node);
    return living.map(String);
  }

  async secret(): Promise<string> {
    const key = `${this.#prefix}:secret`;
    const made = randomBytes(32).toString("base64url");
    const known = await this.#redis.send<Buffer | null>(key, ["SET", key, made, "NX", "GET"]);
    return known?.toString() ?? made;
  }

  async close(): Promise<void> {
    try {
      await this.#sweep(this.#node.id);
    } finally {
      this.#redis.close();
    }
  }

  /** Removes the entries of a node that has ended. */
  async #sweep(node: string): Promise<void> {
    const modules = await this.#redis.send<Buffer[]>(this.#modulesKey, ["SMEMBERS", this.#modulesKey]);
    const left = await Promise.all(
      [...modules].map((module) =>
        this.#redis.run<number>(sweep, [this.#directory(module.toString())], [node, String(sweepSize)]),
      ),
    );
    if (left.every((count) => count === 0)) {
      const key = `${this.#prefix}:nodes`;
      await this.#redis.send(key, ["ZREM", key, node]);
    }
  }

  #readEntries(texts: readonly (Buffer | null)[]): FoundEntry[] {
    return texts.flatMap((text) => {
      if (text === null || text.length === 0) return [];
      const { cursor: _cursor, ...entry } = JSON.parse(text.toString()) as StoredEntry;
      return this.#silent.has(entry.node) ? [] : [entry];
    });
  }

  readonly #receive = (message: Buffer, channel: Buffer): void => {
    // Cut off what `#channel` has added.
    const topic = channel.toString().slice(this.#prefix.length + 2, -1);
    if (message[0] === plainMark[0]) {
      this.#node.receive(topic, message.subarray(1));
      return;
    }
    const head = /^s(\d+) (\d+) (\S+) /.exec(message.subarray(0, headBytes).toString("latin1"));
    if (head === null) return;
    const [{ length }, bytes, offset, epoch = ""] = head;
    const end = length + Number(bytes);
    const event = message.subarray(length, end).toString();
    this.#node.receive(topic, message.subarray(end), { event, epoch, offset: Number(offset) });
  };

  get #modulesKey(): string {
    return `${this.#prefix}:modules`;
  }

  /** The hash tag: everything of a topic is in one slot. */
  #channel(topic: string): string {
    return `{${this.#prefix}:${topic}}`;
  }

  #streamKeys({ topic, event }: ClusterStream): [string, string] {
    const prefix = this.#channel(topic);
    return [`${prefix}:e:${event}`, `${prefix}:s:${event}`];
  }

  #directory(module: string): string {
    return `{${this.#prefix}:directory:${module}}`;
  }
}

const plainMark = Buffer.from("p");
/** Longer than the place before the name of the event. */
const headBytes = 128;
const newEpoch = (): string => randomBytes(9).toString("base64url");
const writeLimits = ({ last, forSeconds }: ReplayLimits): [string, string] => [
  String(last),
  String(Math.round((forSeconds ?? 0) * 1_000)),
];
