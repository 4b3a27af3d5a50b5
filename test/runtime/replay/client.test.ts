// The generated clients' core against the server: across connections every event is seen once and in order, or a gap is told.
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type EventRules, MemoryReplayStore, setEvents, setReplayStore, type WSContext } from "wsgen-runtime";
import { startModules, type TestServer } from "wsgen-runtime/testing";
import { createClient, createResume, type ResumeGap } from "../../../runtime/src/client/index.js";
import { createRandom } from "../client/random.js";
import { defineModule } from "../serve/define-module.js";
import { nextTurn } from "../support/sockets.js";

let server: TestServer;
let store: MemoryReplayStore;
beforeEach(() => {
  store = new MemoryReplayStore();
});
afterEach(() => server.close());

async function start(rules: EventRules): Promise<void> {
  const connect = (ctx: WSContext) => ctx.join("lobby");
  server = await startModules(defineModule({ connect, config: [setEvents(rules), setReplayStore(store)] }));
}

/** Every socket that the client makes, so that it can be cut. */
const sockets: WebSocket[] = [];
class CutSocket extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    sockets.push(this);
  }
}
const cut = () => sockets.at(-1)?.terminate();

function follow(gaps: ResumeGap[] = []) {
  const seen: number[] = [];
  const client = createClient(() => server.url("/test/ws"), {
    WebSocket: CutSocket,
    backOff: { baseMs: 1, maxMs: 5 },
    resume: createResume({ onGap: (some) => gaps.push(...some) }),
  });
  client.on("count", (number) => seen.push(number as number));
  const until = async (number: number): Promise<void> => {
    if (seen.at(-1) !== number) await client.once("count").then(() => until(number));
  };
  return { client, seen, until };
}

const count = (number: number) => server.serve.module("test").room("lobby").emit("count", number);

test("nothing is lost or doubled while connections are cut and the server is replaced", async () => {
  await start({ count: { replay: { last: 2_000 } } });
  const random = createRandom(7);
  const { client, seen, until } = follow();
  while (client.state !== "open") await nextTurn();
  count(1);
  await until(1);
  for (let number = 2; number <= 600; number++) {
    count(number);
    if (random() < 0.05) cut();
    if (random() < 0.7) await nextTurn();
    // A busy machine may make no other socket between two cuts; these are waited for.
    if (number % 100 === 50) {
      const made = sockets.length;
      cut();
      while (sockets.length === made) await nextTurn();
    }
    if (number === 300) {
      await server.close();
      await start({ count: { replay: { last: 2_000 } } });
    }
  }
  await until(600);
  expect(seen).toEqual(Array.from({ length: 600 }, (_each, index) => index + 1));
  expect(sockets.length).toBeGreaterThan(5);
  await client.close();
});

test("a restart that loses the history is reported once, for all rooms, and later events arrive", async () => {
  const rules = { count: { replay: { last: 10 } } };
  await start(rules);
  const calls: (readonly ResumeGap[])[] = [];
  const client = createClient(() => server.url("/test/ws"), {
    WebSocket: CutSocket,
    backOff: { baseMs: 1, maxMs: 5 },
    resume: createResume({ onGap: (gaps) => calls.push(gaps) }),
  });
  const numbers = client.events("count");
  const opened = new Promise<void>((resolve) => client.onState(({ state }) => state === "open" && resolve()));
  await opened;
  count(1);
  expect((await numbers.next()).value).toBe(1);
  for (let life = 1; life <= 3; life++) {
    await server.close();
    store = new MemoryReplayStore();
    await start(rules);
    count(life * 10);
    expect((await numbers.next()).value).toBe(life * 10);
    expect(calls).toHaveLength(life);
    // Another cut in the same life of the server loses nothing.
    cut();
    count(life * 10 + 1);
    expect((await numbers.next()).value).toBe(life * 10 + 1);
    expect(calls).toHaveLength(life);
  }
  await client.close();
});

test("a history of many pages is seen once and in order, cut in the middle of it and with new events meanwhile", async () => {
  await start({ large: { replay: { last: 2_000 } } });
  const gaps: ResumeGap[] = [];
  const { client } = follow(gaps);
  const seen: number[] = [];
  client.on("large", (data) => seen.push((data as { number: number }).number));
  const padding = "x".repeat(20_000);
  const push = (number: number) =>
    server.serve.module("test").room("lobby").emit("large", { number, padding });
  while (client.state !== "open") await nextTurn();
  push(1);
  while (seen.length < 1) await nextTurn();
  cut();
  for (let number = 2; number <= 300; number++) push(number);
  for (let number = 301; number <= 400; number++) {
    const before = seen.length;
    while (seen.length === before && seen.at(-1) !== number - 1) await nextTurn();
    push(number);
    if (number % 20 === 0) cut();
  }
  while (seen.at(-1) !== 400) await nextTurn();
  expect(seen).toEqual(Array.from({ length: 400 }, (_each, index) => index + 1));
  expect(gaps).toEqual([]);
  await client.close();
});

test("a client that was away for too long gets a report of the missed events", async () => {
  await start({ count: { replay: { last: 3 } } });
  const gaps: ResumeGap[] = [];
  const { client, seen, until } = follow(gaps);
  while (client.state !== "open") await nextTurn();
  count(1);
  await until(1);
  cut();
  for (let number = 2; number <= 10; number++) count(number);
  await until(10);
  expect(seen).toEqual([1, 8, 9, 10]);
  expect(gaps).toEqual([{ event: "count", stream: expect.any(String), reason: "gone", missed: 6 }]);
  await client.close();
});
