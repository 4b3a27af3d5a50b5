import type { ClusterEntry, EntryPage, EntryQuery, FoundEntry } from "../../config/cluster.js";
import type { RedisConnection } from "./connection.js";
import { readName, writeName } from "./names.js";
import { beat, forget, list, silent, store, sweep } from "./scripts.js";

/** The most connections that one script stores, removes or reads: about 5 ms in which Redis does nothing else. */
const chunkSize = 100;
/** How long a swept node is remembered: what it has sent before its end must not come later. In milliseconds. */
const memoryMs = 60_000;

interface DirectoryOptions {
  readonly redis: RedisConnection;
  readonly node: string;
  readonly prefix: string;
  readonly ended: EndedHandler;
}

/** Called with the removed entries of a node that was silent. */
type EndedHandler = (entries: readonly FoundEntry[]) => void;

/** The connections of all nodes. Those of a node are stored under its name, which is a new one after each silence. */
export class RedisDirectory {
  readonly #redis: RedisConnection;
  readonly #node: string;
  readonly #prefix: string;
  readonly #ended: EndedHandler;
  readonly #nodeKeys: readonly [nodes: string, sweeps: string];
  /** The module of each own entry. */
  readonly #modules = new Map<string, string>();
  #run = 0;
  #isKnown = false;
  #silenceMs = 0;
  #lastBeatMs = 0;

  constructor({ redis, node, prefix, ended }: DirectoryOptions) {
    this.#ended = ended;
    this.#redis = redis;
    this.#node = node;
    this.#prefix = prefix;
    this.#nodeKeys = [`{${prefix}:nodes}`, `{${prefix}:nodes}:sweeps`];
  }

  /** @returns the living nodes, and whether this node was taken for ended: then its entries must be stored again */
  async beat(heartbeatMs: number): Promise<{ readonly living: string[]; readonly isNew: boolean }> {
    this.#silenceMs = 2 * heartbeatMs;
    const args = [this.#name(), this.#name(1), String(this.#silenceMs), this.#isKnown ? "1" : "0"];
    const answer = await this.#redis.run<[Buffer, Buffer[], Buffer[]]>(beat, this.#nodeKeys, args);
    const [name, living, claimed] = answer;
    const isNew = name.toString() !== this.#name();
    if (isNew) this.#run += 1;
    this.#isKnown = true;
    this.#lastBeatMs = performance.now();
    // In the background: a node with many connections takes longer than a heartbeat. What fails is swept later.
    for (const each of claimed) this.#end(each.toString(), memoryMs, this.#ended).catch(() => {});
    return { living: [...new Set(living.map((each) => readNode(each.toString())))], isNew };
  }

  /** True if the other nodes may have taken this one for ended. */
  get isLate(): boolean {
    return this.#isKnown && performance.now() - this.#lastBeatMs > this.#silenceMs;
  }

  /** Beats as before. @returns whether this node was taken for ended */
  async beatAgain(): Promise<boolean> {
    return this.#isKnown && (await this.beat(this.#silenceMs / 2)).isNew;
  }

  async store(entries: readonly ClusterEntry[], removed: readonly string[]): Promise<void> {
    const changes = new Map<string, Changes>();
    const open = (module: string) => {
      const known = changes.get(module) ?? { entries: [], removed: [] };
      changes.set(module, known);
      return known;
    };
    for (const entry of entries) {
      this.#modules.set(entry.id, entry.module);
      open(entry.module).entries.push(entry);
    }
    for (const id of removed) {
      const module = this.#modules.get(id);
      this.#modules.delete(id);
      if (module !== undefined) open(module).removed.push(id);
    }
    if (changes.size === 0) return;
    const modules = [...changes.keys()].map(writeName);
    await Promise.all([
      this.#redis.send(this.#modulesKey, ["SADD", this.#modulesKey, ...modules]),
      ...[...changes].map(([module, change]) => this.#change(module, change)),
    ]);
  }

  /** One chunk after the other, so that Redis and its queue serve others as well. */
  async #change(module: string, { entries, removed }: Changes): Promise<void> {
    const keys = [this.#key(writeName(module))];
    const written = removed.map(writeName);
    for (const ids of chunk(written)) await this.#redis.run(store, keys, [String(ids.length), ...ids]);
    for (const some of chunk(entries)) {
      const args = some.flatMap((entry) => [writeName(entry.id), writeEntry(entry, this.#name())]);
      await this.#redis.run(store, keys, ["0", ...args]);
    }
  }

  async find(ids: readonly string[]): Promise<readonly FoundEntry[]> {
    if (ids.length === 0) return [];
    const [modules, ended] = await Promise.all([this.#listModules(), this.#silent()]);
    const chunks = chunk(ids.map(writeName));
    const found = await Promise.all(
      modules.flatMap((module) => {
        const key = `${this.#key(module)}:c`;
        return chunks.map((some) => this.#redis.send<(Buffer | null)[]>(key, ["HMGET", key, ...some]));
      }),
    );
    return readEntries(found.flat(), ended);
  }

  async list({ module, room, tag, after = "", limit }: EntryQuery): Promise<EntryPage> {
    const args = [nameList(room, tag), after, String(limit)];
    const keys = [this.#key(writeName(module))];
    const [[entries, next], ended] = await Promise.all([
      this.#redis.run<[Buffer[], Buffer]>(list, keys, args),
      this.#silent(),
    ]);
    return { entries: readEntries(entries, ended), next: next.length > 0 ? next.toString() : undefined };
  }

  /** Ends this node: for all others at once, also if it has more entries than one script removes. */
  async leave(): Promise<void> {
    const name = this.#name();
    await this.#redis.send(this.#nodeKeys[0], ["ZADD", this.#nodeKeys[0], "0", name]);
    // Its connections have said themselves that they ended.
    await this.#end(name, 0, () => {});
  }

  /** Removes the entries of a node that has ended. */
  async #end(name: string, ageMs: number, ended: EndedHandler): Promise<void> {
    const modules = await this.#listModules();
    await Promise.all(modules.map((module) => this.#sweep(this.#key(module), name, ended)));
    await this.#redis.run(forget, this.#nodeKeys, [name, String(ageMs)]);
  }

  async #sweep(key: string, name: string, ended: EndedHandler): Promise<void> {
    for (let left = 1, removed: Buffer[]; left > 0; ) {
      [left, removed] = await this.#redis.run<[number, Buffer[]]>(sweep, [key], [name, String(chunkSize)]);
      if (removed.length > 0) ended(readEntries(removed, new Set()));
    }
  }

  async #silent(): Promise<ReadonlySet<string>> {
    const names = await this.#redis.run<Buffer[]>(silent, [this.#nodeKeys[0]], [String(this.#silenceMs)]);
    return new Set(names.map(String));
  }

  async #listModules(): Promise<string[]> {
    const names = await this.#redis.send<Buffer[]>(this.#modulesKey, ["SMEMBERS", this.#modulesKey]);
    return [...names].map(String);
  }

  get #modulesKey(): string {
    return `${this.#prefix}:modules`;
  }

  /** @param module as it is written */
  #key(module: string): string {
    return `{${this.#prefix}:directory:${module}}`;
  }

  #name(more = 0): string {
    return `${this.#run + more} ${writeName(this.#node)}`;
  }
}

interface Changes {
  readonly entries: ClusterEntry[];
  readonly removed: string[];
}

const readNode = (name: string): string => readName(name.slice(name.indexOf(" ") + 1));

const nameList = (room: string | undefined, tag: string | undefined): string => {
  if (room !== undefined) return `r:${writeName(room)}`;
  return tag !== undefined ? `t:${writeName(tag)}` : "o";
};

function writeEntry(entry: ClusterEntry, node: string): string {
  const rooms = entry.rooms.map((room) => nameList(room, undefined));
  const tags = entry.tags.map((tag) => nameList(undefined, tag));
  const cursor = `${String(entry.connectedAtMs).padStart(16, "0")} ${writeName(entry.id)}`;
  const head = JSON.stringify({ cursor, node, lists: ["o", ...rooms, ...tags] });
  return `${head}\n${JSON.stringify(entry)}`;
}

function readEntries(texts: readonly (Buffer | null)[], ended: ReadonlySet<string>): FoundEntry[] {
  return texts.flatMap((text) => {
    if (text === null || text.length === 0) return [];
    const end = text.indexOf("\n");
    const { node } = JSON.parse(text.subarray(0, end).toString()) as { node: string };
    if (ended.has(node)) return [];
    return [{ ...(JSON.parse(text.subarray(end + 1).toString()) as ClusterEntry), node: readNode(node) }];
  });
}

function chunk<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += chunkSize)
    chunks.push(items.slice(start, start + chunkSize));
  return chunks;
}
