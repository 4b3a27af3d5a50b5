import type { RedisClientType, RedisClusterType } from "redis";
import { allScripts, type RedisScript } from "./scripts.js";

/** An argument of a command. */
type Argument = string | Buffer;

/** How to reach Redis. */
export interface RedisOptions {
  /** `redis://` or `rediss://` (TLS), with user and password if needed. Several: nodes of a Redis Cluster. */
  readonly url: string | readonly string[];
  /** Begins all keys and channels, so that several programs can share a Redis. Default `wsgen`. */
  readonly prefix?: string | undefined;
  /** Milliseconds between two signs of life of a process: 100–60,000. Default 1,000. */
  readonly heartbeatMs?: number | undefined;
  /** Milliseconds that one command may take: 10–60,000. Default 2,000. */
  readonly timeoutMs?: number | undefined;
}

/** Called for each message of a channel. */
type Receive = (message: Buffer, channel: Buffer) => void;

/** Commands of one Redis or of a Redis Cluster. All of them reject within the time limit. */
export interface RedisCommands {
  /** `key` decides which node of a Redis Cluster gets it. Replies have buffers instead of strings. */
  send<Reply>(key: string, args: readonly Argument[]): Promise<Reply>;
  run<Reply>(script: RedisScript, keys: readonly string[], args: readonly Argument[]): Promise<Reply>;
  subscribe(channels: readonly string[], receive: Receive): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  close(): void;
}

/** The commands that may wait for a slow Redis. */
const maxQueued = 20_000;
const blobAsBuffer = { 36: Buffer };

type Package = typeof import("redis");

/**
 * Connects. @param changed called when Redis is lost, and when it is back with all subscriptions
 * @throws an error without the password of the URL
 */
export async function connectRedis(
  { createClient, createCluster }: Package,
  { url, timeoutMs = 2_000 }: RedisOptions,
  changed: (isConnected: boolean) => void,
): Promise<RedisCommands> {
  const options = {
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxQueued,
    socket: {
      connectTimeout: timeoutMs,
      // With jitter, so that not all processes come at once.
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, 2_000) * (0.5 + Math.random() / 2),
    },
  };
  const limit = <T>(what: string, promise: Promise<T>) => withLimit(promise, timeoutMs, what);
  if (typeof url !== "string" && url.length > 1) {
    const cluster = createCluster({ rootNodes: url.map((each) => ({ url: each })), defaults: options });
    return openCluster(cluster as unknown as RedisClusterType, limit, changed);
  }
  const client = createClient({ url: typeof url === "string" ? url : (url[0] ?? ""), ...options });
  return openSingle(client as unknown as RedisClientType, limit, changed);
}

type Limit = <T>(what: string, promise: Promise<T>) => Promise<T>;

async function openSingle(client: RedisClientType, limit: Limit, changed: (isConnected: boolean) => void) {
  const subscriber = client.duplicate();
  const both = [client, subscriber];
  let isOpen = false;
  const report = () => isOpen && changed(both.every(({ isReady }) => isReady));
  for (const each of both)
    each.on("error", report).on("ready", report).on("reconnecting", report).on("end", report);
  try {
    await Promise.all(both.map((each) => limit("CONNECT", each.connect())));
    for (const { text } of Object.values(allScripts)) await limit("SCRIPT LOAD", client.scriptLoad(text));
  } catch (error) {
    for (const each of both) each.destroy();
    throw error;
  }
  isOpen = true;
  // A Redis that was restarted has lost the scripts.
  client.on("ready", () => {
    for (const { text } of Object.values(allScripts)) client.scriptLoad(text).catch(() => {});
  });
  const send = <Reply>(_key: string, args: readonly Argument[]) =>
    limit(String(args[0]), client.sendCommand<Reply>([...args], { typeMapping: blobAsBuffer }));
  return {
    send,
    run: runWith(send),
    async subscribe(channels: readonly string[], receive: Receive) {
      await limit("SSUBSCRIBE", subscriber.sSubscribe([...channels], receive, true));
    },
    async unsubscribe(channels: readonly string[]) {
      await limit("SUNSUBSCRIBE", subscriber.sUnsubscribe([...channels]));
    },
    close() {
      isOpen = false;
      for (const each of both) each.destroy();
    },
  };
}

/** Whether the nodes of a Redis Cluster can be reached is seen by the heartbeats. */
async function openCluster(cluster: RedisClusterType, limit: Limit, changed: (isConnected: boolean) => void) {
  cluster.on("error", () => {});
  try {
    await limit("CONNECT", cluster.connect());
  } catch (error) {
    cluster.destroy();
    throw error;
  }
  const send = async <Reply>(key: string, args: readonly Argument[]) => {
    const isBeat = args[0] === "EVALSHA" && args[1] === allScripts.beat.sha;
    try {
      const reply = await limit(
        String(args[0]),
        cluster.sendCommand<Reply>(key, false, [...args], { typeMapping: blobAsBuffer }),
      );
      if (isBeat) changed(true);
      return reply;
    } catch (error) {
      if (isBeat && !isUnknownScript(error)) changed(false);
      throw error;
    }
  };
  return {
    send,
    run: runWith(send),
    async subscribe(channels: readonly string[], receive: Receive) {
      const asked = channels.map((channel) => cluster.sSubscribe(channel, receive, true));
      await limit("SSUBSCRIBE", Promise.all(asked));
    },
    async unsubscribe(channels: readonly string[]) {
      await limit("SUNSUBSCRIBE", Promise.all(channels.map((channel) => cluster.sUnsubscribe(channel))));
    },
    close: () => cluster.destroy(),
  };
}

const runWith =
  (send: RedisCommands["send"]): RedisCommands["run"] =>
  async <Reply>(script: RedisScript, keys: readonly string[], args: readonly Argument[]) => {
    const rest = [String(keys.length), ...keys, ...args];
    const [key = ""] = keys;
    try {
      return await send<Reply>(key, ["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return send<Reply>(key, ["EVAL", script.text, ...rest]);
    }
  };

const isUnknownScript = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("NOSCRIPT");

async function withLimit<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `Redis has not answered ${what} within ${limitMs} ms. Look at its load and its network.`;
    timer = setTimeout(() => reject(new Error(text)), limitMs).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
