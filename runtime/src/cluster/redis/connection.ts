import { setTimeout } from "node:timers/promises";
import { reasonOf } from "../../errors.js";
import { RedisError, withLimit } from "./limit.js";
import type { RedisScript } from "./scripts.js";
import { type Argument, openSession, type Session, type SessionOptions } from "./session.js";

export interface ConnectionOptions extends Omit<SessionOptions, "lost"> {
  /** Called when Redis is lost, and when it is back with all subscriptions. */
  changed(isConnected: boolean): void;
  /** Called when Redis is back, before `changed`. If it rejects, the connection is tried again. */
  restore(): Promise<void>;
}

/** The longest pause between two attempts to connect, in milliseconds. */
const maxPauseMs = 2_000;
/** The pause before a command is repeated whose keys are on their way to another node. */
const movingMs = 20;

/** Redis, with a session that is replaced when it is lost. All calls reject within the time limit, with a `RedisError`. */
export class RedisConnection {
  readonly #options: ConnectionOptions;
  /** Those that are subscribed again in a new session. */
  readonly #channels = new Set<string>();
  readonly #ended = new AbortController();
  #session: Session | undefined;
  #isConnected = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws an error that has no password */
  async open(): Promise<void> {
    await this.#dial();
    this.#isConnected = true;
    this.#timer = setInterval(() => void this.#check(), this.#options.heartbeatMs).unref();
  }

  /** `key` decides which node of a Redis Cluster gets it. */
  async send<Reply>(key: string, args: readonly Argument[]): Promise<Reply> {
    const what = String(args[0]);
    return this.#call(what, (session) => session.send<Reply>(key, args));
  }

  async run<Reply>(script: RedisScript, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args];
    const [key = ""] = keys;
    return this.#call(script.name, async (session) => {
      const giveUpMs = performance.now() + this.#options.timeoutMs;
      let command: readonly Argument[] = ["EVALSHA", script.sha];
      for (;;) {
        try {
          return await session.send<Reply>(key, [...command, ...rest]);
        } catch (error) {
          const reason = reasonOf(error);
          if (reason.startsWith("NOSCRIPT")) command = ["EVAL", script.text];
          else if (!reason.startsWith("TRYAGAIN") || performance.now() > giveUpMs) throw error;
          else await setTimeout(movingMs);
        }
      }
    });
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const session = this.#session;
    await this.#call("SSUBSCRIBE", (current) => current.subscribe(channels));
    if (session !== this.#session) throw unreachable();
    for (const channel of channels) this.#channels.add(channel);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.delete(channel);
    await this.#call("SUNSUBSCRIBE", (session) => session.unsubscribe(channels));
  }

  close(): void {
    this.#ended.abort();
    clearInterval(this.#timer);
    this.#session?.close();
    this.#session = undefined;
  }

  async #call<T>(what: string, run: (session: Session) => Promise<T>): Promise<T> {
    const session = this.#session;
    if (session === undefined) throw unreachable();
    try {
      return await withLimit(run(session), this.#options.timeoutMs, what);
    } catch (cause) {
      if (cause instanceof RedisError) throw cause;
      throw new RedisError("redis_failed", `Redis has refused ${what}: ${reasonOf(cause)}`, { cause });
    }
  }

  async #check(): Promise<void> {
    const session = this.#session;
    try {
      await session?.check();
    } catch {
      this.#lose(session);
    }
  }

  #lose(session: Session | undefined): void {
    if (session === undefined || session !== this.#session) return;
    this.#session = undefined;
    session.close();
    // A session that ends before it was announced is replaced without a word.
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#options.changed(false);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#ended;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      // With jitter, so that not all processes come at once.
      const pauseMs = Math.min(50 * 2 ** attempt, maxPauseMs) * (0.5 + Math.random() / 2);
      try {
        await setTimeout(pauseMs, undefined, { ref: false, signal });
        await this.#dial();
        await this.#restore();
      } catch {
        this.#lose(this.#session);
        continue;
      }
      this.#isConnected = true;
      this.#options.changed(true);
      return;
    }
  }

  async #restore(): Promise<void> {
    const channels = [...this.#channels];
    const session = this.#session;
    await session?.subscribe(channels);
    await this.#options.restore();
    if (session === undefined || session !== this.#session) throw unreachable();
    const left = channels.filter((channel) => !this.#channels.has(channel));
    if (left.length > 0) await session.unsubscribe(left);
  }

  async #dial(): Promise<void> {
    let isLost = false;
    let session: Session | undefined;
    const lost = () => {
      isLost = true;
      this.#lose(session);
    };
    session = await openSession({ ...this.#options, lost });
    if (isLost || this.#ended.signal.aborted) {
      session.close();
      throw unreachable();
    }
    this.#session = session;
  }
}

const unreachable = (): RedisError =>
  new RedisError("redis_unreachable", "Redis cannot be reached. It is tried again until it answers.");
