import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import {
  closePushCommandErrorMessage,
  closeResponseData,
  type SetWSServerConfig,
  setCodec,
  setCommandTimeout,
  setEnvelope,
  setEvents,
  setExecuteTimeout,
  setHooks,
  setLogger,
  setMaxMessageSize,
  setRequestCheck,
  WebsocketError,
  type WSContext,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { addProblem } from "wsgen-runtime/validation";
import { type ConnectionContext, RunningCommand } from "../../../runtime/src/connection/context.js";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { heldBytes } from "../support/held-memory.js";
import { recordingLogger } from "../support/recording-logger.js";
import { nextTurn } from "../support/sockets.js";

let server: TestServer;
afterEach(() => server.close());

async function start(
  config: SetWSServerConfig[],
  ...commands: ReturnType<typeof defineCommand>[]
): Promise<TestClient> {
  server = await startModules(defineModule({ config, commands: [ping, ...commands] }));
  return connectClient(server.url("/test/ws"));
}

test("setExecuteTimeout: a command that takes too long is answered timeout, its signal is aborted, and the next one runs", async () => {
  const aborted: unknown[] = [];
  const endless = defineCommand("endless", async (ctx) => {
    await once(ctx.signal, "abort");
    aborted.push((ctx.signal.reason as Error).name);
    return "too late";
  });
  const client = await start([setExecuteTimeout(0.05)], endless);
  await expect(client.request("endless")).rejects.toMatchObject({ code: "timeout" });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
  expect(aborted).toEqual(["TimeoutError"]);
});

test("setCommandTimeout: the command's time limit overrides the module's, and a disconnect aborts it too", async () => {
  const reasons: unknown[] = [];
  let noted = () => {};
  const done = new Promise<void>((resolve) => {
    noted = resolve;
  });
  const patient = defineCommand(
    "patient",
    async (ctx) => {
      ctx.send("started");
      await once(ctx.signal, "abort");
      reasons.push((ctx.signal.reason as Error).name);
      noted();
    },
    [setCommandTimeout(60)],
  );
  const client = await start([setExecuteTimeout(0.01)], patient);
  client.send({ command: "patient" });
  expect(await client.next()).toBe("started");
  client.socket.terminate();
  await done;
  expect(reasons).toEqual(["AbortError"]);
});

test("disableResponseData, disableErrorMessage: results and errors can be switched off per command", async () => {
  const mute = defineCommand("mute", () => 1, [closeResponseData()]);
  const fails = () => {
    throw new WebsocketError("no", "No.");
  };
  const client = await start([], mute, defineCommand("hush", fails, [closePushCommandErrorMessage()]));
  client.send({ command: "mute", id: 1 });
  client.send({ command: "hush", id: 2 });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
});

test("setHooks: hooks run around a command, and before can answer in its place", async () => {
  const seen: unknown[] = [];
  const client = await start(
    [
      setHooks({
        before: (ctx, data) => {
          seen.push(["before", ctx.command, ctx.correlationId, data]);
          return ctx.command === "ping" ? new WebsocketError("closed", "Closed.") : undefined;
        },
        after: (ctx, _data, reply) => void seen.push(["after", ctx.command, reply]),
        onError: (ctx, error) => {
          seen.push(["error", ctx.command, (error as Error).message]);
          throw new Error("the hook itself fails");
        },
      }),
    ],
    defineCommand("double", (_ctx, { n }) => n * 2),
  );
  expect(await client.request("double", { n: 2 })).toBe(4);
  await expect(client.request("ping")).rejects.toMatchObject({ code: "closed" });
  expect(seen).toEqual([
    ["before", "double", 1, { n: 2 }],
    ["after", "double", 4],
    ["before", "ping", 2, {}],
    ["error", "ping", "Closed."],
  ]);
});

test("execute: a result that cannot be written is an error of the command", async () => {
  const client = await start(
    [],
    defineCommand("big", () => 1n),
  );
  await expect(client.request("big")).rejects.toMatchObject({ code: "failed" });
  expect(await client.request("ping")).toEqual({ ping: "pong" });
});

describe("an unknown command and a bad message", () => {
  test("may be ignored", async () => {
    const client = await start([setEnvelope({ unknownCommand: "ignore", invalidMessage: "ignore" })]);
    client.send("not json");
    client.send({ command: "nope" });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("may close the connection", async () => {
    const client = await start([setEnvelope({ unknownCommand: 4404, invalidMessage: 1003 })]);
    client.send({ command: "nope" });
    expect(await client.closed).toMatchObject({ code: 4404 });
    const other = await connectClient(server.url("/test/ws"));
    other.send("not json");
    expect(await other.closed).toMatchObject({ code: 1003 });
  });
});

test("a batch is answered in one frame, in order", async () => {
  const slow = defineCommand("slow", async () => "slow");
  const client = await start([setEnvelope({ batch: true })], slow);
  client.send([{ command: "slow", id: 1 }, { command: "nope", id: 2 }, { command: "ping" }]);
  expect(await client.next()).toEqual([
    { command: "slow", id: 1, data: "slow" },
    { command: "nope", id: 2, error: { code: "unknown_command", message: expect.any(String) } },
    { ping: "pong" },
  ]);
});

describe("a guard", () => {
  const seen: unknown[] = [];
  const guard = (refuse: () => unknown) =>
    setHooks({
      before: (ctx, data) => {
        seen.push([ctx.command, data]);
        return refuse() as undefined;
      },
    });
  const checked = defineCommand("checked", () => 1, [
    setRequestCheck(() => addProblem(undefined, "/secret", "type", "must be a string")),
  ]);
  const refusal = new WebsocketError("locked", "Log in first.");
  const locked = { code: "locked", message: "Log in first." };
  const resumable = setEvents({ news: { replay: { last: 1 } } });

  const messages: [string, object | string, string, unknown][] = [
    ["a command", { command: "ping", id: 1 }, "ping", {}],
    ["a request that does not fit its schema", { command: "checked", id: 1, a: 1 }, "checked", { a: 1 }],
    ["an unknown command", { command: "nope", id: 1, a: 1 }, "nope", { a: 1 }],
    ["a message without a command", { id: 1, a: 1 }, "", { id: 1, a: 1 }],
    ["what cannot be read", "{", "", undefined],
    ["a resume frame", { resume: [] }, "", { resume: [] }],
  ];

  test.each(messages)(
    "setHooks: before sees %s first, and its error is the only answer",
    async (_title, message, command, data) => {
      seen.length = 0;
      for (const refuse of [() => refusal, () => Promise.reject(refusal)]) {
        const client = await start([guard(refuse), resumable], checked);
        client.send(message);
        expect(await client.next()).toMatchObject({ error: locked });
        client.send(message);
        expect(await client.next()).toMatchObject({ error: locked });
        await client.close();
        await server.close();
      }
      expect(seen).toEqual(Array(4).fill([command, data]));
    },
  );

  test("sees each message of a batch", async () => {
    const client = await start([guard(() => refusal), setEnvelope({ batch: true })], checked);
    client.send([{ command: "ping" }, { command: "nope" }, 7]);
    expect(await client.next()).toEqual([
      { command: "ping", error: locked },
      { command: "nope", error: locked },
      { error: locked },
    ]);
  });

  test("that lets everything pass changes nothing", async () => {
    const client = await start([guard(() => undefined), resumable], checked);
    const codes: unknown[] = [];
    for (const [, message] of messages) {
      client.send(message);
      const reply = (await client.next()) as { error?: { code: string }; data?: unknown };
      codes.push(reply.error?.code ?? Object.keys(reply));
    }
    expect(codes).toEqual([
      ["command", "id", "data"],
      ...["invalid_request", "unknown_command", "invalid_message", "invalid_message"],
      ["resume"],
    ]);
  });

  test("that never settles is bounded by executeTimeout, for unknown commands too", async () => {
    const client = await start([guard(() => new Promise(() => {})), setExecuteTimeout(0.05)]);
    await expect(client.request("ping")).rejects.toMatchObject({ code: "timeout" });
    await expect(client.request("nope")).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("hooks of several calls", () => {
  test("setHooks: hooks of several calls run in their order, and the first refusal wins", async () => {
    const order: string[] = [];
    const hooks = (name: string, refuses = false) =>
      setHooks({
        before: (ctx) => {
          order.push(`before ${name}`);
          return refuses && ctx.command === "ping" ? new WebsocketError(name, "No.") : undefined;
        },
        after: () => {
          order.push(`after ${name}`);
          throw new Error("a broken hook");
        },
        onError: () => void order.push(`error ${name}`),
      });
    const client = await start(
      [hooks("a"), hooks("b", true), hooks("c", true)],
      defineCommand("two", () => 2),
    );
    expect(await client.request("two")).toBe(2);
    await expect(client.request("ping")).rejects.toMatchObject({ code: "b" });
    await expect(client.request("ping")).rejects.toMatchObject({ code: "b" });
    expect(order.slice(0, 10)).toEqual([
      ...["before a", "before b", "before c", "after a", "after b", "after c"],
      ...["before a", "before b", "error a", "error b"],
    ]);
  });

  test("setHooks: an after that throws, returns an error or never settles does not change the reply", async () => {
    for (const after of [
      () => Promise.reject(new Error("boom")),
      () => new Error("boom"),
      () => new Promise(() => {}),
    ]) {
      const log = recordingLogger();
      const client = await start([
        setHooks({ after: after as never }),
        setLogger(log),
        setExecuteTimeout(0.05),
      ]);
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      expect(log.lines.find(({ level }) => level === "error")?.fields).toMatchObject({
        entry: "after",
        connection: expect.any(String),
        command: "ping",
      });
      await server.close();
    }
  });
});

describe("an error that cannot be sent", () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const getter = Object.defineProperty(new WebsocketError("mine", "Mine."), "details", {
    get: () => {
      throw new Error("a getter");
    },
  });
  const proxy = new Proxy(new Error("hidden"), {
    getPrototypeOf: () => {
      throw new Error("a trap");
    },
    get: () => {
      throw new Error("a trap");
    },
  });

  test.each([
    ["a BigInt in its details", new WebsocketError("mine", "Mine.", { details: { n: 1n } }), "mine"],
    ["a cycle in them", new WebsocketError("mine", "Mine.", { details: circular }), "mine"],
    [
      "a toJSON that throws",
      new WebsocketError("mine", "Mine.", {
        details: {
          toJSON: () => {
            throw new Error("no");
          },
        },
      }),
      "mine",
    ],
    ["a getter that throws", getter, "failed"],
    ["a proxy", proxy, "failed"],
    ["null", null, "failed"],
  ])("is answered bare and logged: %s", async (_title, thrown, code) => {
    for (const execute of [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
      ...(thrown === null ? [] : [() => thrown]),
    ]) {
      const log = recordingLogger();
      const client = await start([setLogger(log)], defineCommand("break", execute));
      await expect(client.request("break")).rejects.toMatchObject({ code });
      expect(log.lines.find(({ level }) => level === "error")?.fields).toMatchObject({
        connection: expect.any(String),
        command: "break",
      });
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      await server.close();
    }
  });

  test("by the envelope's function is sent in the default shape", async () => {
    const error = () => {
      throw new Error("broken");
    };
    const client = await start([setEnvelope({ error })]);
    await expect(client.request("nope")).rejects.toMatchObject({
      code: "unknown_command",
      message: "Internal error.",
    });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("late"))],
    ["returns an error", () => new Error("returned")],
    ["returns what is no payload", () => 1n],
  ])("by a codec that %s closes with 1011", async (_title, encode) => {
    const log = recordingLogger();
    const codec = setCodec({ decode: (raw) => JSON.parse(raw.toString()), encode: encode as never });
    const client = await start([codec, setLogger(log)]);
    client.send({ command: "ping", id: 1 });
    expect((await client.closed).code).toBe(1011);
    const entries = log.lines.filter(({ level }) => level === "error").map(({ fields }) => fields);
    expect(entries[0]).toMatchObject({
      entry: "encodeReply",
      command: "ping",
      connection: expect.any(String),
    });
    expect(entries.at(-1)).toMatchObject({ entry: "encodeError" });
  });

  test("with the id of its message goes without it", async () => {
    const client = await start([setEnvelope({ correlation: () => 1n })]);
    client.send({ command: "ping" });
    expect(await client.next()).toEqual({ error: { code: "failed", message: "Internal error." } });
  });
});

describe("a batch", () => {
  test("needs a codec that can join its replies", async () => {
    const codec = { decode: (raw: Buffer) => JSON.parse(raw.toString()), encode: JSON.stringify };
    const module = defineModule({ config: [setEnvelope({ batch: true, codec })] });
    await expect(startModules(module)).rejects.toThrow("The codec has no function join, which batches need");
    server = await startModules(defineModule());
  });

  test("is not overtaken by messages that are sent after its replies are done", async () => {
    const say = defineCommand("say", (ctx, { text }) => ctx.send({ text }));
    const client = await start([setEnvelope({ batch: true })], say);
    client.send([
      { command: "say", text: "early", id: 1 },
      { command: "say", text: "late", id: 2 },
    ]);
    expect(await client.next()).toEqual({ text: "early" });
    expect(await client.next()).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(await client.next()).toEqual({ text: "late" });
  });

  test("limits the messages that wait behind it: then its finished replies are sent first", async () => {
    const say = defineCommand("say", (ctx, { count }) => {
      for (let number = 0; number < count; number++) ctx.send({ text: "x".repeat(1_000) });
    });
    const client = await start([setEnvelope({ batch: true })], say);
    client.send([
      { command: "say", count: 0, id: 1 },
      { command: "say", count: 20, id: 2 },
    ]);
    expect(await client.next()).toMatchObject([{ id: 1 }]);
    for (let number = 0; number < 20; number++) expect(await client.next()).toHaveProperty("text");
    expect(await client.next()).toMatchObject([{ id: 2 }]);
  });

  test.each([
    ["a close policy", { command: "nope" }],
    ["a command that closes", { command: "leave", id: 2 }],
  ])("sends the replies that are done before %s in the middle of it", async (_title, closing) => {
    const leave = defineCommand("leave", (ctx) => ctx.close(4404));
    const client = await start([setEnvelope({ batch: true, unknownCommand: 4404 })], leave);
    client.send([{ command: "ping", id: 1 }, closing, { command: "ping", id: 3 }]);
    expect(await client.next()).toMatchObject([{ id: 1 }]);
    expect((await client.closed).code).toBe(4404);
  });
});

test("an unknown name is cut wherever it is repeated", async () => {
  const log = recordingLogger();
  const before = (ctx: { command: string }) => {
    throw new Error(ctx.command);
  };
  const client = await start([setHooks({ before }), setLogger(log), setMaxMessageSize(100_000)]);
  client.send({ command: "n".repeat(60_000) });
  const reply = await client.next();
  expect(JSON.stringify(reply).length).toBeLessThan(500);
  for (const { level, fields } of log.lines) {
    if (level === "error") expect(JSON.stringify(fields).length).toBeLessThan(500);
  }
});

describe("the context of a command", () => {
  test("is not the connection's, but has it as a member, with all that is on it", async () => {
    const known = new Map<WSContext, string>();
    const commands = [
      defineCommand("known", (ctx) => [
        known.get(ctx.connection),
        ctx.id === ctx.connection.id,
        ctx.get("name"),
      ]),
      defineCommand("name", (ctx, { name }) => ctx.set("name", name)),
    ];
    const connect = (ctx: WSContext) => void known.set(ctx.connection, "known");
    const ended = new Promise((resolve) => {
      const disconnect = (ctx: WSContext) =>
        resolve([known.get(ctx), ctx.connection === ctx, ctx.get("name")]);
      server = undefined as never;
      void startModules(defineModule({ commands, connect, disconnect })).then(async (started) => {
        server = started;
        const client = await connectClient(server.url("/test/ws"));
        await client.request("name", { name: "ann" });
        expect(await client.request("known")).toEqual(["known", true, "ann"]);
        await client.close();
      });
    });
    expect(await ended).toEqual(["known", true, "ann"]);
  });

  test("has a signal that ends with the connection, also when the command has returned in time", async () => {
    const signals: AbortSignal[] = [];
    const keep = defineCommand("keep", (ctx) => void signals.push(ctx.signal));
    const client = await start([setExecuteTimeout(60)], keep);
    await client.request("keep");
    await client.request("keep");
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    const ended = once(signals[0]!, "abort");
    await client.close();
    await ended;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test("leaves no memory for an unreferenced signal, and keeps one with a listener", async () => {
    let connected: WSContext | undefined;
    const connect = (ctx: WSContext) => {
      connected = ctx;
    };
    server = await startModules(defineModule({ connect }));
    const client = await connectClient(server.url("/test/ws"));
    const run = () => {
      const command = new RunningCommand(connected as ConnectionContext, "read", 1);
      command.limitTime();
      const { signal } = command;
      return { signal, finish: () => command.finished() };
    };
    let heard = false;
    const listening = run();
    listening.signal.addEventListener("abort", () => {
      heard = true;
    });
    listening.finish();
    const runMany = async () => {
      for (let count = 0; count < 50_000; count++) {
        run().finish();
        if (count % 1_000 === 0) await nextTurn();
      }
    };
    // Collected signals are forgotten in later tasks, as many as Node needs.
    const settledBytes = async (): Promise<number> => {
      let least = Number.POSITIVE_INFINITY;
      for (let turns = 0, unchanged = 0; turns < 400 && unchanged < 20; turns++) {
        await nextTurn();
        const bytes = heldBytes();
        unchanged = bytes < least - 10_000 ? 0 : unchanged + 1;
        least = Math.min(least, bytes);
      }
      return least;
    };
    // The tables that the first signals need stay as large as they became: Node 24 keeps 2 MB for 50,000.
    await runMany();
    await runMany();
    const before = await settledBytes();
    await runMany();
    await runMany();
    expect((await settledBytes()) - before).toBeLessThan(1_000_000);
    await client.close();
    while (!heard) await nextTurn();
  });

  test("has rooms and tags up to a limit, past which the command fails", async () => {
    const join = defineCommand("join", (ctx, { count, name = "" }) => {
      for (let number = 0; number < count; number++) {
        if (number % 2 === 0) ctx.join(`${name}${number}`);
        else ctx.tag(`${name}${number}`);
      }
      return ctx.rooms.size;
    });
    const client = await start([], join);
    expect(await client.request("join", { count: 1_024 })).toBe(512);
    expect(await client.request("join", { count: 1_024 })).toBe(512);
    await expect(client.request("join", { count: 1, name: "other" })).rejects.toMatchObject({
      code: "failed",
    });
    await expect(client.request("join", { count: 1, name: "x".repeat(256) })).rejects.toMatchObject({
      code: "failed",
    });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });
});
