import { randomUUID } from "node:crypto";
import { contain, report } from "../boundary.js";
import type {
  ClusterEngine,
  ClusterEntry,
  ClusterLink,
  ClusterMessage,
  ClusterPlace,
  FoundEntry,
} from "../config/cluster.js";
import type { Logger } from "../contract.js";
import {
  type ClusterAnswerHeader,
  type ClusterHeader,
  type DecodedMessage,
  decodeClusterMessage,
  encodeClusterMessage,
  nameNodeTopic,
} from "./message.js";

/** What the other nodes have done with a push. */
export interface RemoteAnswer {
  readonly delivered: number;
  readonly gone: readonly string[];
  readonly unavailable?: true;
}

/** No other connection has got it. */
export const nothing: RemoteAnswer = { delivered: 0, gone: [] };
export const unavailable: RemoteAnswer = { delivered: 0, gone: [], unavailable: true };

/** A module of this node. */
export interface ClusterHandler {
  /** Called for each message for the module, those of its own node only if they have a place. */
  receive(header: ClusterHeader, body: Buffer, place: ClusterPlace | undefined, topic: string): void;
  /** Called at each heartbeat, and when the engine is back. */
  check(): void;
  /** Called before topics are subscribed. Rejects if the engine cannot be reached. */
  prepare(topics: readonly string[]): Promise<void>;
  /** Called when the messages of topics arrive. */
  entered(topics: readonly string[]): void;
  /** Called when the node has left a topic. */
  dropped(topic: string): void;
  /** Called with connections of a process that has ended without saying so. */
  ended(entry: FoundEntry): void;
  /** Called when the other nodes had taken this one for ended: its rooms have had leave events of its connections. */
  returned(): void;
  /** All connections, to be stored again. */
  listConnections(): Iterable<string>;
  /** The entry of a connection; undefined if it has ended. */
  describe(id: string): ClusterEntry | undefined;
}

interface Topic {
  users: number;
  state: "wanted" | "asked" | "live";
  waiting: (() => void)[];
}

/** How long to wait for the answers of other nodes, in milliseconds. */
const answerMs = 2_000;
/** How long a call of the engine may take, in milliseconds. Longer than an answer. */
const callMs = 5_000;
/** The most bytes that are on their way to the engine. Above it, pushes are not sent on. */
const maxPendingBytes = 64 * 2 ** 20;
/** The most connections of one call to the engine: after an outage, all of this process change at once. */
const maxStored = 1_000;
const defaultHeartbeatMs = 1_000;
const reached = Promise.resolve();

/** This process as a node of a cluster: its topics, what it sends, and the signs that it lives. One for each engine. */
export class ClusterMember {
  readonly id = randomUUID();
  readonly handlers = new Map<string, ClusterHandler>();
  readonly #engine: ClusterEngine;
  readonly #log: Logger;
  readonly #heartbeatMs: number;
  readonly #topics = new Map<string, Topic>();
  readonly #asks = new Map<number, Ask>();
  /** Connections whose entries must be stored, by module. */
  readonly #changed = new Map<string, Set<string>>();
  #sending: (() => void)[] = [];
  #isPlanned = false;
  #isBeating = false;
  #isStoring = false;
  #isConnected = true;
  #isClosed = false;
  #pendingBytes = 0;
  /** Calls of the engine. */
  readonly #pending = new Set<Promise<unknown>>();
  #lastAsk = 0;
  #lastKey = 0;
  #lastBeatMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #chances: (() => void)[] = [];
  #link: ClusterLink | undefined;
  /** The secret of the cluster. */
  secret = "";

  private constructor(engine: ClusterEngine, log: Logger) {
    this.#engine = engine;
    this.#log = log;
    this.#heartbeatMs = engine.heartbeatMs ?? defaultHeartbeatMs;
  }

  /** @throws the error of the engine, which says what cannot be reached */
  static async join(engine: ClusterEngine, log: Logger): Promise<ClusterMember> {
    const member = new ClusterMember(engine, log);
    await member.#join();
    return member;
  }

  /** False while the engine cannot be reached. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  get link(): ClusterLink {
    if (this.#link === undefined || this.#isClosed) throw new Error("The cluster is closed.");
    return this.#link;
  }

  async #join(): Promise<void> {
    const { id } = this;
    const joining = this.#engine.join({
      id,
      receive: (topic, message, place) => this.#receive(topic, message, place),
      changed: (isConnected, wasEnded = false) => this.#setConnected(isConnected, wasEnded),
      ended: (entries) => this.#noteEnded(entries),
    });
    const link = await this.#limit(() => Promise.resolve(joining));
    this.#link = link;
    try {
      this.secret = await this.#limit(() => link.secret());
      await this.#limit(() => link.subscribe([nameNodeTopic(id)]));
      await this.#limit(() => link.beat(this.#heartbeatMs));
      this.#lastBeatMs = performance.now();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#timer = setInterval(() => void this.#tick(), this.#heartbeatMs).unref();
    this.#log.info({ node: id, engine: this.#engine.name }, "cluster joined");
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    clearInterval(this.#timer);
    // What the ended connections have changed, and their last pushes.
    this.#flush();
    await Promise.allSettled(this.#pending);
    for (const ask of this.#asks.values()) ask.end(unavailable);
    const link = this.#link;
    this.#isClosed = true;
    await contain({ entry: "cluster", log: this.#log }, () => link && this.#limit(() => link.close()));
  }

  /** Resolves when all topics of the started modules have been asked for. */
  async ready(): Promise<void> {
    await Promise.all([...this.#topics.keys()].map((name) => this.whenAnswered(name)));
  }

  /** Called when a stream has its first connection of this node. */
  enter(name: string): void {
    const topic = this.#topics.get(name) ?? { users: 0, state: "wanted", waiting: [] };
    this.#topics.set(name, topic);
    topic.users += 1;
    if (topic.state === "wanted") this.#plan();
  }

  /** The topic is left with the next heartbeat, if it is not entered before. */
  leave(name: string): void {
    const topic = this.#topics.get(name);
    if (topic !== undefined) topic.users -= 1;
  }

  /** Resolves when the messages of the topic arrive here, however long the engine is away. Never rejects. */
  async whenLive(name: string): Promise<void> {
    for (;;) {
      const topic = this.#topics.get(name);
      if (topic === undefined || topic.state === "live") return;
      await this.whenAnswered(name);
      if (this.#topics.get(name)?.state !== "live") await this.nextChance();
    }
  }

  /** As `whenLive`, but it does not wait for an engine that cannot be reached: local work goes on. */
  whenAnswered(name: string): Promise<void> {
    const topic = this.#topics.get(name);
    if (topic === undefined || topic.state === "live" || !this.#isConnected) return reached;
    return new Promise((resolve) => topic.waiting.push(resolve));
  }

  /** Resolves at the next heartbeat, or when the engine is back: to try once more what has failed. */
  nextChance(): Promise<void> {
    return new Promise((resolve) => this.#chances.push(resolve));
  }

  /** Stores the entry of a connection at the end of the turn, or removes it. */
  touch(module: string, id: string): void {
    this.#noteChange(module, id);
    this.#plan();
  }

  #noteChange(module: string, id: string): void {
    const ids = this.#changed.get(module) ?? new Set();
    this.#changed.set(module, ids.add(id));
  }

  /** As many as an engine stores within its time limit. */
  #takeChanged(): (readonly [module: string, id: string])[] {
    const taken: (readonly [string, string])[] = [];
    for (const [module, ids] of this.#changed) {
      for (const id of ids) {
        if (taken.length === maxStored) return taken;
        ids.delete(id);
        taken.push([module, id]);
      }
      this.#changed.delete(module);
    }
    return taken;
  }

  /** Runs at the end of the turn, in order. */
  send(run: () => void): void {
    this.#sending.push(run);
    this.#plan();
  }

  /** Publishes a message. @param isAsked whether the other nodes answer with what they have done */
  async publish(
    topic: string,
    header: ClusterHeader,
    { body, isAsked }: { readonly body: string | Buffer; readonly isAsked: boolean },
  ): Promise<RemoteAnswer> {
    return this.attempt(body.length, async () => {
      if (!isAsked) {
        await this.link.publish(topic, encodeClusterMessage(header, body));
        return nothing;
      }
      const ask = this.ask();
      const nodes = await ask.guard(() =>
        this.link.publish(topic, encodeClusterMessage({ ...header, ask: ask.number } as ClusterHeader, body)),
      );
      return ask.expect(nodes);
    });
  }

  /** Runs a push. An engine that cannot be reached is no defect: the answer says it. */
  async attempt(bytes: number, run: () => Promise<RemoteAnswer>): Promise<RemoteAnswer> {
    return (await this.call(bytes, run)) ?? unavailable;
  }

  /** Runs a call of the engine. Resolves with undefined if the engine cannot be reached. Never rejects. */
  async call<T>(bytes: number, run: () => Promise<T>): Promise<T | undefined> {
    if (!this.#isConnected || this.#isClosed || this.#pendingBytes > maxPendingBytes) return undefined;
    this.#pendingBytes += bytes;
    const running = this.#limit(run);
    this.#pending.add(running);
    try {
      return await running;
    } catch (error) {
      this.#noteFailure(error);
      return undefined;
    } finally {
      this.#pending.delete(running);
      this.#pendingBytes -= bytes;
    }
  }

  /** An engine has a time limit of its own. This one is for an engine that does not keep the rules. */
  #limit<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const text = `The engine ${this.#engine.name} has not answered within ${callMs} ms.`;
      const timer = setTimeout(() => reject(new Error(text)), callMs).unref();
      run()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  /** The key of one append, so that a repeated one is stored once. */
  createKey(): string {
    this.#lastKey += 1;
    return `${this.id}.${this.#lastKey}`;
  }

  /** Waits for the answers to one message. */
  ask(): Ask {
    this.#lastAsk += 1;
    const ask = new Ask(this.#lastAsk, () => this.#asks.delete(ask.number));
    this.#asks.set(ask.number, ask);
    return ask;
  }

  answer(node: string, header: ClusterAnswerHeader & { readonly module: string }): void {
    void this.publish(nameNodeTopic(node), { ...header, from: this.id }, { body: "", isAsked: false });
  }

  #receive(topic: string, message: ClusterMessage, place: ClusterPlace | undefined): void {
    contain({ entry: "cluster", log: this.#log }, () => {
      const decoded = place === undefined ? decodeClusterMessage(message) : decodeStored(message);
      if (decoded !== undefined) this.#handle(topic, decoded, place);
    });
  }

  #handle(topic: string, { header, body }: DecodedMessage, place: ClusterPlace | undefined): void {
    if (header.kind === "answer") {
      this.#asks.get(header.ask)?.take(header);
      return;
    }
    if (header.from === this.id) {
      if (header.kind === "push" && header.ask !== undefined) this.#asks.get(header.ask)?.take(nothing);
      if (place === undefined) return;
    }
    this.handlers.get(header.module)?.receive(header, body, place, topic);
  }

  #noteEnded(entries: readonly FoundEntry[]): void {
    for (const entry of entries)
      contain({ entry: "cluster", log: this.#log }, () => this.handlers.get(entry.module)?.ended(entry));
  }

  #setConnected(isConnected: boolean, wasEnded: boolean): void {
    contain({ entry: "cluster", log: this.#log }, () => {
      if (isConnected === this.#isConnected || this.#isClosed) return;
      this.#isConnected = isConnected;
      const fields = { engine: this.#engine.name };
      for (const { waiting } of this.#topics.values()) for (const resolve of waiting.splice(0)) resolve();
      if (!isConnected)
        return this.#log.warn(fields, "cluster lost: pushes reach only the connections of this process");
      this.#log.info(fields, "cluster is back");
      this.#restore();
      if (wasEnded) for (const handler of this.handlers.values()) handler.returned();
    });
  }

  /** Stores and checks everything again: the engine may have lost it. */
  #restore(): void {
    for (const [flag, handler] of this.handlers) {
      for (const id of handler.listConnections()) this.touch(flag, id);
      handler.check();
    }
    this.#giveChance();
    this.#plan();
  }

  async #tick(): Promise<void> {
    await contain({ entry: "cluster", log: this.#log }, async () => {
      if (!this.#isConnected || this.#isBeating) return;
      this.#giveChance();
      this.#isBeating = true;
      await this.#beat();
      this.#isBeating = false;
      this.#leaveUnused();
      for (const handler of this.handlers.values()) handler.check();
      this.#plan();
    });
  }

  async #beat(): Promise<void> {
    try {
      await this.#limit(() => this.link.beat(this.#heartbeatMs));
    } catch (error) {
      this.#noteFailure(error);
      return;
    }
    const nowMs = performance.now();
    const wasSilent = this.#lastBeatMs > 0 && nowMs - this.#lastBeatMs > 2 * this.#heartbeatMs;
    this.#lastBeatMs = nowMs;
    // The others have taken this node for ended, and have removed its entries.
    if (wasSilent) this.#restore();
  }

  #giveChance(): void {
    for (const resolve of this.#chances.splice(0)) resolve();
  }

  #leaveUnused(): void {
    const unused = [...this.#topics].filter(([, { users, state }]) => users <= 0 && state === "live");
    if (unused.length === 0) return;
    const names = unused.map(([name]) => name);
    for (const name of names) {
      this.#topics.delete(name);
      for (const handler of this.handlers.values()) handler.dropped(name);
    }
    this.#limit(() => this.link.unsubscribe(names)).catch((error) => this.#noteFailure(error));
  }

  /** Waits for the end of the turn, also of its promises: who awaits a push asks for answers by then. */
  #plan(): void {
    if (this.#isPlanned || this.#isClosed) return;
    this.#isPlanned = true;
    queueMicrotask(() => process.nextTick(() => this.#flush()));
  }

  #flush(): void {
    this.#isPlanned = false;
    if (this.#isClosed) return;
    contain({ entry: "cluster", log: this.#log }, () => {
      this.#subscribe();
      void this.#store();
      for (const run of this.#sending.splice(0)) run();
    });
  }

  #subscribe(): void {
    const wanted = [...this.#topics].filter(([, { users, state }]) => users > 0 && state === "wanted");
    if (wanted.length === 0 || !this.#isConnected) return;
    for (const [, topic] of wanted) topic.state = "asked";
    const settle = (state: Topic["state"]) => {
      for (const [, topic] of wanted) {
        topic.state = state;
        for (const resolve of topic.waiting.splice(0)) resolve();
      }
    };
    const names = wanted.map(([name]) => name);
    const handlers = [...this.handlers.values()];
    const subscribe = async () => {
      await Promise.all(handlers.map((handler) => handler.prepare(names)));
      await this.link.subscribe(names);
    };
    this.#limit(subscribe).then(
      () => {
        settle("live");
        for (const handler of handlers) handler.entered(names);
      },
      (error) => {
        settle("wanted");
        this.#noteFailure(error);
      },
    );
  }

  /** One call at a time, so that later changes are joined. */
  async #store(): Promise<void> {
    if (this.#isStoring || !this.#isConnected || this.#changed.size === 0) return;
    this.#isStoring = true;
    const changed = this.#takeChanged();
    try {
      const described = changed.map(([module, id]) => ({
        id,
        entry: this.handlers.get(module)?.describe(id),
      }));
      const entries = described.flatMap(({ entry }) => entry ?? []);
      const removed = described.flatMap(({ id, entry }) => (entry === undefined ? [id] : []));
      const storing = this.#limit(() => this.link.store(entries, removed));
      this.#pending.add(storing);
      await storing.finally(() => this.#pending.delete(storing));
    } catch (error) {
      this.#noteFailure(error);
      for (const [module, id] of changed) this.#noteChange(module, id);
      return;
    } finally {
      this.#isStoring = false;
    }
    if (this.#changed.size > 0) this.#plan();
  }

  /** A lost engine is logged once, when it is lost. */
  #noteFailure(error: unknown): void {
    if (this.#isConnected && !this.#isClosed) report({ entry: "cluster", log: this.#log }, error);
  }
}

/** Undefined for a message that leaves a hole in its stream: it is logged when the hole is fetched. */
function decodeStored(message: ClusterMessage): DecodedMessage | undefined {
  try {
    return decodeClusterMessage(message);
  } catch {
    return undefined;
  }
}

/** The answers of the nodes to one message. */
export class Ask {
  readonly number: number;
  readonly #answer: Promise<RemoteAnswer>;
  readonly #timer: NodeJS.Timeout;
  readonly #release: () => void;
  #resolve: (answer: RemoteAnswer) => void = () => {};
  #expected: number | undefined;
  #answers = 0;
  #delivered = 0;
  #gone: string[] = [];

  constructor(number: number, release: () => void) {
    this.number = number;
    this.#release = release;
    this.#answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = setTimeout(() => this.end({ ...this.#sum(), unavailable: true }), answerMs).unref();
  }

  /** Runs the call that sends the message. Its error ends the waiting. */
  async guard<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      this.end(unavailable);
      throw error;
    }
  }

  /** @param nodes the nodes that answer; this one does, too, when it gets its own message */
  expect(nodes: number): Promise<RemoteAnswer> {
    this.#expected = nodes;
    this.#settle();
    return this.#answer;
  }

  take({ delivered, gone }: Pick<RemoteAnswer, "delivered" | "gone">): void {
    this.#answers += 1;
    this.#delivered += delivered;
    this.#gone.push(...gone);
    this.#settle();
  }

  end(answer: RemoteAnswer): void {
    clearTimeout(this.#timer);
    this.#release();
    this.#resolve(answer);
  }

  #settle(): void {
    if (this.#expected !== undefined && this.#answers >= this.#expected) this.end(this.#sum());
  }

  #sum(): RemoteAnswer {
    return { delivered: this.#delivered, gone: this.#gone };
  }
}
