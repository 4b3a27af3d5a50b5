import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type {
  ClusterEngine,
  ClusterEntry,
  ClusterLink,
  ClusterPlace,
  ClusterStream,
} from "../config/cluster.js";

/** One rule of `ClusterEngine`. */
export interface ClusterCase {
  readonly name: string;
  /** Rejects if the engine breaks the rule. */
  run(): Promise<void>;
}

/** What a node has got. */
interface Received {
  readonly topic: string;
  readonly message: string;
  readonly place: ClusterPlace | undefined;
}

class Nodes {
  readonly engine: ClusterEngine;
  readonly links: ClusterLink[] = [];

  constructor(engine: ClusterEngine) {
    this.engine = engine;
  }

  async join(id: string = randomUUID()) {
    const received: Received[] = [];
    const states: (boolean | "ended")[] = [];
    const ended: string[] = [];
    const link = await this.engine.join({
      id,
      receive: (topic, message, place) =>
        received.push({ topic, message: message.toString("latin1"), place }),
      changed: (isConnected, wasEnded) => states.push(wasEnded === true ? "ended" : isConnected),
      ended: (entries) => ended.push(...entries.map((entry) => entry.id)),
    });
    this.links.push(link);
    await link.beat(heartbeatMs);
    /** Waits for so many messages, and a little longer for one too many. */
    const wait = async (count: number) => {
      for (let turn = 0; turn < 400 && received.length < count; turn += 1) await setTimeout(5);
      await setTimeout(30);
      return received;
    };
    return { id, link, received, states, ended, wait };
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close().catch(() => {})));
  }
}

const heartbeatMs = 1_000;
const limits = { last: 5 };
const names = [
  "room:a b",
  "room:{x}",
  "room:}{",
  "room:日本",
  "room:__proto__",
  "room:a\nb",
  "tag:*?[x]",
  "room:\ud800",
];

const unique = (name: string): string => `conformance-${randomUUID()}/${name}`;
const streamOf = (name = "all", event = "e"): ClusterStream => ({ topic: unique(name), event });
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const allBytes = Buffer.from(Uint8Array.from({ length: 256 }, (_each, index) => index));
const newKey = (): { limits: typeof limits; key: string } => ({ limits, key: randomUUID() });

const entryOf = (module: string, more: Partial<ClusterEntry> = {}): ClusterEntry => ({
  ...{ id: randomUUID(), module, route: "/x/ws", remoteAddress: "127.0.0.1", connectedAtMs: 1_000 },
  ...{ rooms: [], tags: [], ...more },
});

const rules: Readonly<Record<string, (nodes: Nodes) => Promise<void>>> = {
  async "a message reaches all nodes of its topic, the own one included, and publish counts them"(nodes) {
    const [one, two, three] = [await nodes.join(), await nodes.join(), await nodes.join()];
    const [topic, other] = [unique("all"), unique("all")];
    await one.link.subscribe([topic]);
    await two.link.subscribe([topic, other]);
    strictEqual(await one.link.publish(topic, bytes("a")), 2);
    strictEqual(await three.link.publish(other, bytes("b")), 1);
    strictEqual(await three.link.publish(unique("none"), bytes("c")), 0);
    deepStrictEqual(await one.wait(1), [{ topic, message: "a", place: undefined }]);
    // Two nodes to two topics: in any order.
    const got = (await two.wait(2)).map(({ message }) => message);
    deepStrictEqual(got.sort(), ["a", "b"]);
    deepStrictEqual(await three.wait(0), []);
  },
  async "the messages of a node to a topic arrive in order"(nodes) {
    const [one, two] = [await nodes.join(), await nodes.join()];
    const topic = unique("all");
    await two.link.subscribe([topic]);
    const sent = Array.from({ length: 200 }, (_each, index) => String(index));
    await Promise.all(sent.map((text) => one.link.publish(topic, bytes(text))));
    deepStrictEqual(
      (await two.wait(200)).map(({ message }) => message),
      sent,
    );
  },
  async "an unsubscribed topic brings nothing, and can be subscribed again"(nodes) {
    const { link, wait } = await nodes.join();
    const [topic, kept] = [unique("all"), unique("all")];
    await link.subscribe([topic, kept]);
    await link.unsubscribe([topic]);
    strictEqual(await link.publish(topic, bytes("lost")), 0);
    await link.subscribe([topic]);
    await link.publish(topic, bytes("b"));
    await link.publish(kept, bytes("c"));
    deepStrictEqual((await wait(2)).map(({ message }) => message).sort(), ["b", "c"]);
  },
  async "a topic that is left and entered at once brings its messages"(nodes) {
    const { link, wait } = await nodes.join();
    const topic = unique("all");
    await link.subscribe([topic]);
    const left = link.unsubscribe([topic]);
    await link.subscribe([topic]);
    await left;
    strictEqual(await link.publish(topic, bytes("a")), 1);
    strictEqual((await wait(1)).length, 1);
  },
  async "names of topics, events, rooms and tags may have any character, and messages any byte"(nodes) {
    const { link, received, wait } = await nodes.join();
    for (const name of names) {
      const stream = streamOf(name, name);
      await link.subscribe([stream.topic]);
      await link.publish(stream.topic, allBytes);
      await link.append(stream, allBytes, newKey());
      const entry = entryOf(unique(""), { rooms: [name], tags: [name], state: JSON.stringify({ name }) });
      await link.store([entry], []);
      deepStrictEqual((await link.list({ module: entry.module, room: name, limit: 5 })).entries.length, 1);
      deepStrictEqual((await link.list({ module: entry.module, tag: name, limit: 5 })).entries.length, 1);
      const { messages } = await link.history(stream, limits);
      deepStrictEqual(messages, [allBytes]);
    }
    await wait(names.length * 2);
    strictEqual(received.length, names.length * 2);
    for (const { message, place } of received) {
      strictEqual(message, allBytes.toString("latin1"));
      if (place !== undefined) ok(names.includes(place.event));
    }
  },
  async "a message may have a mebibyte"(nodes) {
    const { link, wait } = await nodes.join();
    const topic = unique("all");
    await link.subscribe([topic]);
    await link.publish(topic, Buffer.alloc(2 ** 20, 7));
    const [received] = await wait(1);
    strictEqual(received?.message.length, 2 ** 20);
  },
  async "append gives each stream the offsets 1, 2, 3 … of one epoch, and publishes with the place"(nodes) {
    const { link, wait } = await nodes.join();
    const stream = streamOf();
    await link.subscribe([stream.topic]);
    const places = [];
    for (const text of ["a", "b", "c"]) places.push(await link.append(stream, bytes(text), newKey()));
    deepStrictEqual(
      places.map(({ offset, nodes: count }) => [offset, count]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
    const epoch = places[0]?.epoch ?? "";
    deepStrictEqual(
      (await wait(3)).map(({ message, place }) => [message, place]),
      ["a", "b", "c"].map((text, index) => [text, { epoch, offset: index + 1, event: "e" }]),
    );
    strictEqual((await link.append(streamOf(), bytes("x"), newKey())).offset, 1);
    strictEqual((await link.append({ ...stream, event: "other" }, bytes("x"), newKey())).offset, 1);
  },
  async "appends of several nodes at once have offsets without a hole"(nodes) {
    const all = [await nodes.join(), await nodes.join(), await nodes.join()];
    const stream = streamOf();
    const places = await Promise.all(
      Array.from({ length: 90 }, (_each, index) =>
        all[index % 3]?.link.append(stream, bytes(`${index}`), newKey()),
      ),
    );
    const offsets = places.map((place) => place?.offset ?? 0).sort((left, right) => left - right);
    deepStrictEqual(
      offsets,
      offsets.map((_each, index) => index + 1),
    );
    strictEqual(new Set(places.map((place) => place?.epoch)).size, 1);
  },
  async "a second append with the same key stores and publishes nothing, and has the first place"(nodes) {
    const { link, wait } = await nodes.join();
    const stream = streamOf();
    await link.subscribe([stream.topic]);
    const options = newKey();
    const first = await link.append(stream, bytes("a"), options);
    const second = await link.append(stream, bytes("a"), options);
    deepStrictEqual([second.epoch, second.offset], [first.epoch, first.offset]);
    deepStrictEqual((await link.history(stream, limits)).newest, 1);
    const other = { ...stream, event: "other" };
    strictEqual((await link.append(other, bytes("b"), options)).epoch === first.epoch, false);
    strictEqual((await wait(2)).length, 2);
  },
  async "history has the newest messages, or those behind a position of the same epoch"(nodes) {
    const { link } = await nodes.join();
    const stream = streamOf();
    for (const text of ["1", "2", "3", "4", "5", "6", "7"]) await link.append(stream, bytes(text), newKey());
    const read = async (after?: { epoch: string; offset: number }) => {
      const { newest, messages } = await link.history(stream, limits, after);
      return [newest, messages.map(String).join("")];
    };
    const { epoch } = await link.history(stream, limits);
    deepStrictEqual(await read(), [7, "34567"]);
    deepStrictEqual(await read({ epoch, offset: 5 }), [7, "67"]);
    deepStrictEqual(await read({ epoch, offset: 7 }), [7, ""]);
    deepStrictEqual(await read({ epoch, offset: 0 }), [7, "34567"]);
    deepStrictEqual(await read({ epoch: "another", offset: 6 }), [7, "34567"]);
    deepStrictEqual((await link.history(stream, { last: 2 })).messages.map(String), ["6", "7"]);
  },
  async "history leaves out messages that are older than forSeconds"(nodes) {
    const { link } = await nodes.join();
    const stream = streamOf();
    const short = { last: 5, forSeconds: 0.3 };
    await link.append(stream, bytes("old"), { limits: short, key: randomUUID() });
    await setTimeout(400);
    await link.append(stream, bytes("new"), { limits: short, key: randomUUID() });
    const { newest, messages } = await link.history(stream, short);
    deepStrictEqual([newest, messages.map(String)], [2, ["new"]]);
  },
  async "an unknown stream has no messages, and the epoch of its first one"(nodes) {
    const { link } = await nodes.join();
    const stream = streamOf();
    deepStrictEqual(await link.positions([stream]), [undefined]);
    const { epoch, newest, messages } = await link.history(stream, limits);
    deepStrictEqual([newest, messages], [0, []]);
    strictEqual((await link.append(stream, bytes("a"), newKey())).epoch, epoch);
    deepStrictEqual(await link.positions([streamOf(), stream]), [undefined, { epoch, offset: 1 }]);
  },
  async "stored entries are found and listed by module, room and tag, replaced and removed"(nodes) {
    const [one, two] = [await nodes.join(), await nodes.join()];
    const module = unique("");
    const ann = entryOf(module, { connectedAtMs: 2, rooms: ["r"], state: '{"user":"ann"}' });
    const bob = entryOf(module, { connectedAtMs: 1, rooms: ["r", "s"], tags: ["t"] });
    await one.link.store([ann, entryOf(unique(""))], []);
    await two.link.store([bob], []);
    await one.link.beat(heartbeatMs);
    await two.link.beat(heartbeatMs);
    const ids = async (more: object) =>
      (await one.link.list({ module, limit: 10, ...more })).entries.map(({ id }) => id);
    deepStrictEqual(await ids({}), [bob.id, ann.id]);
    deepStrictEqual(await ids({ room: "r" }), [bob.id, ann.id]);
    deepStrictEqual(await ids({ room: "s" }), [bob.id]);
    deepStrictEqual(await ids({ tag: "t" }), [bob.id]);
    deepStrictEqual(await ids({ tag: "none" }), []);
    const found = await two.link.find([ann.id, "unknown"]);
    strictEqual(found.length, 1);
    deepStrictEqual([found[0]?.node, found[0]?.state, found[0]?.rooms], [one.id, ann.state, ["r"]]);
    await one.link.store([{ ...ann, rooms: ["s"] }], []);
    deepStrictEqual(await ids({ room: "r" }), [bob.id]);
    deepStrictEqual(await ids({ room: "s" }), [bob.id, ann.id]);
    await two.link.store([], [bob.id]);
    deepStrictEqual(await ids({}), [ann.id]);
    deepStrictEqual(await one.link.find([bob.id]), []);
  },
  async "pages lose and repeat no entry while others come and go"(nodes) {
    const { link } = await nodes.join();
    const module = unique("");
    const entries = Array.from({ length: 25 }, (_each, index) => entryOf(module, { connectedAtMs: index }));
    await link.store(entries, []);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await link.list({ module, after, limit: 10 });
      seen.push(...page.entries.map(({ id }) => id));
      after = page.next;
      await link.store([entryOf(module, { connectedAtMs: 0 })], [entries[0]?.id ?? ""]);
    } while (after !== undefined);
    deepStrictEqual(
      seen.filter((id) => entries.some((entry) => entry.id === id)),
      entries.map(({ id }) => id),
    );
  },
  async "the entries of a silent node are gone after two heartbeats, and those of a closed one at once"(
    nodes,
  ) {
    const [one, silent, closed] = [await nodes.join(), await nodes.join(), await nodes.join()];
    const module = unique("");
    const lost = entryOf(module);
    await silent.link.store([lost], []);
    await closed.link.store([entryOf(module)], []);
    await one.link.store([entryOf(module)], []);
    await one.link.beat(heartbeatMs);
    strictEqual((await one.link.list({ module, limit: 10 })).entries.length, 3);
    await closed.link.close();
    await one.link.beat(heartbeatMs);
    await silent.link.beat(heartbeatMs);
    strictEqual((await one.link.list({ module, limit: 10 })).entries.length, 2);
    for (let beat = 0; beat < 5; beat += 1) {
      await setTimeout(heartbeatMs / 2);
      await one.link.beat(heartbeatMs);
    }
    strictEqual((await one.link.list({ module, limit: 10 })).entries.length, 1);
    ok(!(await one.link.beat(heartbeatMs)).includes(silent.id));
    await one.wait(0);
    deepStrictEqual([one.ended, closed.ended], [[lost.id], []]);
  },
  async "a node that lives again learns that its entries are lost, and keeps those that it stores then"(
    nodes,
  ) {
    const [one, paused] = [await nodes.join(), await nodes.join()];
    const module = unique("");
    const entry = entryOf(module);
    const count = async () => (await one.link.list({ module, limit: 10 })).entries.length;
    await paused.link.store([entry], []);
    strictEqual(await count(), 1);
    for (let beat = 0; beat < 6; beat += 1) {
      await setTimeout(heartbeatMs / 2);
      await one.link.beat(heartbeatMs);
    }
    strictEqual(await count(), 0);
    deepStrictEqual(one.ended, [entry.id]);
    await paused.link.beat(heartbeatMs);
    deepStrictEqual(paused.states, [false, "ended"]);
    await paused.link.store([entry], []);
    for (let beat = 0; beat < 4; beat += 1) {
      strictEqual(await count(), 1);
      ok((await one.link.beat(heartbeatMs)).includes(paused.id));
      await setTimeout(heartbeatMs / 2);
      await paused.link.beat(heartbeatMs);
    }
  },
  async "a node may have thousands of entries, and none is left when it closes"(nodes) {
    const [one, many] = [await nodes.join(), await nodes.join()];
    const module = unique("");
    const entries = Array.from({ length: 2_500 }, () => entryOf(module, { rooms: ["r"] }));
    await many.link.store(entries, []);
    await many.link.beat(heartbeatMs);
    strictEqual((await one.link.list({ module, room: "r", limit: 1_000 })).entries.length, 1_000);
    strictEqual((await one.link.find(entries.map(({ id }) => id))).length, 2_500);
    await many.link.close();
    deepStrictEqual((await one.link.list({ module, limit: 1_000 })).entries, []);
    deepStrictEqual(await one.link.find([entries.at(-1)?.id ?? ""]), []);
  },
  async "the secret is the same for all nodes"(nodes) {
    const secrets = await Promise.all([1, 2, 3].map(async () => (await nodes.join()).link.secret()));
    strictEqual(new Set(secrets).size, 1);
    ok((secrets[0]?.length ?? 0) >= 32);
  },
  async "a closed link publishes nothing"(nodes) {
    const { link } = await nodes.join();
    await link.close();
    await rejects(async () => link.publish(unique("all"), bytes("late")));
  },
};

/**
 * The rules that an engine of a cluster must keep, for any test runner. Each case gets an engine of its own from `create`, which
 * may be the same one each time.
 * @example for (const { name, run } of listClusterCases(() => myEngine())) test(name, run);
 */
export const listClusterCases = (create: () => ClusterEngine): readonly ClusterCase[] =>
  Object.entries(rules).map(([name, check]) => ({
    name,
    async run() {
      const nodes = new Nodes(create());
      try {
        await check(nodes);
      } finally {
        await nodes.close();
      }
    },
  }));
