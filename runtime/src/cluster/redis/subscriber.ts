import type { RedisClientType } from "redis";
import { withLimit } from "./limit.js";
import { allScripts } from "./scripts.js";

/** Called for each message of a channel. */
export type Receive = (message: Buffer, channel: Buffer) => void;

export interface SubscriberOptions {
  readonly timeoutMs: number;
  readonly receive: Receive;
  /** Called once, when the connection has ended. */
  lost(error: unknown): void;
  /** Called when Redis itself has ended a subscription, because the slot has moved. */
  moved?(channel: string): void;
}

/** The most channels of one command. */
const maxChannels = 1_000;

/** A connection that has subscriptions. It does not reconnect. */
export class Subscriber {
  readonly #client: RedisClientType;
  readonly #options: SubscriberOptions;

  constructor(client: RedisClientType, options: SubscriberOptions) {
    this.#client = client;
    this.#options = options;
    watchClient(client, options.lost);
    client.on("sharded-channel-moved", (channel: string) => options.moved?.(channel));
  }

  /** Loads the scripts as well, so that none is sent twice while others overtake it. */
  async open(): Promise<this> {
    await this.#limit("CONNECT", this.#client.connect());
    const loaded = allScripts.map(({ text }) => this.#client.scriptLoad(text));
    await this.#limit("SCRIPT LOAD", Promise.all(loaded));
    return this;
  }

  /** @param perCommand channels of one command: 1 if they can be in different slots of a Redis Cluster */
  async subscribe(channels: readonly string[], perCommand = maxChannels): Promise<void> {
    for (let start = 0; start < channels.length; start += maxChannels) {
      const chunk = channels.slice(start, start + maxChannels);
      const groups = perCommand === 1 ? chunk.map((channel) => [channel]) : [chunk];
      const asked = groups.map((group) => this.#client.sSubscribe(group, this.#options.receive, true));
      await this.#limit("SSUBSCRIBE", Promise.all(asked));
    }
  }

  /** With the listener, so that the package knows that a channel which is subscribed meanwhile must be asked for again. */
  async unsubscribe(channels: readonly string[], perCommand = maxChannels): Promise<void> {
    const groups = perCommand === 1 ? channels.map((channel) => [channel]) : [[...channels]];
    const asked = groups.map((group) => this.#client.sUnsubscribe(group, this.#options.receive, true));
    await this.#limit("SUNSUBSCRIBE", Promise.all(asked));
  }

  async ping(): Promise<void> {
    await this.#limit("PING", this.#client.ping());
  }

  /** The primaries of a Redis Cluster, with their slots. */
  readSlots() {
    return this.#limit("CLUSTER SLOTS", this.#client.clusterSlots());
  }

  close(): void {
    this.#client.destroy();
  }

  #limit<T>(what: string, promise: Promise<T>): Promise<T> {
    return withLimit(promise, this.#options.timeoutMs, what);
  }
}

/** A client without a reconnection has ended with its first error. */
export function watchClient(client: RedisClientType, lost: (error: unknown) => void): void {
  let error: unknown;
  client.on("error", (found) => {
    error = found;
    lost(error);
  });
  client.on("end", () => lost(error));
}
