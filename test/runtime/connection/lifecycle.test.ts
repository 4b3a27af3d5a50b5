import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  type SetWSServerConfig,
  setMaxMessageSize,
  setSlowConsumerPolicy,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";

let server: TestServer;
afterEach(() => server.close());

/** A module that notes its hooks, and a promise of the moment when `disconnect` has run. */
function recordHooks(definition: ModuleDefinition = {}) {
  const hooks: unknown[] = [];
  let disconnected = () => {};
  const ended = new Promise<void>((resolve) => {
    disconnected = resolve;
  });
  const module = defineModule({
    commands: [ping],
    ...definition,
    connect: (ctx) => {
      hooks.push("connect");
      return definition.connect?.(ctx);
    },
    close: (ctx, code, message) => {
      hooks.push([code, message]);
      return definition.close?.(ctx, code, message);
    },
    disconnect: (ctx) => {
      hooks.push("disconnect");
      disconnected();
      return definition.disconnect?.(ctx);
    },
  });
  return { hooks, ended, module };
}

async function start(definition?: ModuleDefinition) {
  const recorded = recordHooks(definition);
  server = await startModules(recorded.module);
  return { ...recorded, client: await connectClient(server.url("/test/ws")) };
}

describe("close and disconnect come once each, with the code and the reason", () => {
  test.each<[string, (client: TestClient) => void, [number, string]]>([
    ["the client closes with a code", (client) => client.close(4001, "bye"), [4001, "bye"]],
    ["the client closes without a code", (client) => client.close(), [1005, ""]],
    ["the client vanishes", (client) => client.socket.terminate(), [1006, ""]],
    ["a text that is not UTF-8", (client) => sendFrame(client, 0x81, Buffer.from([0xff])), [1006, ""]],
  ])("%s", async (_title, leave, closing) => {
    const { hooks, ended, client } = await start();
    leave(client);
    await ended;
    await server.close();
    expect(hooks).toEqual(["connect", closing, "disconnect"]);
  });

  test("the server closes, and what was sent before arrives before", async () => {
    const leave = defineCommand("leave", (ctx) => {
      ctx.send("last words");
      ctx.close(4002, "é".repeat(100));
      expect(ctx.send("too late")).toBe(false);
    });
    const { hooks, ended, client } = await start({ commands: [leave] });
    client.send({ command: "leave" });
    expect(await client.next()).toBe("last words");
    expect(await client.closed).toEqual({ code: 4002, reason: "é".repeat(61) });
    await ended;
    expect(hooks).toEqual(["connect", [4002, "é".repeat(61)], "disconnect"]);
  });

  test("replies to what came before a client's close frame go before the answer to it", async () => {
    const { client } = await start();
    client.send({ command: "ping" });
    client.close(1000);
    expect(await client.next()).toEqual({ ping: "pong" });
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  test("hooks that throw or return an error break nothing", async () => {
    const boom = () => {
      throw new Error("boom");
    };
    const { hooks, ended, client } = await start({ close: () => new Error("returned"), disconnect: boom });
    await client.close(1000);
    await ended;
    expect(hooks).toEqual(["connect", [1000, ""], "disconnect"]);
    await using other = await connectClient(server.url("/test/ws"));
    expect(await other.request("ping")).toEqual({ ping: "pong" });
  });

  test("a command that still runs ends before the hooks, and none starts after them", async () => {
    const steps: string[] = [];
    const slow = defineCommand("slow", async (ctx, { name }) => {
      steps.push(`start ${name}`);
      if (!ctx.signal.aborted) await once(ctx.signal, "abort");
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`end ${name}`);
    });
    const { ended, client } = await start({
      commands: [slow],
      close: () => void steps.push("close"),
      disconnect: () => void steps.push("disconnect"),
    });
    client.send({ command: "slow", name: "a" });
    client.send({ command: "slow", name: "b" });
    client.close();
    await ended;
    expect(steps).toEqual(["start a", "end a", "start b", "end b", "close", "disconnect"]);
  });
});

describe("protocol violations close with the RFC's code, and a healthy client is not touched", () => {
  test.each<[string, number, Buffer, number]>([
    ["a message that is too large", 0x81, Buffer.alloc(101, "a"), 1009],
    ["text that is not UTF-8", 0x81, Buffer.from([0xff]), 1007],
    ["a reserved bit", 0xc1, Buffer.from("a"), 1002],
    ["a reserved opcode", 0x83, Buffer.from("a"), 1002],
    ["a continuation of nothing", 0x80, Buffer.from("a"), 1002],
    ["a close frame of one byte", 0x88, Buffer.from("a"), 1002],
    ["a close code that may not be sent", 0x88, Buffer.from([0x03, 0xed]), 1002],
    ["a ping in parts", 0x09, Buffer.from("a"), 1002],
  ])("%s", async (_title, first, payload, code) => {
    const { client } = await start({ config: [setMaxMessageSize(100)] });
    sendFrame(client, first, payload);
    expect(await client.closed).toMatchObject({ code });
    await using healthy = await connectClient(server.url("/test/ws"));
    expect(await healthy.request("ping")).toEqual({ ping: "pong" });
  });

  test("a frame that is not masked", async () => {
    const { client } = await start();
    rawSocket(client).write(Buffer.from([0x81, 0x01, 0x61]));
    expect(await client.closed).toMatchObject({ code: 1002 });
  });

  test("a small message in 4,000 fragments", async () => {
    const { client } = await start();
    const fragments = [frame(0x01, Buffer.from("a"))];
    for (let count = 0; count < 4_000; count++) fragments.push(frame(0x00, Buffer.from("a")));
    rawSocket(client).write(Buffer.concat(fragments));
    expect(await client.closed).toMatchObject({ code: 1008 });
  });
});

describe("the context", () => {
  test("tells of the handshake, and keeps a store", async () => {
    let seen: WSContext | undefined;
    server = await startModules(
      defineModule({
        urls: ["rooms/:room"],
        connect: (ctx) => {
          ctx.set("count", 1);
          seen = ctx;
        },
        commands: [
          defineCommand("count", (ctx) => {
            ctx.set("count", (ctx.get<number>("count") ?? 0) + 1);
            return ctx.get("count");
          }),
        ],
      }),
    );
    const client = await connectClient(server.url("/test/rooms/a%20b?x=1&x=2"), {
      headers: { "X-Own": "yes" },
    });
    expect(await client.request("count")).toBe(2);
    expect(seen).toMatchObject({
      moduleFlag: "test",
      route: "/test/rooms/:room",
      remoteAddress: "127.0.0.1",
      subprotocol: "",
    });
    expect(seen?.params.room).toBe("a b");
    expect(seen?.query.getAll("x")).toEqual(["1", "2"]);
    expect(seen?.headers["x-own"]).toBe("yes");
    expect(seen?.connectedAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(() => seen?.close(1005)).toThrow(RangeError);
  });
});

const rawSocket = (client: TestClient) =>
  (client.socket as unknown as { _socket: import("node:net").Socket })._socket;

/** A client's frame, masked with zeros. */
function frame(first: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

function sendFrame(client: TestClient, first: number, payload: Buffer): void {
  rawSocket(client).write(frame(first, payload));
}

describe("while connect runs", () => {
  const large = "x".repeat(1_000);

  /** A connection that is in a room and whose `connect` runs until `go` is called. */
  async function slowConnect(run: (ctx: WSContext) => void, config: readonly SetWSServerConfig[] = []) {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let entered = (_ctx: WSContext) => {};
    const inside = new Promise<WSContext>((resolve) => {
      entered = resolve;
    });
    server = await startModules(
      defineModule({
        config,
        connect: async (ctx) => {
          ctx.join("lobby");
          run(ctx);
          entered(ctx);
          await gate;
        },
      }),
    );
    const opening = connectClient(server.url("/test/ws"));
    const ctx = await inside;
    return { ctx, go, opening, push: () => ctx.module.room("lobby").send({ large }) };
  }

  test("what others send waits up to maxMessageBufferSize, then the client is a slow consumer", async () => {
    const { go, opening, push } = await slowConnect(() => {});
    const results = Array.from({ length: 20 }, () => push().delivered);
    expect(results.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
    expect(results.at(-1)).toBe(0);
    expect(server.serve.module("test").stats().slowConsumers).toBe(1);
    go();
    expect((await (await opening).closed).code).toBe(1013);
  });

  test("what others send is dropped where that is the policy", async () => {
    const { go, opening, push } = await slowConnect(() => {}, [setSlowConsumerPolicy("drop-oldest")]);
    for (let count = 0; count < 20; count++) push();
    go();
    const client = await opening;
    expect(await client.next()).toEqual({ large });
    expect(server.serve.module("test").stats()).toMatchObject({ slowConsumers: 0, messagesDropped: 12 });
  });

  test("what connect itself sends does not count", async () => {
    const { go, opening, push } = await slowConnect((ctx) => {
      for (let count = 0; count < 20; count++) ctx.send({ large });
    });
    expect(push().delivered).toBe(1);
    go();
    const client = await opening;
    for (let count = 0; count < 21; count++) expect(await client.next()).toEqual({ large });
  });
});
