// The server's side of "Missed messages" in docs/client.md, frame by frame: each test is one of its rules.
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import {
  type EventRules,
  MemoryReplayStore,
  type SetWSServerConfig,
  setCommandRate,
  setEnvelope,
  setEvents,
  setMaxMessageBufferSize,
  setReplayStore,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";

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
const say = (text: unknown, room = "lobby") => module().room(room).event("message", text);
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

/** Where a stream is now, as a client that comes without a position is told. */
async function position(
  stream?: string,
): Promise<{ event: string; stream?: string; epoch: string; offset: number }> {
  const client = await connect("room=lobby&room=side&tag=a");
  const [notice] = (await resume(client)) as {
    resume: { stream?: string; epoch: string; offset: number }[];
  }[];
  const found = notice?.resume.find((each) => each.stream === stream);
  await client.close();
  return { event: "message", ...found! };
}

const message = (data: unknown, offset: number) =>
  expect.objectContaining({ event: "message", data, offset });
const notice = (...positions: object[]) => ({ resume: positions });

describe("an event that is replayed", () => {
  test("has the next offset of its stream, and an event that is not has none", async () => {
    await start();
    const client = await connect();
    say("one");
    say("two");
    module().all.event("message", "all");
    module().room("lobby").event("typing", "ann");
    const epoch = expect.stringMatching(/^[\w-]{8,}$/);
    expect(await received(client)).toEqual([
      { event: "message", data: "one", stream: "room:lobby", epoch, offset: 1 },
      { event: "message", data: "two", stream: "room:lobby", epoch, offset: 2 },
      { event: "message", data: "all", epoch, offset: 1 },
      { event: "typing", data: "ann" },
    ]);
  });

  test("goes to everybody in its stream: exceptions are refused, and count nothing", async () => {
    await start();
    const client = await connect();
    expect(() => module().room("lobby").except("x").event("message", 1)).toThrow("send it without except()");
    say("one");
    expect(await received(client)).toEqual([message("one", 1)]);
  });

  test("to single connections has no place, and may have exceptions", async () => {
    await start();
    const client = await connect();
    const ids = module().all.ids();
    module()
      .to(...ids)
      .event("message", "you");
    module()
      .to(...ids)
      .except(...ids)
      .event("message", "nobody");
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
  test("gets what it missed, then is told where it stands", async () => {
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

  test("that missed nothing is told so", async () => {
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
    module().all.event("message", "all");
    module().tagged("a").event("message", "tag");
    const [all, room, tag] = [await position(), await position("room:lobby"), await position("tag:a")];
    module().all.event("message", "all 2");
    module().tagged("a").event("message", "tag 2");
    say("room");
    const client = await connect("room=lobby&tag=a");
    expect(await resume(client, tag, all, room)).toEqual([
      ...[message("all 2", 2), message("room", 1), message("tag 2", 2)],
      notice({ ...all, offset: 2 }, { ...room, offset: 1 }, { ...tag, offset: 2 }),
    ]);
  });

  test("may tell its positions in several frames, and gets no notice before the last", async () => {
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

  test("is told of each stream that it enters and leaves", async () => {
    await start();
    const client = await connect();
    await resume(client);
    await client.request("tag", { tag: "a" });
    await client.request("leave", { room: "lobby" });
    await client.request("leave", { room: "lobby" });
    const place = { event: "message", epoch: expect.any(String), offset: 0 };
    expect(await received(client)).toEqual([
      notice({ ...place, stream: "tag:a" }),
      notice({ ...place, stream: "room:lobby", left: true }),
    ]);
  });

  test("costs no command, and a client that does not say so gets no notice", async () => {
    await start(setCommandRate(0.001, 1));
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
  const rawSocket = (client: TestClient) => (client.socket as unknown as { _socket: Socket })._socket;
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

  test("is no slowness, and what comes after it still can be", async () => {
    await start(setEvents({ message: { replay: { last: 1_000 } } }), setMaxMessageBufferSize(100_000));
    const known = await position("room:lobby");
    for (let number = 1; number <= 400; number++) say({ number, padding });
    const client = await connect();
    rawSocket(client).pause();
    client.send({ resume: [known] });
    while (module().stats().messagesOut < 400) await nextTurn();
    say({ number: 401 });
    await nextTurn();
    expect(module().stats().slowConsumers).toBe(0);
    rawSocket(client).resume();
    const numbers = (await received(client)).map(
      (each) => (each as { data?: { number: number } }).data?.number,
    );
    expect(numbers).toEqual([...Array.from({ length: 400 }, (_each, index) => index + 1), undefined, 401]);

    rawSocket(client).pause();
    for (let count = 0; count < 500 && module().stats().slowConsumers === 0; count++) {
      say({ padding });
      await nextTurn();
    }
    rawSocket(client).resume();
    expect((await client.closed).code).toBe(1013);
  });
});

test.each([
  ["MessagePack", setEnvelope({ codec: "msgpack" }), { codec: "msgpack" }],
  ["a shape of its own", setEnvelope({ event: (name, data) => ({ event: name, data, v: 2 }) }), {}],
] as const)("events keep their place in %s", async (_title, option, envelope) => {
  await start(option);
  const client = await connectClient(server.url("/test/ws?room=lobby"), { envelope });
  client.send({ resume: [] });
  expect(await client.next()).toMatchObject({ resume: [{ offset: 0 }, { stream: "room:lobby", offset: 0 }] });
  say("one");
  expect(await client.next()).toMatchObject({
    event: "message",
    data: "one",
    stream: "room:lobby",
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
