// Replayed events in a cluster: every client gets each event once and in order, at any process, or a notice of a gap.
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type PushResult, setEvents } from "wsgen-runtime";
import type { TestServer } from "wsgen-runtime/testing";
import { createClient, createResume, type ResumeGap } from "../../../runtime/src/client/index.js";
import { createRandom } from "../client/random.js";
import { nextTurn } from "../support/sockets.js";
import { engines } from "./engines.js";
import { createNodes } from "./nodes.js";
import { type RoughEngine, roughen } from "./rough-engine.js";

describe.each(engines)("over $name", ({ prepare }) => {
  let engine: RoughEngine;
  const createCluster = prepare();
  const replay = { last: 5_000 };
  const nodes = createNodes(() => engine, [setEvents({ count: { replay }, few: { replay: { last: 3 } } })]);
  const clients: { close(): unknown }[] = [];
  beforeEach(() => {
    engine = roughen(createCluster(250)());
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await nodes.close();
  });

  const lobby = { connect: (ctx: { join(room: string): void }) => ctx.join("lobby") };

  /** A generated client's core, which comes back at the server that `pick` returns. */
  function follow(pick: () => TestServer, event = "count") {
    const seen: number[] = [];
    const gaps: ResumeGap[] = [];
    const sockets: WebSocket[] = [];
    class CutSocket extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const resume = createResume({ onGap: (some) => gaps.push(...some) });
    const client = createClient(() => pick().url("/test/ws"), {
      WebSocket: CutSocket,
      backOff: { baseMs: 1, maxMs: 5 },
      resume,
    });
    client.on(event, (number) => seen.push(number as number));
    clients.push(client);
    /** Resolves when the server has told the client where the room's stream is: from then on it misses nothing. */
    const opened = async () => {
      const known = () =>
        resume.positions().some((each) => each.event === event && each.stream !== undefined);
      await expect.poll(known).toBe(true);
    };
    return { client, seen, gaps, opened, cut: () => sockets.at(-1)?.terminate() };
  }

  const roomOf = (server: TestServer) => server.serve.module("test").room("lobby");
  const upTo = (number: number) => Array.from({ length: number }, (_each, index) => index + 1);

  test("a client that comes back at another process gets what it missed", async () => {
    const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
    let at = one;
    const ann = follow(() => at);
    await ann.opened();
    expect(await roomOf(two).emit("count", 1)).toEqual({ delivered: 1, gone: [] });
    await expect.poll(() => ann.seen).toEqual([1]);
    at = two;
    ann.cut();
    expect(await roomOf(one).emit("count", 2)).toMatchObject({ gone: [] });
    expect(await roomOf(two).emit("count", 3)).toMatchObject({ gone: [] });
    await expect.poll(() => ann.seen).toEqual([1, 2, 3]);
    expect(ann.gaps).toEqual([]);
  });

  test("a client that comes while a new stream is looked up misses nothing, and gets no notice of a gap", async () => {
    const inner = engine;
    engine = Object.assign(Object.create(inner) as RoughEngine, {
      async join(node: Parameters<RoughEngine["join"]>[0]) {
        const link = await inner.join(node);
        const positions: typeof link.positions = async (streams) => {
          const answer = await link.positions(streams);
          await pause(50);
          return answer;
        };
        return new Proxy(link, {
          get: (target, name: keyof typeof link) => (name === "positions" ? positions : target[name]),
        });
      },
    });
    const one = await nodes.start(lobby);
    const ann = follow(() => one);
    await ann.opened();
    await roomOf(one).emit("count", 1);
    await expect.poll(() => ann.seen).toEqual([1]);
    expect(ann.gaps).toEqual([]);
  });

  test("events that several processes append at once have one order for all clients", async () => {
    const servers = [await nodes.start(lobby), await nodes.start(lobby), await nodes.start(lobby)];
    const followers = servers.map((server) => follow(() => server));
    for (const each of followers) await each.opened();
    const results = await Promise.all(
      upTo(60).map((number) => roomOf(servers[number % 3] as TestServer).emit("count", number)),
    );
    expect(results).toEqual(upTo(60).map(() => ({ delivered: 3, gone: [] })));
    await expect.poll(() => followers.map(({ seen }) => seen.length)).toEqual([60, 60, 60]);
    const [first, second, third] = followers.map(({ seen }) => seen);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect([...(first ?? [])].sort((one, other) => one - other)).toEqual(upTo(60));
  });

  test("lost, doubled and late messages: each event once and in order, while clients are cut and change the process", async () => {
    const servers = [await nodes.start(lobby), await nodes.start(lobby), await nodes.start(lobby)];
    const random = createRandom(11);
    const pick = () => servers[Math.floor(random() * servers.length)] as TestServer;
    const followers = [follow(pick), follow(pick), follow(pick), follow(pick)];
    for (const each of followers) await each.opened();
    engine.onMessage = (deliver, place) => {
      if (place === undefined) return deliver();
      const chance = random();
      if (chance < 0.2) return;
      deliver();
      if (chance < 0.4) deliver();
      if (chance < 0.5) setTimeout(deliver, 3);
    };
    const results: PushResult[] = [];
    for (let number = 1; number <= 300; number++) {
      results.push(roomOf(pick()).emit("count", number));
      for (const each of followers) if (random() < 0.05) each.cut();
      if (random() < 0.3) await nextTurn();
    }
    const outcomes = await Promise.all(results);
    // What a busy machine could not store in time.
    const refused = outcomes.flatMap(({ unavailable }, index) => (unavailable ? [index + 1] : []));
    const stored = upTo(300).filter((number) => !refused.includes(number));
    const [first] = followers;
    for (const each of followers) {
      await expect
        .poll(() => stored.every((number) => each.seen.includes(number)), { timeout: 10_000 })
        .toBe(true);
      await expect.poll(() => each.seen).toEqual(first?.seen);
      expect(new Set(each.seen).size).toBe(each.seen.length);
    }
    expect(followers.flatMap(({ gaps }) => gaps)).toEqual([]);
  });

  test("a lost message is fetched with the next heartbeat, without another event", async () => {
    const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
    const ann = follow(() => one);
    await ann.opened();
    await roomOf(two).emit("count", 1);
    await expect.poll(() => ann.seen).toEqual([1]);
    engine.onMessage = () => {};
    roomOf(two).emit("count", 2);
    await expect.poll(() => ann.seen).toEqual([1, 2]);
  });

  test("events that are no longer kept are a gap, with a notice for the client", async () => {
    const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
    let at = one;
    const ann = follow(() => at, "few");
    await ann.opened();
    await roomOf(two).emit("few", 1);
    await expect.poll(() => ann.seen).toEqual([1]);
    at = two;
    ann.cut();
    for (let number = 2; number <= 9; number++) await roomOf(one).emit("few", number);
    await expect.poll(() => ann.seen.at(-1)).toBe(9);
    await expect.poll(() => ann.gaps.length + ann.seen.length).toBeGreaterThanOrEqual(5);
  });

  test("a stored event is no failure if a process does not answer", async () => {
    const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
    const [ann, bob] = [follow(() => one), follow(() => two)];
    for (const each of [ann, bob]) await each.opened();
    engine.onMessage = (deliver, place) => {
      if (place !== undefined) deliver();
    };
    expect(await roomOf(one).emit("count", 1)).toEqual({ delivered: 1, gone: [] });
    await expect.poll(() => [ann.seen, bob.seen]).toEqual([[1], [1]]);
  });

  describe("an engine that is away", () => {
    test("a replayed event goes to no client and says so; others reach this process", async () => {
      const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
      const [ann, bob] = [follow(() => one), follow(() => two)];
      for (const each of [ann, bob]) await each.opened();
      engine.lose();
      expect(await roomOf(one).emit("count", 1)).toEqual({ delivered: 0, gone: [], unavailable: true });
      expect(await roomOf(one).emit("other", 1)).toEqual({ delivered: 1, gone: [], unavailable: true });
      engine.find();
      await expect.poll(async () => roomOf(one).emit("other", 2)).toEqual({ delivered: 2, gone: [] });
      await roomOf(one).emit("count", 3);
      await expect.poll(() => [ann.seen, bob.seen]).toEqual([[3], [3]]);
    });

    test("a client that comes meanwhile waits for its history, and gets it when the engine is back", async () => {
      const [one, two] = [await nodes.start(lobby), await nodes.start(lobby)];
      let at = one;
      const ann = follow(() => at);
      await ann.opened();
      await roomOf(one).emit("count", 1);
      await expect.poll(() => ann.seen).toEqual([1]);
      await roomOf(two).emit("count", 2);
      await expect.poll(() => ann.seen).toEqual([1, 2]);
      engine.lose();
      at = two;
      ann.cut();
      await expect.poll(() => two.serve.module("test").stats().connections).toBe(1);
      engine.find();
      await roomOf(one).emit("count", 3);
      await expect.poll(() => ann.seen).toEqual([1, 2, 3]);
      expect(ann.gaps).toEqual([]);
    });

    test("the probe says degraded, and the process stays ready", async () => {
      const one = await nodes.start(lobby);
      const probe = () => fetch(`http://127.0.0.1:${one.serve.ports[0]}/readyz`);
      expect(await (await probe()).json()).toEqual({ status: "ready" });
      engine.lose();
      const degraded = await probe();
      expect(degraded.status).toBe(200);
      expect(await degraded.json()).toEqual({ status: "degraded" });
    });
  });
});
