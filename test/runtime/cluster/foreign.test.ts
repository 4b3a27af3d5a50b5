// What another version or another program has put into the engine: it is logged, passed, and stops nothing.
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type ClusterEngine, setEvents, setLogger } from "wsgen-runtime";
import type { TestServer } from "wsgen-runtime/testing";
import { createClient, createResume, type ResumeGap } from "../../../runtime/src/client/index.js";
import { nameTopic } from "../../../runtime/src/cluster/message.js";
import { nameStream } from "../../../runtime/src/connection/registry.js";
import { engines } from "./engines.js";
import { createNodes } from "./nodes.js";

const log = {
  ...{ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), fatal: vi.fn() },
  child: () => log,
};
const logged = () => log.error.mock.calls.map(([{ err }]) => (err as Error).message);
const lobby = nameTopic("test", nameStream("rooms", "lobby"));
const limits = { last: 100 };

describe.each(engines)("over $name", ({ prepare }) => {
  let create: () => ClusterEngine;
  const createCluster = prepare();
  const nodes = createNodes(() => create(), [setEvents({ count: { replay: limits } }), setLogger(log)]);
  const closing: (() => unknown)[] = [];
  beforeEach(() => {
    log.error.mockClear();
    create = createCluster(100);
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    await nodes.close();
  });

  const start = () =>
    nodes.start({
      connect(ctx) {
        ctx.join("lobby");
        ctx.send(ctx.id);
      },
    });
  const roomOf = (server: TestServer) => server.serve.module("test").room("lobby");

  /** Another program at the same engine. */
  async function joinForeign() {
    const link = await create().join({
      id: randomUUID(),
      receive: () => {},
      changed: () => {},
      ended: () => {},
    });
    closing.push(() => link.close());
    const append = (text: string, event = "count") =>
      link.append({ topic: lobby, event }, Buffer.from(text), { limits, key: randomUUID() });
    return { link, append };
  }

  async function follow(server: TestServer) {
    const seen: unknown[] = [];
    const gaps: ResumeGap[] = [];
    const resume = createResume({ onGap: (some) => gaps.push(...some) });
    const url = () => server.url("/test/ws");
    const client = createClient(url, { WebSocket, backOff: { baseMs: 1, maxMs: 5 }, resume });
    client.on("count", (number) => seen.push(number));
    closing.push(() => client.close());
    await expect.poll(() => resume.positions().some(({ stream }) => stream !== undefined)).toBe(true);
    return { seen, gaps, resume };
  }

  test("a state that is no JSON: the connection is a member without a state, and the others are listed", async () => {
    const [one, { link }] = [await start(), await joinForeign()];
    const ann = await nodes.enter(one);
    const entryOf = (id: string, state: string) => ({
      ...{ id, module: "test", route: "/test/ws", remoteAddress: "", connectedAtMs: 1, rooms: ["lobby"] },
      ...{ tags: [], state },
    });
    await link.store([entryOf("a", "{not JSON"), entryOf("b", '{"user":"bob"}')], []);
    const members = async () => {
      await link.beat(60_000);
      const all = (await ann.request("members", { room: "lobby" })) as { id: string; state?: unknown }[];
      return all.filter(({ id }) => id !== ann.id);
    };
    await expect.poll(members).toEqual([{ id: "a" }, { id: "b", state: { user: "bob" } }]);
    expect(logged()[0]).toMatch(/JSON/);
  });

  test.each([
    [
      "of a later version",
      '2{"kind":"push"}\n',
      /^Found a message of version "2" from another node; expected 1/,
    ],
    ["of another program", "GET / HTTP/1.1\r\n\r\n", /^Found a message of version "G"/],
    ["of no byte", "", /^Found a message of version ""/],
    ["whose header is cut off", '1{"kind":\n', /JSON/],
    ["whose data is no JSON", '1{"kind":"push","module":"test","name":"said","isText":true}\n{', /JSON/],
    ["with a null as header", "1null\n", /^Found/],
    [
      "with receivers that are no list",
      '1{"kind":"push","module":"test","name":"said","isText":true,"ids":5}\n1',
      /ids/,
    ],
  ])("a message %s on a topic is logged, and later ones arrive", async (_name, text, message) => {
    const [one, { link }] = [await start(), await joinForeign()];
    const ann = await nodes.enter(one);
    await link.publish(lobby, Buffer.from(text));
    await expect.poll(logged).toEqual([expect.stringMatching(message)]);
    await roomOf(one).emit("said", 1);
    expect(await ann.next()).toEqual({ event: "said", data: 1 });
  });

  describe.each([
    ["of a later version", '2{"kind":"push"}\n', /^Found a message of version "2"/],
    ["of no byte", "", /^Found a message of version ""/],
    ["whose data is no JSON", '1{"kind":"push","module":"test","name":"count","isText":true}\n{', /JSON/],
    [
      "with the name of another event",
      '1{"kind":"push","module":"test","name":"other","isText":true}\n1',
      /^Found a stored message/,
    ],
  ])("a stored message %s", (_name, text, message) => {
    test("is logged once for each process, and a gap for its clients; the stream goes on", async () => {
      const [one, two, { append }] = [await start(), await start(), await joinForeign()];
      const followers = [await follow(one), await follow(two)];
      await roomOf(one).emit("count", 1);
      const { offset } = await append(text);
      expect(offset).toBe(2);
      const gap = { event: "count", stream: expect.any(String), reason: "gone", missed: 1 };
      for (const { gaps } of followers) await expect.poll(() => gaps).toEqual([gap]);
      expect(await roomOf(two).emit("count", 3)).toEqual({ delivered: 2, gone: [] });
      for (const { seen } of followers) await expect.poll(() => seen).toEqual([1, 3]);
      expect(logged()).toEqual(Array(2).fill(expect.stringMatching(message)));
    });

    test("is a gap for a client that comes back, which gets what is behind it", async () => {
      const [one, { append }] = [await start(), await joinForeign()];
      const { seen, resume } = await follow(one);
      await roomOf(one).emit("count", 1);
      await expect.poll(() => seen).toEqual([1]);
      const resumed = resume.positions();
      await append(text);
      await roomOf(one).emit("count", 3);
      await expect.poll(() => seen).toEqual([1, 3]);
      // A process that has seen none of it.
      const two = await start();
      const gaps: ResumeGap[] = [];
      const later: unknown[] = [];
      const back = createResume({ positions: resumed, onGap: (some) => gaps.push(...some) });
      const client = createClient(() => two.url("/test/ws"), { WebSocket, resume: back });
      closing.push(() => client.close());
      client.on("count", (number) => later.push(number));
      await expect.poll(() => later).toEqual([3]);
      expect(gaps).toMatchObject([{ event: "count", reason: "gone", missed: 1 }]);
      expect(logged()).toHaveLength(2);
    });
  });
});
