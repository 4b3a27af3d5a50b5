import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { decode, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { setEnvelope } from "wsgen-runtime";
import {
  type Client,
  ClientError,
  type ClientOptions,
  createClient,
  createEnvelope,
  hasErrorCode,
  ReplyError,
} from "../../../runtime/src/client/index.js";
import { type ChatServer, startChat } from "./chat-server.js";
import { createChatClient } from "./example.client.js";
import { inState, reached } from "./reached.js";
import { countTimers, createTestClock } from "./test-clock.js";

let server: ChatServer;
const clients: Client[] = [];
beforeEach(async () => {
  server = await startChat();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
});

function open(options: ClientOptions = {}, url: string = server.chatUrl): Client {
  const client = createClient(url, { WebSocket, onError: () => {}, ...options });
  clients.push(client);
  return client;
}

describe("a request", () => {
  test.each<[string, ClientOptions["envelope"]]>([
    ["the default", undefined],
    ["other names", createEnvelope({ command: "do", correlation: "no" })],
    ["MessagePack", createEnvelope({}, { encode, decode: (frame) => decode(frame as ArrayBuffer) })],
  ])("has the traceparent of the tracer, and none without one, with %s", async (_title, envelope) => {
    const sent: unknown[] = [];
    const listener = new WebSocketServer({ port: 0 });
    onTestFinished(() => void listener.close());
    const got = new Promise<void>((resolve) =>
      listener.on("connection", (socket) =>
        socket.on("message", (data: Buffer, isBinary) => {
          sent.push(isBinary ? decode(data) : JSON.parse(String(data)));
          if (sent.length === 2) resolve();
        }),
      ),
    );
    let span: string | undefined = "00-a-b-01";
    const url = `ws://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const client = open({ envelope, trace: { getTraceparent: () => span } }, url);
    client.request("say").catch(() => {});
    span = undefined;
    client.request("say").catch(() => {});
    await got;
    expect(sent.map((message) => (message as { traceparent?: string }).traceparent)).toEqual([
      "00-a-b-01",
      undefined,
    ]);
    expect(Object.keys(sent[1] as object)).toHaveLength(2);
  });

  test("is sent, and events arrive, although the tracer fails", async () => {
    const listener = new WebSocketServer({ port: 0 });
    onTestFinished(() => void listener.close());
    listener.on("connection", (socket) =>
      socket.on("message", (data) => {
        const { id } = JSON.parse(String(data));
        socket.send(JSON.stringify({ event: "said", data: id, traceparent: "00-a-b-01" }));
        socket.send(JSON.stringify({ id, data: "done" }));
      }),
    );
    const fail = () => {
      throw new Error("on purpose");
    };
    const errors: unknown[] = [];
    const url = `ws://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const trace = { getTraceparent: fail, runEvent: fail };
    const client = open({ trace, onError: (error) => errors.push(error) }, url);
    const heard: unknown[] = [];
    client.on("said", (data) => heard.push(data));
    expect(await client.request("say")).toBe("done");
    expect(heard).toEqual([1]);
    expect(errors).toHaveLength(2);
  });

  test("has the reply of its command, whatever the command's name", async () => {
    await using client = createChatClient(server.chatUrl, { WebSocket });
    expect(await client.ping()).toEqual({ ping: "pong" });
    expect(await client.say({ room: "lobby", text: "hi" })).toEqual({ delivered: 1 });
    await expect(client.userLogin({ name: "ann" })).rejects.toMatchObject({ code: "unknown_command" });
  });

  test("keeps its fields, and cannot take the place of what the client sends beside them", async () => {
    const fields = { text: "é", list: [1, null], __proto__: null };
    expect(await open().request("echo", fields)).toEqual({ text: "é", list: [1, null] });
    expect(await open().request("echo", { command: "ping", id: "x" })).toEqual({});
  });

  test("without a result is acknowledged", async () => {
    expect(await open().request("nothing")).toBeNull();
  });

  test("finds its own among many replies that come in another order", async () => {
    const client = open({ maxQueued: 501 });
    const never = client.request("never", {}, { timeoutMs: 500 }).catch(({ code }) => code);
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    const replies = await Promise.all(numbers.map((number) => client.request("echo", { number })));
    expect(replies).toEqual(numbers.map((number) => ({ number })));
    expect(await never).toBe("timed_out");
  });

  test("is rejected with the server's code, message, details and retry", async () => {
    const error: unknown = await open()
      .request("refuse")
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ReplyError);
    expect(error).toMatchObject({
      code: "too_loud",
      message: "Not so loud.",
      details: { limit: 5 },
      retry: true,
    });
  });

  test("hasErrorCode: recognizes the codes of its command and those of the runtime", async () => {
    const client = open();
    const errorOf = (command: string, options = {}): Promise<unknown> =>
      client.request(command, {}, options).catch((thrown) => thrown);
    const refused = await errorOf("refuse");
    expect(hasErrorCode(refused, ["too_loud", "too_long"])).toBe(true);
    expect(hasErrorCode(refused, ["too_long"])).toBe(false);
    expect(hasErrorCode(await errorOf("nope"), [])).toBe(true);
    expect(await errorOf("nope")).toMatchObject({ code: "unknown_command", retry: undefined });
    for (const other of [
      await errorOf("never", { timeoutMs: 5 }),
      new Error("x"),
      { code: "too_loud" },
      null,
    ])
      expect(hasErrorCode(other, ["too_loud", "timed_out"])).toBe(false);
  });

  test("that is no JSON is rejected, not thrown", async () => {
    const promise = open().request("echo", { number: 1n });
    await expect(promise).rejects.toThrow(TypeError);
  });
});

describe("the limits of a request", () => {
  test("are its own time or the client's, waiting for a connection included", async () => {
    const client = open({ timeoutMs: 20 });
    await inState(client, "open");
    await expect(client.request("never")).rejects.toMatchObject({ code: "timed_out", wasSent: true });
    await expect(client.request("never", {}, { timeoutMs: 10 })).rejects.toThrow("10 ms");
    await expect(client.request("echo", {}, { timeoutMs: Number.POSITIVE_INFINITY })).resolves.toEqual({});
    const offline = open({ timeoutMs: 20 }, "ws://127.0.0.1:1/");
    await expect(offline.request("never")).rejects.toMatchObject({ code: "timed_out", wasSent: false });
  });

  test("are its signal, before and while it waits", async () => {
    const client = open();
    const gone = client.request("say", { text: "unheard" }, { signal: AbortSignal.abort("why") });
    await expect(gone).rejects.toMatchObject({ code: "aborted", cause: "why", wasSent: false });
    const controller = new AbortController();
    const request = client.request("never", {}, { signal: controller.signal });
    await client.request("ping");
    controller.abort();
    await expect(request).rejects.toMatchObject({ code: "aborted", wasSent: true });
    expect(server.said).toEqual([]);
  });

  test("keep what was given up from being sent", async () => {
    const client = open();
    const controller = new AbortController();
    const given = client.request("say", { text: "given up" }, { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toBeInstanceOf(ClientError);
    await client.request("say", { text: "kept" });
    expect(server.said).toEqual(["kept"]);
  });

  test("have their defaults also where they are given as undefined", async () => {
    const clock = createTestClock();
    const client = open({ clock, timeoutMs: undefined } as object);
    const request = client.request("ping", {}, { timeoutMs: undefined });
    expect(clock.running).toEqual([10_000, 30_000]);
    await request;
  });

  test("leave nothing behind once it is settled", async () => {
    const clock = countTimers();
    const client = open({ clock });
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => {
      listeners += 1;
    };
    signal.removeEventListener = () => {
      listeners -= 1;
    };
    await client.request("ping", {}, { signal });
    await client.request("refuse", {}, { signal }).catch(() => {});
    await client.request("never", {}, { signal, timeoutMs: 5 }).catch(() => {});
    // Its reply is one to the probe, too.
    await client.request("ping");
    expect([listeners, clock.count]).toEqual([0, 0]);
    const settled = Promise.allSettled([
      client.request("never", {}, { signal }),
      client.once("message", { signal, timeoutMs: 9_999 }),
    ]);
    await client.close();
    await settled;
    expect([listeners, clock.count]).toEqual([0, 0]);
  });
});

describe("requests without a connection", () => {
  test("go out in order once there is one", async () => {
    const client = open({ maxQueued: 3 });
    await Promise.all(["a", "b", "c"].map((text) => client.request("say", { text })));
    expect(server.said).toEqual(["a", "b", "c"]);
  });

  test("are so many and no more", async () => {
    const client = open({ maxQueued: 2 });
    const results = await Promise.allSettled([1, 2, 3].map((number) => client.request("echo", { number })));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { code: "queue_full", wasSent: false } });
  });

  test("come after those that are made when it opens", async () => {
    const client = open();
    const waiting = client.request("say", { text: "waited" });
    client.onState(({ state }) => {
      if (state === "open") client.request("say", { text: "at open" });
    });
    await waiting;
    expect(server.said).toEqual(["at open", "waited"]);
  });

  test("are rejected at once when the client is closed", async () => {
    const client = open();
    const queued = client.request("ping");
    const closing = client.close();
    await expect(queued).rejects.toMatchObject({ code: "closed", wasSent: false });
    await expect(client.request("ping")).rejects.toMatchObject({ code: "closed" });
    await expect(client.once("message")).rejects.toMatchObject({ code: "closed" });
    await closing;
  });
});

describe("a request whose connection is cut", () => {
  test("is rejected, since it may have been executed; what waits is not", async () => {
    const client = open({ backOff: { baseMs: 1 } });
    await inState(client, "open");
    const sent = client.request("never");
    const leaving = client.request("leave", { code: 4001 });
    await expect(sent).rejects.toMatchObject({ code: "connection_lost", wasSent: true });
    await leaving.catch(() => {});
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("is sent again when that does no harm", async () => {
    let calls = 0;
    await server.close();
    server = await startChat({
      commands: [
        {
          getCommand: () => "flaky",
          getConfigOption: () => [],
          execute: (ctx, { code }) => {
            calls += 1;
            if (calls > 1) return { calls };
            ctx.close(code);
            return once(ctx.signal, "abort");
          },
        },
      ],
    });
    const client = open({ backOff: { baseMs: 1 } });
    expect(await client.request("flaky", { code: 1012 }, { isIdempotent: true })).toEqual({ calls: 2 });
    calls = 0;
    // 1009: the message itself is what the server does not take.
    const tooBig = client.request("flaky", { code: 1009 }, { isIdempotent: true });
    await expect(tooBig).rejects.toMatchObject({ code: "connection_lost" });
    expect(calls).toBe(1);
  });

  test("is rejected as closed when the client is closed before the reply", async () => {
    const client = open();
    await inState(client, "open");
    const sent = client.request("never");
    const closed = reached(client, "closed");
    const rejection = expect(sent).rejects.toMatchObject({ code: "closed", wasSent: true });
    await client.close();
    await rejection;
    expect((await closed).end).toBeUndefined();
  });
});

describe("a reply that the client does not understand", () => {
  test.each([
    ["of another shape", { id: 1, result: 5 }],
    ["without data", { id: 1 }],
    ["with a bare error", { id: 1, error: "broken" }],
    ["with an error without a code", { id: 1, data: 5, error: { status: 500 } }],
    ["with a numeric code", { id: 1, error: { code: -32601, message: "no" } }],
  ])("rejects with bad_reply: %s", async (_name, message) => {
    const client = open();
    const request = client.request("never");
    await client.request("send", { message });
    await expect(request).rejects.toMatchObject({ code: "bad_reply", cause: message, wasSent: true });
  });

  test("onError: gets a bad reply that no request waits for", async () => {
    const errors: unknown[] = [];
    const client = open({ onError: (error) => errors.push(error) });
    await client.request("send", { message: { error: { status: 500 } } });
    expect(errors).toMatchObject([{ code: "bad_reply", cause: { error: { status: 500 } } }]);
  });

  test("does not include null data, nor a null error beside it", async () => {
    const client = open();
    const request = client.request("never");
    await client.request("send", { message: { id: 1, data: null, error: null } });
    expect(await request).toBeNull();
  });
});

describe("a server that lies", () => {
  const many = 50_000;
  const own = { id: 1, data: "true" };

  /** What it sends for the first request, as frames. */
  async function hear(...lies: (string | Buffer)[]) {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(sockets, "listening");
    sockets.on("connection", (socket) =>
      socket.on("message", (data) => {
        const { command, id } = JSON.parse(String(data));
        if (command === "lie") for (const lie of lies) socket.send(lie);
        else socket.send(JSON.stringify({ id, data: command }));
      }),
    );
    const client = open({}, `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/`);
    onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    });
    const answer = await client.request("lie").catch((error) => error.code);
    return { client, answer };
  }

  test.each<[string, (string | Buffer)[], unknown]>([
    ...["1", [1], { valueOf: 1 }, 1.5, null, true, -1, 0, 2, "__proto__"].map(
      (id): [string, string[], unknown] => [
        `a reply with the id ${JSON.stringify(id)}`,
        [JSON.stringify({ id, data: "lie" }), JSON.stringify(own)],
        "true",
      ],
    ),
    ["two replies", [JSON.stringify(own), JSON.stringify({ id: 1, data: "lie" })], "true"],
    ["an event with the id", [JSON.stringify({ ...own, event: "lie" }), JSON.stringify(own)], "true"],
    ["a binary reply", [Buffer.from(JSON.stringify({ id: 1, data: "lie" })), JSON.stringify(own)], "true"],
    ["a deep reply", [`{"id":2,"data":${"[".repeat(many)}${"]".repeat(many)}}`, JSON.stringify(own)], "true"],
    [
      "a large frame",
      [JSON.stringify({ event: "lie", data: "x".repeat(2 ** 23) }), JSON.stringify(own)],
      "true",
    ],
    ["text that is cut off", [`{"id":1,"data`, JSON.stringify(own)], "true"],
    [
      "an error whose message is no text",
      [JSON.stringify({ id: 1, error: { code: "odd", message: { toString: 1 } } })],
      "odd",
    ],
    [
      "an error whose code is no text",
      [JSON.stringify({ id: 1, error: { code: { toString: 1 } } })],
      "bad_reply",
    ],
  ])("by %s is not believed, and harms no other request", async (_name, lies, expected) => {
    const { client, answer } = await hear(...lies);
    expect(answer).toEqual(expected);
    expect(await client.request("next")).toBe("next");
  });
});

describe("an envelope", () => {
  test("that cannot write the probe is reported, and the client goes on", async () => {
    const clock = createTestClock();
    const errors: unknown[] = [];
    const envelope = createEnvelope(
      {},
      {
        encode(message) {
          if ((message as { command: string }).command === "$probe") throw new Error("mine");
          return JSON.stringify(message);
        },
        decode: (frame) => JSON.parse(String(frame)),
      },
    );
    const client = open({ clock, envelope, onError: (error) => errors.push(error) });
    await inState(client, "open");
    const request = client.request("never").catch(({ code }) => code);
    clock.pass(30_000);
    expect(await request).toBe("timed_out");
    expect(errors).toMatchObject([{ message: "mine" }]);
    expect(await client.request("echo", { a: 1 })).toEqual({ a: 1 });
  });

  test("names the fields as the module does", async () => {
    await server.close();
    server = await startChat({ config: [setEnvelope({ command: "type", correlation: "rid" })] });
    const client = open({ envelope: createEnvelope({ command: "type", correlation: "rid" }) });
    const event = client.once("message");
    expect(await client.request("say", { text: "hi", id: 5 })).toEqual({ delivered: 1 });
    expect(await event).toMatchObject({ text: "hi", id: 5 });
    await expect(client.request("refuse")).rejects.toMatchObject({ code: "too_loud" });
  });

  test("has other names, so that id is a field like others, in requests, replies, events and errors", async () => {
    await server.close();
    server = await startChat({ config: [setEnvelope({ correlation: "requestId" })] });
    const client = open({ envelope: createEnvelope({ correlation: "requestId" }) });
    expect(await client.request("echo", { id: "task-1", text: undefined })).toEqual({ id: "task-1" });
  });

  test("sends no field that is undefined, whatever the codec", async () => {
    const sent: unknown[] = [];
    const codec = {
      encode(message: object) {
        sent.push(message);
        return JSON.stringify(message);
      },
      decode: (frame: string | ArrayBuffer) => JSON.parse(String(frame)),
    };
    const client = open({ envelope: createEnvelope({}, codec) });
    const at = new Date(0);
    const bytes = new Uint8Array([1]);
    await client.request("echo", {
      a: undefined,
      b: { c: undefined, at, bytes },
      list: [{ d: undefined }, undefined],
    });
    expect(sent).toStrictEqual([{ command: "echo", id: 1, b: { at, bytes }, list: [{}, undefined] }]);
  });

  test("brings another codec", async () => {
    await server.close();
    server = await startChat({ config: [setEnvelope({ codec: "msgpack" })] });
    const codec = { encode, decode: (frame: string | ArrayBuffer) => decode(frame as ArrayBuffer) };
    const client = open({ envelope: createEnvelope({}, codec) });
    expect(await client.request("echo", { bytes: new Uint8Array([1, 2]) })).toEqual({
      bytes: new Uint8Array([1, 2]),
    });
  });
});
