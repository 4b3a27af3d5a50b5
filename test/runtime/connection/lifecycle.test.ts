import { EventEmitter, once } from "node:events";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ConnectionManager,
  type SetWSServerConfig,
  setConnectionManager,
  setLogger,
  setMaxMessageSize,
  setPingPeriod,
  setPongWait,
  setSlowConsumerPolicy,
  setWriteWait,
  use,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { ModuleSocket } from "../../../runtime/src/connection/ws-internals/module-socket.js";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { frame as maskedFrame, Opcode } from "../support/frames.js";
import { eventually, inTime } from "../support/leak-check.js";
import { RawClient } from "../support/raw-client.js";
import { recordingLogger } from "../support/recording-logger.js";
import { rawSocket } from "../support/sockets.js";

const part = (opcode: number, length: number, fin: boolean) =>
  maskedFrame({ opcode, fin, payload: Buffer.alloc(length, "a") });

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
    ["a text that is not UTF-8", (client) => sendFrame(client, 0x81, Buffer.from([0xff])), [1007, ""]],
  ])("%s", async (_title, leave, closing) => {
    const { hooks, ended, client } = await start();
    leave(client);
    await ended;
    await server.close();
    expect(hooks).toEqual(["connect", closing, "disconnect"]);
  });

  test("send: messages before a close arrive before it", async () => {
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

  test("of two closes while connect runs the first counts", async () => {
    const { client } = await start({
      connect: (ctx) => {
        ctx.close(4001, "first");
        ctx.close(4002, "second");
      },
    });
    expect(await client.closed).toEqual({ code: 4001, reason: "first" });
  });

  test("replies to what came before a client's close frame go before the answer to it", async () => {
    const { client } = await start();
    client.send({ command: "ping" });
    client.close(1000);
    expect(await client.next()).toEqual({ ping: "pong" });
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  test("close, disconnect: hooks that throw or return an error break nothing", async () => {
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

  test("disconnect: a running command ends before the hooks, and none starts after them", async () => {
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

describe("a protocol error that closes with", () => {
  test.each<[string, string, readonly Buffer[]]>([
    ["1009", "is a message that is too large", [maskedFrame({ payload: Buffer.alloc(101, "a") })]],
    ["1009", "is too large in parts", [part(1, 60, false), part(0, 60, true)]],
    ["1007", "is a text that is not UTF-8", [maskedFrame({ payload: Buffer.from([0xff]) })]],
    ["1002", "is a reserved bit", [maskedFrame({ reserved: 4 })]],
    ["its code", "comes in too many parts", [part(1, 0, false), ...Array(4_000).fill(part(0, 0, false))]],
  ])("%s and %s has that code for the module and the log, whatever the client answers", async (...given) => {
    const log = recordingLogger();
    const config = [setMaxMessageSize(100), setLogger(log)];
    const ended: (readonly [number, string])[] = [];
    server = await startModules(
      defineModule({ config, close: (_ctx, code, reason) => void ended.push([code, reason]) }),
    );
    const codes: (number | undefined)[] = [];
    for (const answer of ["a close frame", "a reset", "nothing but the end"]) {
      const client = await RawClient.open(server.url("/test/ws"));
      client.send(...given[2]);
      await client.until(() => client.frames.some(({ opcode }) => opcode === Opcode.close));
      const [close] = client.frames.filter(({ opcode }) => opcode === Opcode.close);
      codes.push(close?.payload.readUInt16BE(0));
      if (answer === "a close frame") await client.closed();
      else if (answer === "a reset") client.reset();
      else client.socket.end();
      await client.ended;
      await eventually(
        () => ended.length === codes.length,
        () => `no close hook after ${answer}`,
      );
    }
    if (given[0] !== "its code") expect(codes[0]).toBe(Number(given[0]));
    expect(ended).toEqual(codes.map((code) => [code, ""]));
    const lines = log.lines.filter(({ message }) => message === "disconnected");
    expect(lines.map(({ fields }) => (fields as { code: number }).code)).toEqual(codes);
  });
});

describe("the end of a connection", () => {
  /** A manager that notes what it does, and that takes its time. */
  const slowManager = (steps: string[]): ConnectionManager => ({
    store: async () => {
      steps.push("store");
      await nextTurn();
      steps.push("stored");
    },
    remove: async () => {
      steps.push("remove");
      return true;
    },
    find: () => [],
    list: () => [],
    clear: () => 0,
  });

  test("runs execute, close, disconnect and remove in this order, each when the one before is done", async () => {
    const steps: string[] = [];
    const step = (name: string) => async () => {
      steps.push(name);
      await nextTurn();
      steps.push(`${name} done`);
    };
    const { client } = await start({
      config: [setConnectionManager(slowManager(steps))],
      commands: [defineCommand("run", step("execute"))],
      close: step("close"),
      disconnect: step("disconnect"),
    });
    client.send({ command: "run" });
    client.close();
    await eventually(
      () => steps.includes("remove"),
      () => steps.join(),
    );
    const ends = ["execute", "close", "disconnect"].flatMap((name) => [name, `${name} done`]);
    expect(steps.filter((name) => !name.startsWith("store"))).toEqual([...ends, "remove"]);
    expect(steps.slice(0, 1)).toEqual(["store"]);
  });

  test("begins no command after the hooks, where one before it takes longer than writeWait", async () => {
    const gate = new EventEmitter();
    const steps: string[] = [];
    const slow = defineCommand("slow", async (_ctx, { name }) => {
      steps.push(name);
      await once(gate, "open");
    });
    const { ended, client } = await start({
      config: [setWriteWait(0.05)],
      commands: [slow],
      disconnect: () => void steps.push("disconnect"),
    });
    for (const name of ["a", "b"]) client.send({ command: "slow", name });
    client.close();
    await ended;
    gate.emit("open");
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect(steps).toEqual(["a", "disconnect"]);
  });

  test("is forgotten by the manager when it has been stored, and not before", async () => {
    const steps: string[] = [];
    const gate = new EventEmitter();
    const manager: ConnectionManager = {
      ...slowManager(steps),
      store: async () => {
        await once(gate, "open");
        steps.push("stored");
      },
    };
    const { ended, client } = await start({ config: [setConnectionManager(manager)] });
    await client.close(1000);
    await ended;
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    expect(steps).toEqual([]);
    gate.emit("open");
    await eventually(
      () => steps.includes("remove"),
      () => steps.join(),
    );
    expect(steps).toEqual(["stored", "remove"]);
  });

  test.each<[string, () => never | Promise<Error> | Error]>([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["returns an error", () => new Error("boom")],
    ["resolves with an error", () => Promise.resolve(new Error("boom"))],
  ])(
    "goes on where a hook or the manager %s, and each failure is logged with its entry",
    async (_title, fail) => {
      const log = recordingLogger();
      const steps: string[] = [];
      const failing = (name: string) => () => {
        steps.push(name);
        return fail() as never;
      };
      const manager = { ...slowManager([]), store: failing("store"), remove: failing("remove") };
      const { client } = await start({
        config: [setConnectionManager(manager), setLogger(log)],
        close: failing("close"),
        disconnect: failing("disconnect"),
      });
      await client.close(1000);
      await eventually(
        () => steps.includes("remove"),
        () => steps.join(),
      );
      await nextTurn();
      expect(steps).toEqual(["store", "close", "disconnect", "remove"]);
      const failed = log.lines.filter(({ level }) => level === "error").map(({ message }) => message);
      expect(failed).toEqual([
        "connectionManager failed",
        "close failed",
        "disconnect failed",
        "connectionManager failed",
      ]);
    },
  );

  test("close, disconnect: a hook that never settles delays the next no longer than writeWait", async () => {
    const log = recordingLogger();
    const steps: string[] = [];
    const hang = (name: string) => () => {
      steps.push(name);
      return new Promise<never>(() => {});
    };
    const manager = { ...slowManager([]), remove: hang("remove") };
    const { client } = await start({
      config: [setConnectionManager(manager), setLogger(log), setWriteWait(0.05)],
      close: hang("close"),
      disconnect: hang("disconnect"),
    });
    await client.close(1000);
    const isReported = () => log.lines.filter(({ level }) => level === "error").length === 3;
    await eventually(isReported, () => steps.join());
    expect(steps).toEqual(["close", "disconnect", "remove"]);
    await inTime(server.serve.close({ deadlineMs: 60_000 }), "a shutdown that waits for nothing");
  });
});

describe("a socket whose write throws", () => {
  let failsFor: ((socket: Socket) => boolean) | undefined;
  beforeEach(() => {
    Socket.prototype.write = function (this: Socket, ...args: never[]) {
      if (failsFor?.(this)) throw new Error("write failed");
      return Reflect.apply(Duplex.prototype.write, this, args);
    } as typeof Socket.prototype.write;
  });
  afterEach(() => {
    failsFor = undefined;
    Reflect.deleteProperty(Socket.prototype, "write");
  });

  /** The server's side of a client's connection. */
  const isServerSide = (client: TestClient) => {
    const { localPort } = rawSocket(client);
    return (socket: Socket) => socket.remotePort === localPort;
  };

  test.each<[string, number, number]>([
    ["once, is closed with 1011", 1, 1011],
    ["always, is dropped", Number.POSITIVE_INFINITY, 1006],
  ])("%s, and the others of the turn get their messages", async (_title, times, code) => {
    const log = recordingLogger();
    const { client } = await start({ config: [setLogger(log)] });
    const url = server.url("/test/ws");
    const [before, after] = [client, await connectClient(url)];
    const failing = await connectClient(url);
    const last = await connectClient(url);
    const isFailing = isServerSide(failing);
    let left = times;
    failsFor = (socket) => isFailing(socket) && left-- > 0;
    server.serve.module("test").all.send("hello");
    for (const other of [before, after, last]) expect(await other.next()).toBe("hello");
    expect(await failing.closed).toMatchObject({ code });
    const errors = log.lines.filter(({ level }) => level === "error");
    expect(errors[0]).toMatchObject({ message: "flush failed", fields: { entry: "flush" } });
    server.serve.module("test").all.send("again");
    for (const other of [before, after, last]) expect(await other.next()).toBe("again");
  });

  test("in a look at the clock is dropped, and the others are looked at", async () => {
    const log = recordingLogger();
    const config = [setLogger(log), setPingPeriod(0.1), setPongWait(5)];
    const { client: failing } = await start({ config });
    const others = await Promise.all([1, 2, 3].map(() => connectClient(server.url("/test/ws"))));
    failsFor = isServerSide(failing);
    await Promise.all(others.map((other) => once(other.socket, "ping")));
    expect(await failing.closed).toMatchObject({ code: 1006 });
    const errors = log.lines.filter(({ level }) => level === "error");
    expect(errors[0]).toMatchObject({ message: "tick failed", fields: { entry: "tick" } });
    await Promise.all(others.map((other) => once(other.socket, "ping")));
    expect(server.serve.module("test").stats()).toMatchObject({ connections: 3 });
  });
});

test("an event of a WebSocket whose owner throws reaches the owner's boundary", () => {
  const failures: unknown[] = [];
  const boom = () => {
    throw new Error("boom");
  };
  const ws = new ModuleSocket(null as never, undefined, {});
  const owner = { receive: boom, onSocketClose: boom, beforeClose: boom, betweenFrames: boom };
  ws.owner = {
    ...owner,
    onProtocolError: () => {},
    onSocketEventError: (error) => failures.push(error),
  };
  ws.emit("message", Buffer.from("{}") as never, false as never);
  ws.emit("close", 1000 as never, Buffer.from("") as never);
  expect(failures).toEqual([new Error("boom"), new Error("boom")]);
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
  test("params, query, headers, get, set: the context has the data of the handshake, and a store", async () => {
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

  test.each([
    { title: "at once", wait: (state: object) => state },
    { title: "later", wait: (state: object) => Promise.resolve(state) },
  ])("state: has the values that connect returns $title, and those of the middlewares", async ({ wait }) => {
    const states: unknown[] = [];
    const returned = JSON.parse('{ "user": { "name": "ann" }, "__proto__": { "isAdmin": true } }');
    const module = defineModule({
      config: [
        use((ctx, next) => {
          ctx.state = { ...ctx.state, tenant: "acme" };
          return next();
        }),
      ],
      commands: [
        defineCommand("who", (ctx) => [ctx.state.tenant, ctx.state.user, ctx.state.isAdmin ?? "no"]),
      ],
      close: (ctx) => void states.push(ctx.state.user),
      disconnect: (ctx) => void states.push(ctx.state.user),
    });
    server = await startModules({ ...module, connect: () => wait(returned) });
    const client = await connectClient(server.url("/test/ws"));
    expect(await client.request("who")).toEqual(["acme", { name: "ann" }, "no"]);
    await client.close();
    await expect.poll(() => states).toEqual([{ name: "ann" }, { name: "ann" }]);
  });
});

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

  test("setMaxMessageBufferSize: messages of others wait up to it during connect, then the client is a slow consumer", async () => {
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
