import type { RedisClientType, RedisClusterType } from "redis";
import { reasonOf } from "../../errors.js";
import { withLimit } from "./limit.js";
import { readOwners, slotOf } from "./slots.js";
import { type Receive, Subscriber, type SubscriberOptions, watchClient } from "./subscriber.js";

/** An argument of a command. */
export type Argument = string | Buffer;

/** How to reach Redis. */
export interface RedisOptions {
  /** `redis://` or `rediss://` (TLS), with user and password if needed. Several: nodes of a Redis Cluster. */
  readonly url: string | readonly string[];
  /** Begins all keys and channels, so that several programs can share a Redis. Default `wsgen`. */
  readonly prefix?: string | undefined;
  /** Milliseconds between two signs of life of a process: 20–60,000. Default 1,000. */
  readonly heartbeatMs?: number | undefined;
  /** Milliseconds that one command may take: 10–60,000. Default 2,000. */
  readonly timeoutMs?: number | undefined;
}

export type RedisPackage = typeof import("redis");

export interface SessionOptions {
  readonly redis: RedisPackage;
  readonly url: string | readonly string[];
  readonly timeoutMs: number;
  /** How often `check` is called, in milliseconds. */
  readonly heartbeatMs: number;
  readonly receive: Receive;
  /** Called when a connection has ended. */
  lost(error: unknown): void;
}

/**
 * The connections to Redis: one for commands and one for subscriptions, or one of each to all primaries of a Redis Cluster. If
 * one of them ends, the session is replaced by a new one: the package `redis` reconnects too, but leaves open which
 * subscriptions are back, and rejects in the background, where nothing can catch it.
 */
export interface Session {
  /** `key` decides which node of a Redis Cluster gets it. Replies have buffers instead of strings. */
  send<Reply>(key: string, args: readonly Argument[]): Promise<Reply>;
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  /** Rejects if a connection does not answer. Follows slots that have moved. */
  check(): Promise<void>;
  close(): void;
}

/** The commands that may wait for a slow Redis, of one connection. */
const maxQueued = 20_000;
const blobAsBuffer = { 36: Buffer };

export function openSession(options: SessionOptions): Promise<Session> {
  const { url } = options;
  return typeof url === "string" || url.length === 1 ? openSingle(options) : openCluster(options);
}

const clientOptions = ({ timeoutMs, heartbeatMs }: SessionOptions) => ({
  disableOfflineQueue: true,
  commandsQueueMaxLength: maxQueued,
  maintNotifications: "disabled" as const,
  // No limit: it would be a signal for each command. `withLimit` is a timer.
  commandOptions: { timeout: 0 },
  socket: {
    connectTimeout: timeoutMs,
    reconnectStrategy: false as const,
    // Ends the connections of the package itself, such as those that ask for the slots.
    socketTimeout: timeoutMs + 2 * heartbeatMs,
  },
});

async function openSingle(options: SessionOptions): Promise<Session> {
  const { redis, timeoutMs, receive, lost } = options;
  const [url = ""] = [options.url].flat();
  const create = () => redis.createClient({ ...clientOptions(options), url }) as unknown as RedisClientType;
  const client = create();
  watchClient(client, lost);
  const subscriber = new Subscriber(create(), { timeoutMs, receive, lost });
  const close = () => {
    client.destroy();
    subscriber.close();
  };
  try {
    await Promise.all([withLimit(client.connect(), timeoutMs, "CONNECT"), subscriber.open()]);
  } catch (error) {
    close();
    throw error;
  }
  return {
    send: <Reply>(_key: string, args: readonly Argument[]) =>
      client.sendCommand<Reply>([...args], { typeMapping: blobAsBuffer }),
    subscribe: (channels) => subscriber.subscribe(channels),
    unsubscribe: (channels) => subscriber.unsubscribe(channels),
    async check() {
      await Promise.all([withLimit(client.ping(), timeoutMs, "PING"), subscriber.ping()]);
    },
    close,
  };
}

async function openCluster(options: SessionOptions): Promise<Session> {
  const { redis, timeoutMs, lost } = options;
  const [first = "", ...others] = options.url;
  const defaults = withAccess(clientOptions(options), first);
  const rootNodes = [first, ...others].map((url) => ({ url }));
  const cluster = redis.createCluster({
    ...{ rootNodes, defaults, commandOptions: { timeout: 0 } },
    topologyRefreshOnReconnectionAttemptStrategy: false,
  }) as unknown as RedisClusterType;
  let found: unknown;
  cluster.on("error", (error) => {
    found = error;
  });
  cluster.on("node-error", lost).on("node-disconnect", () => lost(found));
  const session = new ClusterSession(cluster, options, (host, port) => {
    const socket = { ...defaults.socket, host, port };
    return redis.createClient({ ...defaults, socket }) as unknown as RedisClientType;
  });
  try {
    await withLimit(cluster.connect(), timeoutMs, "CONNECT");
    await session.open();
  } catch (error) {
    session.close();
    throw found ?? error;
  }
  return session;
}

/** The package uses the URLs only to find the nodes. Their connections need the same user, password and TLS. */
function withAccess(defaults: ReturnType<typeof clientOptions>, text: string) {
  const { protocol, username, password } = new URL(text);
  return {
    ...defaults,
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    socket: { ...defaults.socket, ...(protocol === "rediss:" && { tls: true as const }) },
  };
}

/** Commands go by the package's own cluster. Subscriptions are kept here, at the primary of their slot. */
class ClusterSession implements Session {
  readonly #cluster: RedisClusterType;
  readonly #options: SessionOptions;
  readonly #create: (host: string, port: number) => RedisClientType;
  readonly #subscribers = new Map<string, Promise<Subscriber>>();
  /** Each channel, and the address where it is subscribed; empty if it must be subscribed again. */
  readonly #channels = new Map<string, string>();
  #owners: string[] = [];
  #checking: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    cluster: RedisClusterType,
    options: SessionOptions,
    create: (host: string, port: number) => RedisClientType,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#create = create;
  }

  async open(): Promise<void> {
    this.#owners = this.#cluster.slots.map(({ master }) => master.address);
    await this.#connect();
  }

  send<Reply>(key: string, args: readonly Argument[]): Promise<Reply> {
    return this.#cluster.sendCommand<Reply>(key, false, [...args], { typeMapping: blobAsBuffer });
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const groups = groupBy(channels, (channel) => this.#owners[slotOf(channel)] ?? "");
    await Promise.all([...groups].map(([address, own]) => this.#subscribeAt(address, own)));
  }

  async #subscribeAt(address: string, channels: readonly string[]): Promise<void> {
    const subscriber = await this.#subscriber(address);
    try {
      await subscriber.subscribe(channels, 1);
    } catch (error) {
      if (!this.#redirect(error)) throw error;
      return this.subscribe(channels);
    }
    for (const channel of channels) this.#channels.set(channel, address);
  }

  /** Notes where the slot of a failed command is now. */
  #redirect(error: unknown): boolean {
    const [, slot, address = ""] = /^MOVED (\d+) (\S+)$/.exec(reasonOf(error)) ?? [];
    if (slot === undefined || this.#owners[Number(slot)] === address) return false;
    this.#owners[Number(slot)] = address;
    return true;
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const groups = groupBy(channels, (channel) => this.#channels.get(channel) ?? "");
    for (const channel of channels) this.#channels.delete(channel);
    groups.delete("");
    const asked = [...groups].map(async ([address, own]) =>
      (await this.#subscriber(address)).unsubscribe(own, 1),
    );
    await Promise.all(asked);
  }

  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  close(): void {
    this.#isClosed = true;
    this.#cluster.destroy();
    for (const opening of this.#subscribers.values())
      opening.then(
        (subscriber) => subscriber.close(),
        () => {},
      );
  }

  async #check(): Promise<void> {
    const { timeoutMs } = this.#options;
    const [asked] = this.#subscribers.values();
    const [ranges] = await Promise.all([
      asked?.then((subscriber) => subscriber.readSlots()),
      ...[...this.#subscribers.values()].map(async (subscriber) => (await subscriber).ping()),
      ...this.#cluster.masters.map(async (node) =>
        withLimit((await this.#cluster.nodeClient(node)).ping(), timeoutMs, "PING"),
      ),
    ]);
    if (ranges !== undefined) await this.#follow(readOwners(ranges));
  }

  /** Subscribes the channels of moved slots at their new primaries. */
  async #follow(owners: string[]): Promise<void> {
    this.#owners = owners;
    await this.#connect();
    const moved = [...this.#channels].filter(([channel, address]) => owners[slotOf(channel)] !== address);
    await this.subscribe(moved.map(([channel]) => channel));
    const inUse = new Set(owners);
    for (const [address, subscriber] of this.#subscribers)
      if (!inUse.has(address)) {
        this.#subscribers.delete(address);
        (await subscriber).close();
      }
  }

  async #connect(): Promise<void> {
    await Promise.all([...new Set(this.#owners)].map((address) => this.#subscriber(address)));
  }

  #subscriber(address: string): Promise<Subscriber> {
    const known = this.#subscribers.get(address);
    if (known !== undefined) return known;
    const colon = address.lastIndexOf(":");
    const client = this.#create(address.slice(0, colon), Number(address.slice(colon + 1)));
    const subscriber: Subscriber = new Subscriber(client, this.#subscriberOptions(address));
    const opening = subscriber.open().catch((error) => {
      subscriber.close();
      throw error;
    });
    this.#subscribers.set(address, opening);
    return opening;
  }

  #subscriberOptions(address: string): SubscriberOptions {
    const { timeoutMs, receive, lost } = this.#options;
    return {
      timeoutMs,
      receive,
      // One that is not in use any more has been closed here.
      lost: (error) => this.#subscribers.has(address) && lost(error),
      moved: (channel) => {
        if (this.#isClosed || !this.#channels.has(channel)) return;
        this.#channels.set(channel, "");
        this.check().catch(lost);
      },
    };
  }
}

function groupBy(channels: readonly string[], nameGroup: (channel: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const channel of channels) {
    const name = nameGroup(channel);
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(channel);
  }
  return groups;
}
