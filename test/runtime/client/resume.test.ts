import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  type Client,
  createClient,
  createResume,
  type Resume,
  type ResumeGap,
  type ResumeHost,
  type ResumeOptions,
  type ResumePosition,
} from "../../../runtime/src/client/index.js";
import { startChaosProxy } from "./chaos-proxy.js";
import { createRandom } from "./random.js";
import { inState, reached } from "./reached.js";
import { ResumeServer } from "./resume-server.js";
import { createTestClock } from "./test-clock.js";

let server: ResumeServer;
const cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  server = await ResumeServer.start();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await server.close();
});

interface Listening {
  readonly client: Client;
  readonly resume: Resume;
  /** Data of events, and gaps, in the order in which they were told. */
  readonly seen: unknown[];
  readonly gaps: ResumeGap[];
}

async function listen(options: ResumeOptions = {}, url: string = server.url): Promise<Listening> {
  const seen: unknown[] = [];
  const gaps: ResumeGap[] = [];
  const resume = createResume({
    onGap: (some) => {
      gaps.push(...some);
      for (const { reason, missed } of some) seen.push(missed === undefined ? reason : `${reason} ${missed}`);
    },
    ...options,
  });
  const client = createClient(url, {
    WebSocket,
    resume,
    backOff: { baseMs: 1, maxMs: 20 },
    idleTimeoutMs: 500,
  });
  client.on("news", (data) => seen.push(data));
  client.on("message", (data) => seen.push(data));
  cleanups.push(client.close);
  await inState(client, "open");
  return { client, resume, seen, gaps };
}

/** A position in the event message, of the epoch e1 unless the other members say otherwise. */
const at = (offset: number, others: object = {}): ResumePosition => ({
  ...{ event: "message", epoch: "e1", ...others },
  offset,
});

/** A client's resume without its connection: what comes, and gaps and the offsets of events in the order of their calls. */
function hear(options: ResumeOptions) {
  const seen: unknown[] = [];
  const resume = createResume({ ...options, onGap: (gaps) => void seen.push(gaps) });
  const host: ResumeHost = {
    clock: createTestClock(),
    onError: () => {},
    deliver: ({ offset }) => void seen.push(offset),
  };
  const come = (message: object): void => {
    if (resume.admit(message, host)) host.deliver(message);
  };
  return { resume, seen, come };
}

/** Everything that the server has sent so far has come. */
const caughtUp = ({ client }: Listening) => client.request("sync");

/** Cuts the connection and lets things happen until the client is back. */
async function away(listening: Listening, happen: () => void): Promise<void> {
  const waiting = reached(listening.client, "waiting");
  server.cutAll();
  await waiting;
  happen();
  await inState(listening.client, "open");
  await caughtUp(listening);
}

describe("what was missed", () => {
  test("comes once and in order after a reconnect, and then new events", async () => {
    const listening = await listen();
    await caughtUp(listening);
    server.publish("news", 1);
    await caughtUp(listening);
    await away(listening, () => [2, 3, 4].map((data) => server.publish("news", data)));
    server.publish("news", 5);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 2, 3, 4, 5]);
    expect(listening.resume.positions()).toEqual([{ event: "news", epoch: "e1", offset: 5 }]);
  });

  test("comes even if nothing had been seen before, from the place where the client began", async () => {
    server.publish("news", "before");
    const listening = await listen();
    await caughtUp(listening);
    await away(listening, () => server.publish("news", "missed"));
    expect(listening.seen).toEqual(["missed"]);
  });

  test("is not delivered twice when new events come before the server has read the positions", async () => {
    const listening = await listen();
    server.publish("news", 1);
    await caughtUp(listening);
    listening.client.onState(({ state }) => {
      // The server has the connection, and has not read its first frame: this goes out at once and is replayed.
      if (state === "open") server.publish("news", 3);
    });
    await away(listening, () => server.publish("news", 2));
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 2, 3]);
  });

  test("is not reported as gone when it came before the server had read the positions", async () => {
    server.keep = 2;
    const listening = await listen();
    await caughtUp(listening);
    server.publish("news", 1);
    await caughtUp(listening);
    listening.client.onState(({ state }) => {
      if (state === "open") [2, 3, 4, 5].map((data) => server.publish("news", data));
    });
    await away(listening, () => {});
    expect(listening.seen).toEqual([1, 2, 3, 4, 5]);
  });

  test("of a stream comes when the client is in it again", async () => {
    server.entering = [];
    const listening = await listen();
    await caughtUp(listening);
    server.enterAll("message/lobby");
    server.enterAll("message/kitchen");
    server.publish("message/lobby", "l1");
    server.publish("message/kitchen", "k1");
    await caughtUp(listening);
    await away(listening, () => {
      server.publish("message/lobby", "l2");
      server.publish("message/kitchen", "k2");
    });
    expect(listening.seen).toEqual(["l1", "k1"]);
    server.enterAll("message/kitchen");
    server.enterAll("message/lobby");
    await caughtUp(listening);
    expect(listening.seen).toEqual(["l1", "k1", "k2", "l2"]);
  });

  test("does not come for a stream that the client has left", async () => {
    server.entering = [];
    const listening = await listen();
    await caughtUp(listening);
    server.enterAll("message/lobby");
    server.publish("message/lobby", 1);
    server.leaveAll("message/lobby");
    server.publish("message/lobby", 2);
    await caughtUp(listening);
    expect(listening.resume.positions()).toEqual([]);
    await away(listening, () => server.publish("message/lobby", 3));
    server.enterAll("message/lobby");
    server.publish("message/lobby", 4);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 4]);
  });

  test("comes to another client that is given the positions", async () => {
    const first = await listen();
    server.publish("news", 1);
    await caughtUp(first);
    const stored = JSON.stringify(first.resume.positions());
    await first.client.close();
    server.publish("news", 2);
    const second = await listen({ positions: JSON.parse(stored) });
    await caughtUp(second);
    expect(second.seen).toEqual([2]);
  });

  test("is reported as complete", async () => {
    const resumed: unknown[] = [];
    const listening = await listen({ onResumed: ({ event, offset }) => resumed.push([event, offset]) });
    await caughtUp(listening);
    expect(resumed).toEqual([]);
    await away(listening, () => server.publish("news", 1));
    expect(resumed).toEqual([["news", 1]]);
  });
});

describe("a gap", () => {
  test("is reported when the history is too short, before the rest of it", async () => {
    server.keep = 2;
    const listening = await listen();
    server.publish("news", 1);
    await caughtUp(listening);
    await away(listening, () => [2, 3, 4, 5].map((data) => server.publish("news", data)));
    expect(listening.seen).toEqual([1, "gone 2", 4, 5]);
    expect(listening.gaps).toEqual([{ event: "news", stream: undefined, reason: "gone", missed: 2 }]);
  });

  test("is reported when the server starts a new epoch, and then all of its events come", async () => {
    const listening = await listen();
    server.publish("news", 1);
    await caughtUp(listening);
    await away(listening, () => {
      server.startEpoch("news", "e2");
      server.publish("news", 2);
    });
    server.publish("news", 3);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, "gone", 2, 3]);
  });

  test("is reported when the server drops events of a slow client", async () => {
    const listening = await listen();
    server.publish("news", 1);
    server.stream("news").offset += 2;
    server.publish("news", 4);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, "dropped 2", 4]);
  });

  test("is called once for all streams of a restart, before later events of any of them", async () => {
    const rooms = ["a", "b", "c"].map((room) => `message/${room}`);
    server.entering = ["news", ...rooms];
    const calls: ResumeGap[][] = [];
    const seenBefore: number[] = [];
    const listening: Listening = await listen({
      onGap: (some) => {
        calls.push([...some]);
        seenBefore.push(listening.seen.length);
      },
    });
    await caughtUp(listening);
    for (const key of server.entering) server.publish(key, 1);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 1, 1, 1]);
    await away(listening, () => {
      for (const key of server.entering) {
        server.startEpoch(key, "e2");
        server.publish(key, 2);
      }
    });
    server.publish("news", 3);
    await caughtUp(listening);
    expect(calls.map((some) => some.map(({ stream }) => stream))).toEqual([[undefined, "a", "b", "c"]]);
    expect(seenBefore).toEqual([4]);
    expect(listening.seen).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3]);
  });

  test("is reported in any case, if a stream that the client knew is not resumed", async () => {
    server.entering = ["news", "message/left"];
    const listening = await listen();
    await caughtUp(listening);
    for (const key of server.entering) server.publish(key, 1);
    await caughtUp(listening);
    server.entering = ["news"];
    const three = listening.client.events("news");
    await away(listening, () => server.startEpoch("news", "e2"));
    server.publish("news", 3);
    expect((await three.next()).value).toBe(3);
    expect(listening.seen).toEqual([1, 1, "gone", 3]);
  });

  test("is reported before the events that follow it, if a server that has renamed its streams sends events before it has read the positions", () => {
    const old = { event: "message", stream: "aaaa-room", epoch: "e1", offset: 5 };
    const { resume, seen, come } = hear({ positions: [old] });
    resume.openingMessages();
    const event = { event: "message", stream: "bbbb-room", epoch: "e9" };
    come({ ...event, offset: 3 });
    expect(seen).toEqual([]);
    come({ resume: [{ ...event, offset: 0, gap: true }] });
    for (const offset of [1, 2, 3]) come({ ...event, offset });
    come({ resume: [{ ...event, offset: 3 }] });
    expect(seen).toEqual([
      [{ event: "message", stream: "bbbb-room", reason: "gone", missed: undefined }],
      ...[1, 2, 3],
    ]);
    // A room that was entered since then, at the same server, is not missing anything.
    resume.openingMessages();
    come({ event: "message", stream: "bbbb-other", epoch: "e9", offset: 7 });
    expect(seen.at(-1)).toBe(7);
  });

  test.each([
    ["has given up", {}],
    ["knows by another name", { stream: "bbbb-room" }],
  ])("is told in every stream of one key, also beside one that the client %s", (_name, other) => {
    const [one, two, three] = [1, 2, 3].map((room) => at(5, { stream: `aaaa-${room}` }));
    const old = at(5, { stream: "cccc-old" });
    const { resume, seen, come } = hear({ positions: [one!, two!, old] });
    resume.openingMessages();
    come({
      resume: [
        { ...three, ...other, gap: true },
        { ...three, ...other },
      ],
    });
    come({ resume: [at(9, one), at(9, two)] });
    // Streams of the same key are still resumed; those of another one the server knows by new names.
    const isOther = "stream" in other;
    const told = seen.flat().map((gap) => (gap as ResumeGap).reason);
    expect(told).toEqual(isOther ? ["gone"] : ["gone", "dropped", "dropped"]);
    expect(resume.positions()).not.toContainEqual(old);
  });

  test("keeps no more than 1,000 events waiting, and all of them in order", () => {
    const { resume, seen, come } = hear({ positions: [at(5, { stream: "left" }), at(5)] });
    resume.openingMessages();
    come({ resume: [{ ...at(7), gap: true }, at(7)] });
    for (let offset = 8; offset < 1_500; offset++) come(at(offset));
    expect(seen.length).toBeGreaterThan(400);
    resume.positions();
    expect(seen.slice(1)).toEqual(Array.from({ length: 1_492 }, (_, index) => index + 8));
  });

  test("waits by the client's clock, and is reported before the client closes", async () => {
    const clock = createTestClock();
    for (const end of ["time", "close", "1008"] as const) {
      const told: unknown[] = [];
      const resume = createResume({
        positions: [at(5, { stream: "left" }), at(5)],
        onGap: (gaps) => told.push(gaps.length),
      });
      const client = createClient(server.url, { WebSocket, resume, clock });
      cleanups.push(client.close);
      client.on("message", (data) => told.push(data));
      await inState(client, "open");
      server.sendAll({ resume: [{ ...at(7), gap: true }, at(7)] });
      server.sendAll({ ...at(8), data: "8" });
      await client.request("sync");
      expect(told).toEqual([]);
      if (end === "time") clock.pass(100);
      else if (end === "close") await client.close();
      else {
        const closed = reached(client, "closed");
        server.closeAll(1008);
        await closed;
      }
      expect(told, end).toEqual([1, "8"]);
      await client.close();
      expect(clock.running).toEqual([]);
    }
  });

  test("is reported by a callback that may throw, and the event comes", async () => {
    const errors: unknown[] = [];
    const resume = createResume({
      onGap: () => {
        throw new Error("mine");
      },
    });
    const client = createClient(server.url, { WebSocket, resume, onError: (error) => errors.push(error) });
    cleanups.push(client.close);
    const news = client.events("news");
    await inState(client, "open");
    server.publish("news", 1);
    server.stream("news").offset += 1;
    server.publish("news", 3);
    expect([(await news.next()).value, (await news.next()).value]).toEqual([1, 3]);
    expect(errors).toMatchObject([{ message: "mine" }]);
  });
});

describe("a server that takes less than the client's messages", () => {
  test.each([1_024, 256, 60])(
    "has the client back, with what it can still resume (%i bytes)",
    async (max) => {
      await server.close();
      server = await ResumeServer.start(max);
      server.entering = Array.from({ length: 30 }, (_, number) => `message/room-${number}`.padEnd(40, "x"));
      const calls: number[] = [];
      const listening = await listen({ onGap: (gaps) => calls.push(gaps.length) });
      await caughtUp(listening);
      const waiting = reached(listening.client, "waiting");
      server.cutAll();
      await waiting;
      for (const key of server.entering) server.publish(key, 1);
      await listening.client.request("sync", {}, { isIdempotent: true, timeoutMs: 10_000 }).catch(() => {});
      while (
        listening.client.state !== "open" ||
        listening.resume.positions().some(({ offset }) => offset < 1)
      )
        await listening.client.request("sync", {}, { isIdempotent: true }).catch(() => {});
      await caughtUp(listening);
      expect(listening.client.state).toBe("open");
      if (max > 60) expect([listening.seen.length, calls]).toEqual([30, []]);
      else expect(calls).toEqual([30]);
    },
  );
});

describe("the positions that a client sends", () => {
  test("go first, in messages that the server takes", async () => {
    const positions = Array.from({ length: 200 }, (_, number) => ({
      event: "message",
      stream: `ü${number}`.padEnd(60, "é"),
      epoch: "e1",
      offset: number,
    }));
    const listening = await listen({
      positions: [...positions, { ...positions[0]!, stream: "x".repeat(4_096) }],
    });
    await caughtUp(listening);
    const frames = server.frames.filter((frame) => frame.includes("resume"));
    expect(frames.length).toBeGreaterThan(1);
    expect(server.frames.indexOf(frames.at(-1)!)).toBe(frames.length - 1);
    expect(frames.every((frame) => Buffer.byteLength(frame) <= 4_096)).toBe(true);
    expect(frames.map((frame) => JSON.parse(frame).more ?? false)).toEqual(
      frames.map((_, index) => index < frames.length - 1),
    );
    expect(frames.flatMap((frame) => JSON.parse(frame).resume)).toEqual(positions);
  });

  test("are so many, and those of the streams that were heard of last", async () => {
    server.entering = [];
    const listening = await listen({ maxStreams: 2 });
    await caughtUp(listening);
    for (const key of ["message/a", "message/b", "message/c"]) server.enterAll(key);
    server.publish("message/b", 1);
    await caughtUp(listening);
    expect(listening.resume.positions().map(({ stream }) => stream)).toEqual(["c", "b"]);
  });

  test.each([
    null,
    "text",
    {},
    { event: "news", epoch: "e1" },
    { event: "news", stream: 5, epoch: "e1", offset: 1 },
  ])("leave out what was stored and is none: %j", (stored) => {
    const resume = createResume({ positions: [stored, at(1)] as ResumePosition[] });
    expect(resume.positions()).toEqual([at(1)]);
  });

  test("are not changed by a message that is not a position", async () => {
    const listening = await listen();
    await caughtUp(listening);
    server.publish("news", 1);
    server.sendAll({ resume: [null, 5, { event: "news" }, { event: "news", epoch: "e1", offset: "2" }] });
    server.sendAll({ event: "news", epoch: "e1", offset: 1.5, data: "plain" });
    await caughtUp(listening);
    expect(listening.resume.positions()).toEqual([{ event: "news", epoch: "e1", offset: 1 }]);
    expect(listening.seen).toEqual([1, "plain"]);
  });

  test("are never taken back within an epoch, so that nothing is seen twice", async () => {
    const listening = await listen();
    await caughtUp(listening);
    for (const data of [1, 2]) server.publish("news", data);
    server.sendAll({ resume: [{ event: "news", epoch: "e1", offset: 1 }] });
    for (const data of [1, 2]) server.sendAll({ event: "news", epoch: "e1", offset: data, data });
    server.publish("news", 3);
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 2, 3]);
  });

  test("are set by the server for a stream that is entered, without a gap", async () => {
    const listening = await listen();
    await caughtUp(listening);
    server.publish("news", 1);
    server.sendAll({ resume: [{ event: "news", epoch: "e1", offset: 8 }] });
    server.sendAll({ event: "news", epoch: "e1", offset: 9, data: 9 });
    server.sendAll({ resume: [{ event: "news", epoch: "e2", offset: 3 }] });
    server.sendAll({ event: "news", epoch: "e2", offset: 4, data: 4 });
    await caughtUp(listening);
    expect(listening.seen).toEqual([1, 9, 4]);
  });
});

describe("on a network that delays, silences and cuts connections", () => {
  test.each([1, 2, 3, 4])(
    "every event is seen exactly once and in order, or a gap is reported (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      server.keep = 40;
      await using proxy = await startChaosProxy(server.port, {
        random,
        odds: { delay: 0.2, silence: 0.01, cut: 0.08 },
      });
      const listening = await listen({}, `ws://127.0.0.1:${proxy.port}/`);
      await reachedPosition(listening);
      const last = 400;
      for (let number = 1; number <= last; number += 1) {
        server.publish("news", number);
        if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, random() * 10));
      }
      proxy.calmDown();
      while (listening.seen.at(-1) !== last) await once(listening.client);

      let expected = 1;
      for (const each of listening.seen) {
        if (typeof each === "string") {
          expected += Number(/^gone (\d+)$/.exec(each)?.[1]);
        } else {
          expect(each).toBe(expected);
          expected += 1;
        }
      }
      expect(expected).toBe(last + 1);
      expect(proxy.connections).toBeGreaterThan(1);
    },
  );

  /** The client knows where it began. */
  async function reachedPosition({ client, resume }: Listening): Promise<void> {
    while (resume.positions().length === 0) await client.request("sync", {}, { isIdempotent: true });
  }

  const once = (client: Client) => client.once("news", { timeoutMs: 1_000 }).catch(() => {});
});
