import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type ClientOptions, createClient } from "../../../runtime/src/client/index.js";
import { type ChatServer, startChat } from "./chat-server.js";
import { type ChatClient, createChatClient } from "./example.client.js";
import { inState } from "./reached.js";
import { countTimers } from "./test-clock.js";

let server: ChatServer;
let client: ChatClient;
beforeEach(async () => {
  server = await startChat();
});
afterEach(async () => {
  await client?.close();
  await server.close();
});

async function open(options: ClientOptions = {}): Promise<ChatClient> {
  client = createChatClient(server.chatUrl, { WebSocket, onError: () => {}, ...options });
  await inState(client, "open");
  return client;
}

/** Pushes events, and resolves when they have come. */
async function push(...texts: string[]): Promise<void> {
  for (const text of texts) server.serve.module("chat").all.emit("message", { text });
  await client.ping();
}

describe("a listener", () => {
  test("is called with every event of its name until it is taken off, once for each time it was put on", async () => {
    await open();
    const texts: string[] = [];
    const listener = ({ text }: { text: string }) => texts.push(text);
    const stop = client.on("message", listener);
    const stopSecond = client.on("message", listener);
    client.on("user.joined", () => texts.push("wrong"));
    await push("a", "b");
    stop();
    stop();
    await push("c");
    stopSecond();
    client.on("message", () => texts.push("other"));
    stop();
    stopSecond();
    await push("d");
    expect(texts).toEqual(["a", "a", "b", "b", "c", "other"]);
  });

  test("that is put on by another is called from the next event on", async () => {
    await open();
    const texts: string[] = [];
    const stop = client.on("message", () => {
      client.on("message", ({ text }) => texts.push(text));
      stop();
    });
    await push("a", "b");
    expect(texts).toEqual(["b"]);
  });

  test("may take itself off, or throw, and the others are called", async () => {
    const errors: unknown[] = [];
    await open({ onError: (error) => errors.push(error) });
    const texts: string[] = [];
    const stop = client.on("message", () => stop());
    client.on("message", () => {
      throw new Error("mine");
    });
    client.on("message", ({ text }) => texts.push(text));
    await push("a", "b");
    expect(texts).toEqual(["a", "b"]);
    expect(errors).toMatchObject([{ message: "mine" }, { message: "mine" }]);
  });

  test("survives the connection", async () => {
    await open({ backOff: { baseMs: 1 } });
    const texts: string[] = [];
    client.on("message", ({ text }) => texts.push(text));
    server.serve.module("chat").all.close(1012);
    await inState(client, "waiting");
    await inState(client, "open");
    await push("after");
    expect(texts).toEqual(["after"]);
  });
});

describe("once", () => {
  test("resolves with the next event only", async () => {
    await open();
    const next = client.once("message");
    await push("a", "b");
    expect(await next).toEqual({ text: "a" });
  });

  test("has limits", async () => {
    const clock = countTimers();
    await open({ clock });
    await expect(client.once("message", { timeoutMs: 5 })).rejects.toMatchObject({ code: "timed_out" });
    const aborted = client.once("message", { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    const closed = expect(client.once("message")).rejects.toMatchObject({ code: "closed" });
    await client.close();
    await closed;
    expect(clock.count).toBe(0);
  });
});

describe("an iteration over events", () => {
  test("has every event since it was begun, and ends after them when the client is closed", async () => {
    await open();
    const stream = client.events("message");
    await push("a", "b");
    await client.close();
    const texts: string[] = [];
    for await (const { text } of stream) texts.push(text);
    expect(texts).toEqual(["a", "b"]);
    for await (const { text } of client.events("message")) texts.push(text);
    expect(texts).toEqual(["a", "b"]);
  });

  test("waits for what has not come yet, also when several ask", async () => {
    await open();
    const stream = client.events("message");
    const results = Promise.all([stream.next(), stream.next(), stream.next()]);
    await push("a", "b");
    await client.close();
    expect((await results).map(({ value }) => value?.text)).toEqual(["a", "b", undefined]);
  });

  test("is over when it is left", async () => {
    await open();
    const stream = client.events("message");
    await push("a", "b");
    for await (const { text } of stream) {
      expect(text).toBe("a");
      break;
    }
    await push("c");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    {
      await using scoped = client.events("message");
      expect(scoped.dropped).toBe(0);
    }
  });

  test("keeps the newest events up to the limit, and counts the lost ones", async () => {
    await open();
    const stream = client.events("message", { maxBuffered: 2 });
    await push("a", "b", "c", "d");
    expect(stream.dropped).toBe(2);
    expect((await stream.next()).value).toEqual({ text: "c" });
    expect((await stream.next()).value).toEqual({ text: "d" });
  });

  test("fails, if that is preferred, after what it had", async () => {
    await open();
    const stream = client.events("message", { maxBuffered: 1, overflow: "fail" });
    await push("a", "b", "c");
    expect((await stream.next()).value).toEqual({ text: "a" });
    await expect(stream.next()).rejects.toMatchObject({ code: "buffer_full" });
  });
});

describe("a message that is neither a reply nor an event", () => {
  test("goes to onMessage, from the first frame on", async () => {
    await server.close();
    server = await startChat({ connect: (ctx) => void ctx.send({ say: "hello" }) });
    const messages: unknown[] = [];
    await open({ onMessage: (message) => messages.push(message) });
    for (const message of ["text", 5, null, [1]]) await client.request("send" as never, { message } as never);
    expect(messages).toEqual([{ say: "hello" }, "text", 5, null, [1]]);
  });

  test("goes to onError when it is an error, or cannot be read", async () => {
    const errors: unknown[] = [];
    await open({ onError: (error) => errors.push(error) });
    await client.request("send" as never, { message: { error: { code: "odd", message: "Odd." } } } as never);
    server.serve.module("chat").all.send(Buffer.from("{"));
    await client.ping();
    expect(errors).toMatchObject([{ name: "ReplyError", code: "odd" }, { name: "SyntaxError" }]);
  });

  test("does not harm the client, whatever it is", async () => {
    await open();
    const odd = [
      { id: 99, data: 1 },
      { id: {}, error: {} },
      { event: 5 },
      { event: "__proto__" },
      { error: "text" },
    ];
    for (const message of odd) await client.request("send" as never, { message } as never);
    expect(await client.ping()).toEqual({ ping: "pong" });
  });
});

test("a client needs no contract", async () => {
  await open();
  const plain = createClient(server.chatUrl, { WebSocket });
  const event = plain.once("message");
  await plain.request("say", { text: "hi" });
  expect(await event).toMatchObject({ text: "hi" });
  await plain.close();
});
