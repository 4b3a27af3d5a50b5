// "Rules for the server" in docs/protocol.md, frame by frame: each test is one of these rules.
import { afterEach, describe, expect, test } from "vitest";
import {
  type EventRules,
  MemoryReplayStore,
  type ReplayStore,
  type SetWSServerConfig,
  setCommandRate,
  setEnvelope,
  setEvents,
  setLogger,
  setMaxMessageBufferSize,
  setReplayStore,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { heldBytes } from "../support/held-memory.js";
import { recordingLogger } from "../support/recording-logger.js";
import { nextTurn, rawSocket } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

const rules: EventRules = { message: { replay: { last: 3 } }, typing: {} };
const commands = [
  ping,
  defineCommand("enter", (ctx, { room }) => ctx.join(room)),
  defineCommand("leave", (ctx, { room }) => ctx.leave(room)),
  defineCommand("tag", (ctx, { tag }) => ctx.tag(tag)),
];

async function start(...config: readonly SetWSServerConfig[]): Promise<void> {
  const connect = (ctx: WSContext) => {
    for (const room of ctx.query.getAll("room")) ctx.join(room);
    for (const tag of ctx.query.getAll("tag")) ctx.tag(tag);
  };
  server = await startModules(defineModule({ connect, commands, config: [setEvents(rules), ...config] }));
}

const module = () => server.serve.module("test");
const say = (text: unknown, room = "lobby") => module().room(room).emit("message", text);
const connect = (query = "room=lobby") => connectClient(server.url(`/test/ws?${query}`));

/** By the reply to a ping, everything that was sent to the client before has come. */
async function received(client: TestClient): Promise<unknown[]> {
  const messages: unknown[] = [];
  client.send({ command: "ping" });
  for (;;) {
    const message = await client.next();
    if ((message as { ping?: string }).ping === "pong") return messages;
    messages.push(message);
  }
}

const resume = async (client: TestClient, ...positions: object[]): Promise<unknown[]> => {
  client.send({ resume: positions });
  return received(client);
};

const streams = ["all", "room:lobby", "room:side", "tag:a"] as const;

/** Where a stream is now, as a client that comes without a position is told; by their order, for their names say nothing. */
async function position(
  stream: (typeof streams)[number] = "all",
): Promise<{ event: string; stream?: string; epoch: string; offset: number }> {
  const client = await connect("room=lobby&room=side&tag=a");
  const [notice] = (await resume(client)) as {
    resume: { stream?: string; epoch: string; offset: number }[];
  }[];
  await client.close();
  return { event: "message", ...notice!.resume[streams.indexOf(stream)]! };
}

const aStream = expect.stringMatching(/^[\w-]{16}$/);

const message = (data: unknown, offset: number) =>
  expect.objectContaining({ event: "message", data, offset });
const notice = (...positions: object[]) => ({ resume: positions });

describe("an event that is replayed", () => {
  test("has the next offset of its stream, and an event that is not has none", async () => {
    await start();
    const client = await connect();
    say("one");
    say("two");
    module().all.emit("message", "all");
    module().room("lobby").emit("typing", "ann");
    const epoch = expect.stringMatching(/^[\w-]{8,}$/);
    expect(await received(client)).toEqual([
      { event: "message", data: "one", stream: aStream, epoch, offset: 1 },
      { event: "message", data: "two", stream: aStream, epoch, offset: 2 },
      { event: "message", data: "all", epoch, offset: 1 },
      { event: "typing", data: "ann" },
    ]);
  });

  test("goes to all in its stream: exceptions are refused, and are not counted", async () => {
    await start();
    const client = await connect();
    expect(() => module().room("lobby").except("x").emit("message", 1)).toThrow("Send it without except()");
    say("one");
    expect(await received(client)).toEqual([message("one", 1)]);
  });

  test("to single connections has no place, and may have exceptions", async () => {
    await start();
    const client = await connect();
    const ids = module().all.ids();
    module()
      .to(...ids)
      .emit("message", "you");
    module()
      .to(...ids)
      .except(...ids)
      .emit("message", "nobody");
    expect(await received(client)).toEqual([{ event: "message", data: "you" }]);
  });

  test("that cannot be written leaves no hole", async () => {
    await start();
    const client = await connect();
    expect(() => say(1n)).toThrow();
    say("one");
    expect(await received(client)).toEqual([message("one", 1)]);
  });
});

describe("a client that resumes", () => {
  test("setReplayStore: it gets the events that it missed, then its new position", async () => {
    await start();
    say("one");
    const known = await position("room:lobby");
    say("two");
    say("three");
    const client = await connect();
    expect(await resume(client, known)).toEqual([
      message("two", 2),
      message("three", 3),
      notice({ event: "message", epoch: expect.any(String), offset: 0 }, { ...known, offset: 3 }),
    ]);
  });

  test("gets again what has come already", async () => {
    await start();
    say("one");
    const known = await position("room:lobby");
    const client = await connect();
    say("two");
    expect(await received(client)).toEqual([message("two", 2)]);
    expect(await resume(client, known)).toEqual([
      message("two", 2),
      notice(expect.anything(), { ...known, offset: 2 }),
    ]);
  });

  test("that missed nothing gets a notice of this", async () => {
    await start();
    say("one");
    const known = await position("room:lobby");
    const client = await connect();
    expect(await resume(client, known)).toEqual([notice(expect.anything(), known)]);
  });

  test.each([
    ["is too old", (known: object) => ({ ...known, offset: 0 })],
    ["is of another epoch", (known: object) => ({ ...known, epoch: "other", offset: 3 })],
    ["is ahead of everything", (known: object) => ({ ...known, offset: 9 })],
  ])("with a position that %s is told of the gap, then gets what there is", async (_title, change) => {
    await start();
    for (const text of ["one", "two", "three", "four"]) say(text);
    const known = await position("room:lobby");
    const client = await connect();
    expect(await resume(client, change(known))).toEqual([
      notice({ ...known, offset: 1, gap: true }),
      ...[message("two", 2), message("three", 3), message("four", 4)],
      notice(expect.anything(), { ...known, offset: 4 }),
    ]);
  });

  test("resumes every stream that it is in: rooms, tags and all", async () => {
    await start();
    module().all.emit("message", "all");
    module().tagged("a").emit("message", "tag");
    const [all, room, tag] = [await position(), await position("room:lobby"), await position("tag:a")];
    module().all.emit("message", "all 2");
    module().tagged("a").emit("message", "tag 2");
    say("room");
    const client = await connect("room=lobby&tag=a");
    expect(await resume(client, tag, all, room)).toEqual([
      ...[message("all 2", 2), message("room", 1), message("tag 2", 2)],
      notice({ ...all, offset: 2 }, { ...room, offset: 1 }, { ...tag, offset: 2 }),
    ]);
  });

  test("may send its positions in several frames, and gets no notice before the last", async () => {
    await start();
    const [lobby, side] = [await position("room:lobby"), await position("room:side")];
    say("one");
    say("two", "side");
    const client = await connect("room=lobby&room=side");
    client.send({ resume: [side], more: true });
    expect(await received(client)).toEqual([]);
    expect(await resume(client, lobby)).toEqual([
      message("one", 1),
      message("two", 1),
      notice(...Array(3).fill(expect.anything())),
    ]);
  });

  test("is not replayed what it is not in, until it enters", async () => {
    await start();
    const known = await position("room:side");
    say("secret", "side");
    const client = await connect();
    expect(await resume(client, known)).toEqual([notice(...Array(2).fill(expect.anything()))]);
    await client.request("enter", { room: "side" });
    expect(await received(client)).toEqual([message("secret", 1), notice({ ...known, offset: 1 })]);
    // The position is used up: the second time nothing is sent again.
    await client.request("leave", { room: "side" });
    await client.request("enter", { room: "side" });
    expect(await received(client)).toEqual([
      notice({ ...known, offset: 1, left: true }),
      notice({ ...known, offset: 1 }),
    ]);
  });

  test("gets a notice of each stream that it enters and leaves", async () => {
    await start();
    const [lobby, tag] = [await position("room:lobby"), await position("tag:a")];
    const client = await connect();
    await resume(client);
    await client.request("tag", { tag: "a" });
    await client.request("leave", { room: "lobby" });
    await client.request("leave", { room: "lobby" });
    const place = { event: "message", epoch: expect.any(String), offset: 0 };
    expect(await received(client)).toEqual([
      notice({ ...place, stream: tag.stream }),
      notice({ ...place, stream: lobby.stream, left: true }),
    ]);
  });

  test("costs no command, and a client that does not say so gets no notice", async () => {
    await start(setCommandRate({ perSecond: 0.001, burst: 1 }));
    const [client, plain] = [await connect(), await connect()];
    for (let count = 0; count < 5; count++) client.send({ resume: [], more: true });
    expect(await resume(client)).toHaveLength(1);
    say("one");
    expect(await received(plain)).toEqual([message("one", 1)]);
  });
});

describe("a frame that is no list of positions", () => {
  const invalid = expect.objectContaining({ error: expect.objectContaining({ code: "invalid_message" }) });

  test.each([
    ["a text", "no"],
    ["a list of texts", ["no"]],
    ["no offset", [{ event: "message", epoch: "e" }]],
    ["a broken offset", [{ event: "message", epoch: "e", offset: 0.5 }]],
    ["another stream", [{ event: "message", epoch: "e", offset: 1, stream: 7 }]],
  ])("is an invalid message: %s", async (_title, positions) => {
    await start();
    const client = await connect();
    client.send({ resume: positions });
    expect(await received(client)).toEqual([invalid]);
  });

  test("likewise one after the last, or one too many", async () => {
    await start();
    const [late, many] = [await connect(), await connect()];
    await resume(late);
    expect(await resume(late)).toEqual([invalid]);
    for (let count = 0; count < 256; count++) many.send({ resume: [], more: true });
    expect(await resume(many)).toEqual([invalid]);
  });

  test("is a command where it has one", async () => {
    await start();
    const client = await connect();
    client.send({ command: "nope", resume: [] });
    expect(await received(client)).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code: "unknown_command" }) }),
    ]);
  });
});

describe("a replay", () => {
  const padding = "x".repeat(50_000);

  interface Received {
    readonly data?: { readonly number: number };
    readonly offset?: number;
    readonly stream?: string;
    readonly resume?: readonly { stream?: string; offset: number; gap?: true }[];
  }

  /** What comes until a notice says that the client stands at an offset of the stream. */
  async function until(client: TestClient, stream: string, offset: number): Promise<Received[]> {
    const messages: Received[] = [];
    for (;;) {
      const message = (await client.next(20_000)) as Received;
      messages.push(message);
      const isThere = (each: { stream?: string; offset: number; gap?: true }) =>
        each.stream === stream && each.offset === offset && each.gap === undefined;
      if (message.resume?.some(isThere)) return messages;
    }
  }

  const numbersOf = (messages: readonly Received[]) =>
    messages.flatMap(({ data }) => (data?.number === undefined ? [] : [data.number]));
  const countTo = (last: number) => Array.from({ length: last }, (_each, index) => index + 1);

  /** Resolves when the pages have come to a stop, since the client takes nothing. */
  async function stopped(): Promise<void> {
    for (let turns = 0, before = -1; turns < 50; turns++) {
      const { messagesOut } = module().stats();
      if (messagesOut !== before) turns = 0;
      before = messagesOut;
      await nextTurn();
    }
  }

  test("is no slowness, and what comes after it still can be", async () => {
    await start(setEvents({ message: { replay: { last: 1_000 } } }), setMaxMessageBufferSize(100_000));
    const known = await position("room:lobby");
    for (let number = 1; number <= 400; number++) say({ number, padding });
    const client = await connect();
    rawSocket(client).pause();
    client.send({ resume: [known] });
    await stopped();
    say({ number: 401 });
    await nextTurn();
    expect(module().stats()).toMatchObject({ slowConsumers: 0, connections: 1 });
    rawSocket(client).resume();
    expect(numbersOf(await until(client, known.stream!, 401))).toEqual(countTo(401));

    rawSocket(client).pause();
    for (let count = 0; count < 500 && module().stats().slowConsumers === 0; count++) {
      say({ padding });
      await nextTurn();
    }
    rawSocket(client).resume();
    expect((await client.closed).code).toBe(1013);
  });

  test("is sent in pages as the client takes it, which costs bounded memory", async () => {
    await start(setEvents({ message: { replay: { last: 10_000 } } }));
    const known = await position("room:lobby");
    const kibibyte = "x".repeat(1_024);
    for (let number = 1; number <= 10_000; number++) say({ number, padding: kibibyte });
    const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
    const before = heldBytes();
    for (const client of clients) {
      rawSocket(client).pause();
      client.send({ resume: [known] });
    }
    await stopped();
    // Each history is 10 MiB; framed, it is there once more for all of them.
    expect(heldBytes() - before).toBeLessThan(30 * 2 ** 20);
    for (const client of clients) client.socket.terminate();
  });

  test("setReplayStore: the order is kept, and nothing comes twice, while new events come and the client reads slowly", async () => {
    await start(setEvents({ message: { replay: { last: 10_000 } } }));
    const known = await position("room:lobby");
    for (let number = 1; number <= 300; number++) say({ number, padding });
    const client = await connect();
    client.send({ resume: [known] });
    const numbers = numbersOf([(await client.next()) as Received]);
    for (let number = 301; number <= 601; number++) {
      say({ number, padding: "" });
      if (number % 100 === 0) rawSocket(client).pause();
      if (number % 100 === 50) rawSocket(client).resume();
      await nextTurn();
    }
    rawSocket(client).resume();
    while (numbers.at(-1) !== 601) numbers.push(...numbersOf([(await client.next(20_000)) as Received]));
    expect(numbers).toEqual(countTo(601));
  });

  test("leaves room for replies and for other streams meanwhile", async () => {
    await start(setEvents({ message: { replay: { last: 1_000 } } }));
    const known = await position("room:lobby");
    for (let number = 1; number <= 400; number++) say({ number, padding });
    const client = await connect("room=lobby&room=side");
    client.send({ resume: [known] });
    client.send({ command: "ping" });
    say("aside", "side");
    const messages = await until(client, known.stream!, 400);
    expect(numbersOf(messages)).toEqual(countTo(400));
    const [pong, aside] = [{ ping: "pong" }, expect.objectContaining({ data: "aside" })];
    expect(messages.slice(0, 50)).toEqual(expect.arrayContaining([pong, aside]));
  });

  test("sends a notice of the gap to a client whose history is removed before it has read it", async () => {
    await start(setEvents({ message: { replay: { last: 100 } } }));
    const known = await position("room:lobby");
    for (let number = 1; number <= 100; number++) say({ number, padding });
    const client = await connect();
    rawSocket(client).pause();
    client.send({ resume: [known] });
    await stopped();
    for (let number = 101; number <= 500; number++) say({ number, padding: "" });
    rawSocket(client).resume();
    const messages = await until(client, known.stream!, 500);
    const gapAt = messages.findIndex(({ resume }) => resume?.some(({ gap }) => gap));
    expect(messages[gapAt]).toEqual(notice({ ...known, offset: 400, gap: true }));
    const taken = numbersOf(messages.slice(0, gapAt));
    expect(taken).toEqual(countTo(taken.length));
    expect(numbersOf(messages.slice(gapAt))).toEqual(countTo(500).slice(400));
  });

  test("ends when the client leaves the stream in the middle of it", async () => {
    await start(setEvents({ message: { replay: { last: 1_000 } } }));
    const known = await position("room:lobby");
    for (let number = 1; number <= 400; number++) say({ number, padding });
    const client = await connect();
    client.send({ resume: [known] });
    client.send({ command: "leave", room: "lobby", id: 1 });
    const messages: Received[] = [];
    while (!messages.some(({ resume }) => resume?.some((each) => "left" in each))) {
      messages.push((await client.next()) as Received);
    }
    expect(await received(client)).toEqual([expect.objectContaining({ id: 1 })]);
    expect(numbersOf(messages).length).toBeLessThan(400);
  });
});

describe("a resume frame of a client", () => {
  const frame = (number: number, member: object) => ({
    resume: [{ event: "message", stream: `${number}`, epoch: "e", offset: 1, ...member }],
    more: true,
  });

  test("is stored without unknown members, and costs bounded memory", async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
    await Promise.all(clients.map(received));
    const before = heldBytes();
    const junk = Array.from({ length: 1_300 }, () => ({}));
    for (const client of clients) {
      for (let number = 0; number < 256; number++) client.send(frame(number, { j: junk }));
      expect(await received(client)).toEqual([]);
    }
    expect((heldBytes() - before) / clients.length).toBeLessThan(300_000);
  });

  test("is left out if the event is not replayed, or if a name is not from this server", async () => {
    await start();
    const known = await position("room:lobby");
    say("one");
    const client = await connect();
    const strange = [
      { ...known, event: "typing" },
      { ...known, event: "x".repeat(1_000) },
      { ...known, stream: "x".repeat(257) },
      { ...known, epoch: "x".repeat(257) },
    ];
    expect(await resume(client, known, ...strange)).toEqual([
      message("one", 1),
      notice(expect.anything(), expect.anything()),
    ]);
  });

  test("is an invalid message past 64 KiB in all", async () => {
    await start();
    const client = await connect();
    for (let number = 0; number < 256; number++) {
      client.send(frame(number, { stream: `${number}`.padEnd(256), epoch: "e".repeat(256) }));
    }
    const answers = await received(client);
    expect(answers.length).toBeGreaterThan(100);
    expect(answers[0]).toMatchObject({ error: { code: "invalid_message" } });
  });

  test("is an ordinary message where nothing is replayed", async () => {
    await start(
      setEvents({ message: { replay: undefined } } as never),
      setCommandRate({ perSecond: 0.001, burst: 2 }),
    );
    const client = await connect();
    for (let count = 0; count < 3; count++) client.send(frame(count, {}));
    expect([await client.next(), await client.next(), await client.next()]).toMatchObject([
      { error: { code: "invalid_message" } },
      { error: { code: "invalid_message" } },
      { error: { code: "rate_limited" } },
    ]);
  });
});

test("the names by which clients know streams say nothing, and differ from server to server", async () => {
  await start();
  const first = await position("tag:a");
  await server.close();
  await start();
  const second = await position("tag:a");
  expect(JSON.stringify([first, second])).not.toMatch(/tag|:a/);
  expect(first.stream).not.toBe(second.stream);
});

test("servers that share a store and its key know streams by the same names", async () => {
  const storeOf = (): ReplayStore => {
    const memory = new MemoryReplayStore();
    return {
      streamKey: "a shared secret",
      append: (...event) => memory.append(...event),
      history: (...stream) => memory.history(...stream),
    };
  };
  await start(setReplayStore(storeOf()));
  const first = await position("room:lobby");
  await server.close();
  await start(setReplayStore(storeOf()));
  expect((await position("room:lobby")).stream).toBe(first.stream);
});

describe("a replay store that fails", () => {
  const broken = (part: Partial<ReplayStore>): ReplayStore => {
    const memory = new MemoryReplayStore();
    const store = {
      append: (...event: Parameters<ReplayStore["append"]>) => memory.append(...event),
      history: (...stream: Parameters<ReplayStore["history"]>) => memory.history(...stream),
    };
    return { ...store, ...part };
  };
  const boom = () => {
    throw new Error("boom");
  };
  const reject = () => Promise.reject(new Error("late")) as never;

  test.each([
    ["throws", boom],
    ["rejects", reject],
    ["returns nothing", () => undefined as never],
  ])("and %s closes the client that resumes with 1011", async (_title, history) => {
    const log = recordingLogger();
    await start(setReplayStore(broken({ history })), setLogger(log));
    const client = await connect();
    client.send({ resume: [] });
    expect((await client.closed).code).toBe(1011);
    expect(log.lines.find(({ level }) => level === "error")?.fields).toMatchObject({
      entry: "replayStore",
      connection: expect.any(String),
    });
  });

  test.each([
    ["throws", boom],
    ["rejects", reject],
  ])("and %s costs the event, not the process", async (_title, append) => {
    await start(setReplayStore(broken({ append })));
    const client = await connect();
    expect(say("one")).toEqual({ delivered: 0, gone: [] });
    expect(await received(client)).toEqual([]);
  });
});

test.each([
  ["MessagePack", setEnvelope({ codec: "msgpack" }), { codec: "msgpack" }],
  ["a shape of its own", setEnvelope({ event: (name, data) => ({ event: name, data, v: 2 }) }), {}],
] as const)("events keep their place in %s", async (_title, option, envelope) => {
  await start(option);
  const client = await connectClient(server.url("/test/ws?room=lobby"), { envelope });
  client.send({ resume: [] });
  expect(await client.next()).toMatchObject({ resume: [{ offset: 0 }, { stream: aStream, offset: 0 }] });
  say("one");
  expect(await client.next()).toMatchObject({
    event: "message",
    data: "one",
    stream: aStream,
    offset: 1,
  });
});

test("a store outlives the server when it is handed on", async () => {
  const store = new MemoryReplayStore();
  await start(setReplayStore(store));
  const known = await position("room:lobby");
  say("one");
  await server.close();
  await start(setReplayStore(store));
  const client = await connect();
  expect(await resume(client, known)).toEqual([
    message("one", 1),
    notice(expect.anything(), { ...known, offset: 1 }),
  ]);
});
