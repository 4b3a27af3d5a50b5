import { afterEach, describe, expect, test } from "vitest";
import {
  closePushCommandErrorMessage,
  type Guard,
  jsonRpcEnvelope,
  type SetWSServerConfig,
  setCommandConcurrency,
  setCommandGuards,
  setEnvelope,
  setEvents,
  setExecuteTimeout,
  setGuards,
  setHooks,
  setLogger,
  setRawHandler,
  setRequestCheck,
  WebsocketError,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { addProblem } from "wsgen-runtime/validation";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";
import { nextTurn } from "../support/sockets.js";

let server: TestServer | undefined;
afterEach(() => server?.close());

async function start(definition: ModuleDefinition): Promise<TestClient> {
  server = await startModules(defineModule(definition));
  return connectClient(server.url("/test/ws"));
}

const behind = (...guards: Guard[]) => setCommandGuards(guards);

/** A promise that a test resolves. */
function createSignal(): { readonly promise: Promise<void>; readonly fire: () => void } {
  let fire = () => {};
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}

const denied = { code: "access_denied", message: "Access denied." };
const locked = { code: "locked", message: "Log in first." };
const refusal = new WebsocketError(locked.code, locked.message);
const fail = (error: unknown): never => {
  throw error;
};

describe("setGuards, setCommandGuards", () => {
  test("run in their order: before, those of the module, those of the command, the check, the command", async () => {
    const order: unknown[] = [];
    const note =
      (name: string): Guard =>
      async (ctx, data) => {
        await nextTurn();
        order.push([name, ctx.command, ctx.correlationId, data]);
        return true;
      };
    const check = () => {
      order.push(["check"]);
      return undefined;
    };
    const client = await start({
      config: [
        setGuards([note("module a"), note("module b")]),
        setGuards([note("module c")]),
        setHooks({
          before: (ctx, data) => void order.push(["before", ctx.command, ctx.correlationId, data]),
        }),
      ],
      commands: [
        defineCommand("go", () => order.push(["execute"]), [
          behind(note("own a"), note("own b")),
          setRequestCheck(check),
        ]),
      ],
    });
    await client.request("go", { n: 1 });
    const seen = ["go", 1, { n: 1 }];
    expect(order).toEqual([
      ...["before", "module a", "module b", "module c", "own a", "own b"].map((name) => [name, ...seen]),
      ["check"],
      ["execute"],
    ]);
  });

  const refusing: [string, Guard, object][] = [
    ["returns false", () => false, denied],
    ["resolves to false", async () => false, denied],
    ["throws an error", () => fail(refusal), locked],
    ["rejects with an error", async () => fail(refusal), locked],
    ["returns an error", () => refusal, locked],
    ["resolves to an error", async () => refusal, locked],
  ];
  test.each(refusing)("a guard that %s refuses, and nothing after it runs", async (_title, guard, error) => {
    const ran: string[] = [];
    const never: Guard = () => ran.push("next guard") > 0;
    const client = await start({
      commands: [
        ping,
        defineCommand("go", () => ran.push("execute"), [
          behind(guard, never),
          setRequestCheck(() => addProblem(undefined, "/secret", "type", "must be a string")),
        ]),
      ],
    });
    client.send({ command: "go", id: 7 });
    expect(await client.next()).toEqual({ command: "go", id: 7, error });
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    expect(ran).toEqual([]);
  });

  // Anything but true is a "no" in plain JavaScript too: `return user?.isAdmin` must not let a stranger in.
  test.each([undefined, null, 0, "", "yes", 1, [], () => true])(
    "a guard that returns %s fails, and this is logged",
    async (answer) => {
      const log = recordingLogger();
      const isAdmin = (() => answer) as unknown as Guard;
      const client = await start({
        config: [setLogger(log)],
        commands: [defineCommand("go", () => "secret", [behind(isAdmin)])],
      });
      await expect(client.request("go")).rejects.toMatchObject({ code: "failed" });
      const errors = log.lines.filter(({ level }) => level === "error");
      const [err] = errors.map(({ fields }) => (fields as { err: Error }).err);
      expect(err?.message).toMatch(
        /^The guard isAdmin returned .*; expected true, false, an object or an error\.$/,
      );
    },
  );

  test("a list that is not one of functions stops the start", async () => {
    const wrong = ["loggedIn"] as unknown as Guard[];
    const start = (config: SetWSServerConfig) => startModules(defineModule({ config: [config] }));
    await expect(start(setGuards(() => wrong))).rejects.toThrow(
      "guards is [ 'loggedIn' ]; allowed: a list, each: a function that lets messages in.",
    );
    const commands = [defineCommand("go", () => 1, [setCommandGuards(() => wrong)])];
    await expect(startModules(defineModule({ commands }))).rejects.toThrow("guards is [ 'loggedIn' ]");
  });

  test("a raw module with guards does not start: they would never run", async () => {
    const config = [setRawHandler(() => {}), setGuards([() => false])];
    await expect(startModules(defineModule({ config }))).rejects.toThrow(
      "the guards of the module would never run",
    );
  });
});

describe("guards of a module", () => {
  const resumable = setEvents({ news: { replay: { last: 1 } } });
  const hidden = defineCommand("hidden", () => 1, [closePushCommandErrorMessage()]);
  const messages: [string, object | string, object][] = [
    ["a command", { command: "ping", id: 1 }, { command: "ping", id: 1 }],
    ["an unknown command", { command: "nope", id: 1 }, { command: "nope", id: 1 }],
    ["a command that sends no errors", { command: "hidden", id: 1 }, { command: "hidden", id: 1 }],
    ["a message without a command", { id: 1 }, { id: 1 }],
    ["what cannot be read", "{", {}],
    ["a resume frame", { resume: [] }, {}],
  ];

  test.each(messages)(
    "setGuards: %s has the error of the guard as its only answer",
    async (_title, message, echo) => {
      for (const [guard, error] of [
        [() => false, denied],
        [() => fail(refusal), locked],
      ] as [Guard, object][]) {
        const client = await start({ config: [setGuards([guard]), resumable], commands: [ping, hidden] });
        client.send(message);
        expect(await client.next()).toEqual({ ...echo, error });
        await server?.close();
      }
    },
  );

  test("that let everything in change no answer", async () => {
    const client = await start({
      config: [setGuards([() => true]), resumable],
      commands: [ping, hidden],
    });
    const codes: unknown[] = [];
    for (const [, message] of messages) {
      client.send(message);
      const reply = (await client.next()) as { error?: { code: string } };
      codes.push(reply.error?.code ?? Object.keys(reply));
    }
    expect(codes).toEqual([
      ["command", "id", "data"],
      "unknown_command",
      ["command", "id", "data"],
      ...["invalid_message", "invalid_message"],
      ["resume"],
    ]);
  });

  test("see each call of a batch, in JSON-RPC too", async () => {
    const guard: Guard = (ctx) => ctx.command === "ping";
    const config = [setGuards([guard]), setEnvelope(jsonRpcEnvelope)];
    await start({ config, commands: [ping] });
    const client = await connectClient(server!.url("/test/ws"), { envelope: { codec: "json" } });
    const call = (id: number, method: string) => ({ jsonrpc: "2.0", id, method });
    client.send([call(1, "ping"), call(2, "nope")]);
    expect(await client.next()).toEqual([
      { jsonrpc: "2.0", id: 1, result: { ping: "pong" } },
      {
        jsonrpc: "2.0",
        id: 2,
        error: { code: -32000, message: "Access denied.", data: { code: "access_denied" } },
      },
    ]);
  });
});

describe("what a guard returns", () => {
  const show = defineCommand("show", (ctx) => ({ ...ctx.state }));

  test("is in ctx.state of later guards and of the command, and in that of no other message", async () => {
    const seen: unknown[] = [];
    const client = await start({
      connect: (ctx) => void Object.assign(ctx.state, { name: "ann", user: "nobody" }),
      commands: [
        show,
        defineCommand("go", (ctx) => [ctx.state.name, "user" in ctx.state, { ...ctx.state }], [
          behind(
            () => ({ user: 1, team: "red" }),
            (ctx) => {
              seen.push(ctx.state.user, ctx.state.name, ctx.connection.state.user);
              return { team: "blue" };
            },
          ),
        ]),
      ],
    });
    expect(await client.request("go")).toEqual(["ann", true, { name: "ann", user: 1, team: "blue" }]);
    expect(seen).toEqual([1, "ann", "nobody"]);
    expect(await client.request("show")).toEqual({ name: "ann", user: "nobody" });
  });

  test("is kept apart from a message that is handled at the same time", async () => {
    const both = createSignal();
    const arrived: unknown[] = [];
    const board: Guard = (_ctx, data) => ({ board: (data as { board: number }).board });
    const client = await start({
      config: [setCommandConcurrency(2)],
      commands: [
        defineCommand(
          "go",
          async (ctx) => {
            arrived.push(ctx.state.board);
            if (arrived.length === 2) both.fire();
            await both.promise;
            return ctx.state.board;
          },
          [behind(board)],
        ),
      ],
    });
    const answers = [client.request("go", { board: 1 }), client.request("go", { board: 2 })];
    expect(await Promise.all(answers)).toEqual([1, 2]);
  });

  test("does not hide what the command stores in the state for later commands", async () => {
    const client = await start({
      connect: (ctx) => void Object.assign(ctx.state, { old: 1 }),
      commands: [
        show,
        defineCommand(
          "go",
          (ctx) => {
            ctx.state.user = "bob";
            ctx.state.count = 1;
            delete ctx.state.old;
            delete ctx.state.team;
            return { ...ctx.state };
          },
          [behind(() => ({ user: "ann", team: "red", role: "admin" }))],
        ),
      ],
    });
    expect(await client.request("go")).toEqual({ user: "bob", count: 1, role: "admin" });
    expect(await client.request("show")).toEqual({ user: "bob", count: 1 });
  });

  test("changes no prototype: __proto__ and constructor are fields like others", async () => {
    const returned = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1,"toString":2}');
    const client = await start({
      commands: [
        defineCommand(
          "go",
          ({ state }) => ({
            isAdmin: state.isAdmin,
            own: Object.keys(state),
            proto: Object.getOwnPropertyDescriptor(state, "__proto__")?.value,
            values: [state.constructor, state.toString],
            everywhere: ({} as { isAdmin?: boolean }).isAdmin,
          }),
          [behind(() => returned)],
        ),
      ],
    });
    expect(await client.request("go")).toEqual({
      own: ["__proto__", "constructor", "toString"],
      proto: { isAdmin: true },
      values: [1, 2],
    });
  });
});

describe("a guard that takes its time", () => {
  test("counts toward the time limit of the command, which then does not run", async () => {
    const late = createSignal();
    const ran: string[] = [];
    let reason: unknown;
    const slow: Guard = async (ctx) => {
      ctx.signal.addEventListener("abort", () => {
        reason = (ctx.signal.reason as Error).name;
      });
      await late.promise;
      return true;
    };
    const client = await start({
      config: [setExecuteTimeout(0.05)],
      commands: [ping, defineCommand("go", () => ran.push("execute"), [behind(slow)])],
    });
    await expect(client.request("go")).rejects.toMatchObject({ code: "timeout" });
    late.fire();
    expect(await client.request("ping")).toEqual({ ping: "pong" });
    expect([reason, ran]).toEqual(["TimeoutError", []]);
  });

  test("while the client leaves: its signal is aborted, and the command does not run", async () => {
    const ended = createSignal();
    const settled = createSignal();
    const ran: string[] = [];
    const log = recordingLogger();
    const reached: Guard = () => {
      settled.fire();
      return true;
    };
    const slow: Guard = (ctx) => {
      ctx.send("started");
      return new Promise((resolve) => {
        ctx.signal.addEventListener("abort", () => resolve(true));
      });
    };
    const client = await start({
      config: [setLogger(log), setHooks({ after: () => void ran.push("after") })],
      commands: [defineCommand("go", () => ran.push("execute"), [behind(slow, reached)])],
      disconnect: () => ended.fire(),
    });
    client.send({ command: "go" });
    expect(await client.next()).toBe("started");
    client.socket.terminate();
    await Promise.all([ended.promise, settled.promise]);
    await nextTurn();
    expect(ran).toEqual([]);
    expect(log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});
