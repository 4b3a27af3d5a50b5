import { randomBytes } from "node:crypto";
import type {
  AppendOptions,
  ClusterEntry,
  ClusterLink,
  ClusterNode,
  ClusterStream,
  EntryPage,
  EntryQuery,
  FoundEntry,
} from "../../config/cluster.js";
import type { ReplayLimits, StreamPlace } from "../../config/stores.js";
import { RedisConnection } from "./connection.js";
import { RedisDirectory } from "./directory.js";
import { readName, writeName } from "./names.js";
import { append, history } from "./scripts.js";
import type { RedisOptions, RedisPackage } from "./session.js";

/** How long a key of an append is known, in milliseconds. */
const keyMs = 10 * 60_000;
const defaultHeartbeatMs = 1_000;
const defaultTimeoutMs = 2_000;

/** The link of one node to Redis. `docs/scaling.md` lists the keys. */
export class RedisLink implements ClusterLink {
  readonly #node: ClusterNode;
  readonly #prefix: string;
  readonly #redis: RedisConnection;
  readonly #directory: RedisDirectory;
  #secret: string | undefined;
  /** Found out while Redis is back, but `changed` has not said so. */
  #wasEnded = false;

  private constructor(redis: RedisPackage, options: RedisOptions, node: ClusterNode) {
    const { url, prefix = "wsgen" } = options;
    this.#node = node;
    this.#prefix = prefix;
    this.#redis = new RedisConnection({
      redis,
      url,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      heartbeatMs: options.heartbeatMs ?? defaultHeartbeatMs,
      receive: this.#receive,
      changed: (isConnected) => {
        node.changed(isConnected, isConnected && this.#wasEnded);
        if (isConnected) this.#wasEnded = false;
      },
      restore: () => this.#restore(),
    });
    this.#directory = new RedisDirectory({
      ...{ redis: this.#redis, node: node.id, prefix },
      ended: (entries) => node.ended(entries),
    });
  }

  static async open(redis: RedisPackage, options: RedisOptions, node: ClusterNode): Promise<RedisLink> {
    const link = new RedisLink(redis, options, node);
    await link.#redis.open();
    return link;
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    if (topics.length > 0) await this.#redis.subscribe(topics.map((topic) => this.#channel(topic)));
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    if (topics.length > 0) await this.#redis.unsubscribe(topics.map((topic) => this.#channel(topic)));
  }

  async publish(topic: string, message: Buffer): Promise<number> {
    const channel = this.#channel(topic);
    return this.#redis.send(channel, ["SPUBLISH", channel, Buffer.concat([plainMark, message])]);
  }

  async append({ topic, event }: ClusterStream, message: Buffer, { limits, key }: AppendOptions) {
    const channel = this.#channel(topic);
    const name = writeName(event);
    const keyName = `${channel}:k:${name.length}:${name}:${writeName(key)}`;
    const keys = [...this.#streamKeys({ topic, event }), keyName, channel];
    const args = [newEpoch(), ...writeLimits(limits), String(keyMs), name, message];
    const [epoch, offset, nodes] = await this.#redis.run<[Buffer, number, number]>(append, keys, args);
    return { epoch: epoch.toString(), offset, nodes };
  }

  async history(stream: ClusterStream, limits: ReplayLimits, after: StreamPlace = { epoch: "", offset: 0 }) {
    const args = [newEpoch(), ...writeLimits(limits), after.epoch, String(after.offset)];
    const keys = this.#streamKeys(stream);
    const [epoch, newest, messages] = await this.#redis.run<[Buffer, number, Buffer[]]>(history, keys, args);
    return { epoch: epoch.toString(), newest, messages };
  }

  positions(streams: readonly ClusterStream[]) {
    return Promise.all(
      streams.map(async (stream) => {
        const [key] = this.#streamKeys(stream);
        const args = ["HMGET", key, "epoch", "newest"];
        const [epoch, newest] = await this.#redis.send<(Buffer | null)[]>(key, args);
        return epoch && newest ? { epoch: epoch.toString(), offset: Number(newest) } : undefined;
      }),
    );
  }

  async store(entries: readonly ClusterEntry[], removed: readonly string[]): Promise<void> {
    // After a pause, under the name of a node that has not ended.
    if (this.#directory.isLate) this.#announce(await this.#directory.beatAgain());
    await this.#directory.store(entries, removed);
  }

  find(ids: readonly string[]): Promise<readonly FoundEntry[]> {
    return this.#directory.find(ids);
  }

  list(query: EntryQuery): Promise<EntryPage> {
    return this.#directory.list(query);
  }

  async beat(heartbeatMs: number): Promise<readonly string[]> {
    const { living, isNew } = await this.#directory.beat(heartbeatMs);
    this.#announce(isNew);
    return living;
  }

  async secret(): Promise<string> {
    const key = `${this.#prefix}:secret`;
    const made = this.#secret ?? randomBytes(32).toString("base64url");
    const known = await this.#redis.send<Buffer | null>(key, ["SET", key, made, "NX", "GET"]);
    this.#secret = known?.toString() ?? made;
    return this.#secret;
  }

  async close(): Promise<void> {
    try {
      await this.#directory.leave();
    } finally {
      this.#redis.close();
    }
  }

  /** A Redis that has lost everything gets the secret of this node again. */
  async #restore(): Promise<void> {
    if (this.#secret !== undefined) await this.secret();
    if (await this.#directory.beatAgain()) this.#wasEnded = true;
  }

  /** The others have taken this node for ended: it stores its entries again. */
  #announce(isNew: boolean): void {
    if (!isNew) return;
    this.#node.changed(false);
    this.#node.changed(true, true);
  }

  readonly #receive = (message: Buffer, channel: Buffer): void => {
    // Cut off what `#channel` has added.
    const topic = readName(channel.toString().slice(this.#prefix.length + 2, -1));
    if (message[0] === plainMark[0]) {
      this.#node.receive(topic, message.subarray(1));
      return;
    }
    const head = /^s(\d+) (\d+) (\S+) /.exec(message.subarray(0, headBytes).toString("latin1"));
    if (head === null) return;
    const [{ length }, bytes, offset, epoch = ""] = head;
    const end = length + Number(bytes);
    const event = readName(message.subarray(length, end).toString());
    this.#node.receive(topic, message.subarray(end), { event, epoch, offset: Number(offset) });
  };

  /** The hash tag: everything of a topic is in one slot. */
  #channel(topic: string): string {
    return `{${this.#prefix}:${writeName(topic)}}`;
  }

  #streamKeys({ topic, event }: ClusterStream): [state: string, messages: string] {
    const prefix = this.#channel(topic);
    return [`${prefix}:e:${writeName(event)}`, `${prefix}:s:${writeName(event)}`];
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
