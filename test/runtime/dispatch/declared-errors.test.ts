// The errors that a spec declares, on a real socket: what the client gets of an error that its function created.
import { afterEach, describe, expect, test } from "vitest";
import {
  bindErrors,
  closePushCommandErrorMessage,
  type ErrorRule,
  type ICommand,
  jsonRpcEnvelope,
  Mode,
  type SetWSServerConfig,
  setCodec,
  setEnvelope,
  setHooks,
  setLogger,
  setMode,
  setRawHandler,
  setRefusal,
  setReplyFields,
  WebsocketError,
} from "wsgen-runtime";
import {
  connectClient,
  type HandshakeRefused,
  startModules,
  type TestClient,
  type TestServer,
} from "wsgen-runtime/testing";
import { addProblem, isObject } from "wsgen-runtime/validation";
import { defineCommand, defineModule, type ModuleDefinition, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What wsgen writes for `details: { size: { type: integer } }`. */
const checkSize = (value: unknown) =>
  isObject(value) && Number.isInteger(value.size)
    ? undefined
    : addProblem(undefined, "/size", "type", "must be an integer");

interface Details {
  full: { size: number };
  gone: undefined;
  banned: undefined;
}

const rules: { readonly [Name in keyof Details]: ErrorRule } = {
  full: {
    code: "room_full",
    message: "The room is full.",
    retry: true,
    check: checkSize,
    fields: () => ({ properties: { size: {} } }),
  },
  gone: { code: "room_gone", message: "The room is gone.", retry: false },
  banned: { code: "banned", message: "You are banned.", closeCode: 4403 },
};
const errors = bindErrors<Details>(rules);

async function start(definition: ModuleDefinition): Promise<void> {
  server = await startModules(defineModule(definition));
}

/** Starts a module whose command `fail` throws, and connects. */
async function connect(thrown: () => unknown, ...config: readonly SetWSServerConfig[]): Promise<TestClient> {
  const fail = defineCommand("fail", () => {
    throw thrown();
  });
  await start({ commands: [ping, fail], config });
  return connectClient(server!.url("/test/ws"));
}

/** The message that answers `fail`. */
async function answer(thrown: () => unknown, ...config: readonly SetWSServerConfig[]): Promise<unknown> {
  const client = await connect(thrown, ...config);
  client.send({ command: "fail", id: 1 });
  return client.next();
}

const reply = (error: object) => ({ command: "fail", id: 1, error });

describe("a declared error", () => {
  test.each([Mode.debug, Mode.product])(
    "has the code, the message, the details and the retry of its rule, in %s mode",
    async (mode) => {
      expect(await answer(() => errors.full({ size: 8 }), setMode(mode))).toEqual(
        reply({ code: "room_full", message: "The room is full.", details: { size: 8 }, retry: true }),
      );
    },
  );

  test("has no details and no retry that are not declared, and sends a retry that is false", async () => {
    expect(await answer(() => errors.gone())).toEqual(
      reply({ code: "room_gone", message: "The room is gone.", retry: false }),
    );
    await server?.close();
    expect(await answer(() => errors.banned())).toEqual(
      reply({ code: "banned", message: "You are banned." }),
    );
  });

  test("takes a message and a cause of its own", async () => {
    const cause = new Error("the counter");
    const error = errors.full({ size: 1 }, { message: "Nobody else fits in.", cause });
    expect(error).toMatchObject({ message: "Nobody else fits in.", cause });
    expect(errors.gone({ message: "It burnt down." })).toMatchObject({ message: "It burnt down." });
    expect(await answer(() => error)).toMatchObject(reply({ message: "Nobody else fits in." }));
  });

  test("is a WebsocketError whose stack begins where it was created", () => {
    const error = errors.gone();
    expect(error).toBeInstanceOf(WebsocketError);
    expect(error.stack?.split("\n")[1]).toContain("declared-errors.test.ts");
  });

  test("may be returned, and thrown by a guard", async () => {
    const returning = defineCommand("fail", () => errors.full({ size: 8 }));
    await start({ commands: [returning] });
    const client = await connectClient(server!.url("/test/ws"));
    await expect(client.request("fail")).rejects.toMatchObject({ code: "room_full", retry: true });
    await server?.close();
    await start({ commands: [ping], config: [setHooks({ before: () => errors.gone() })] });
    const other = await connectClient(server!.url("/test/ws"));
    await expect(other.request("ping")).rejects.toMatchObject({ code: "room_gone", retry: false });
  });

  test("has names that every object inherits", async () => {
    const odd = bindErrors<{ odd: undefined }>({ odd: { code: "constructor", message: "*/ `x`" } });
    expect(await answer(() => odd.odd())).toEqual(reply({ code: "constructor", message: "*/ `x`" }));
  });
});

describe("details that do not match their schema", () => {
  // The compiler refuses them; JavaScript and data from outside do not know.
  const wrong = () => errors.full(JSON.parse('{ "size": "big", "secret": "x" }'));

  test("are a defect in debug mode: logged, and answered by failed", async () => {
    const logger = recordingLogger();
    expect(await answer(wrong, setLogger(logger))).toEqual(
      reply({
        code: "failed",
        message: 'The error "room_full" does not fit its schema: /size must be an integer.',
      }),
    );
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  });

  test("are sent as they are in product mode", async () => {
    expect(await answer(wrong, setMode(Mode.product))).toMatchObject(
      reply({ code: "room_full", details: { size: "big", secret: "x" } }),
    );
  });

  test("that are missing do not match either", async () => {
    const missing = () => (errors.full as unknown as () => Error)();
    expect(await answer(missing)).toMatchObject(reply({ code: "failed" }));
  });

  test.each<[string, () => unknown]>([
    [
      "a getter that throws",
      () =>
        Object.defineProperty({}, "size", {
          enumerable: true,
          get: () => {
            throw new Error("no");
          },
        }),
    ],
    [
      "a circle",
      () => {
        const details: Record<string, unknown> = { size: 1 };
        details.self = details;
        return details;
      },
    ],
    ["a BigInt", () => ({ size: 1n })],
  ])("are answered by an error, and the server goes on: %s", async (_title, make) => {
    for (const mode of Object.values(Mode)) {
      const client = await connect(() => errors.full(make() as { size: number }), setMode(mode));
      await expect(client.request("fail")).rejects.toMatchObject({ code: expect.any(String) });
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      await server?.close();
    }
  });
});

describe("with replyFields known", () => {
  test.each([Mode.debug, Mode.product])(
    "details have only the fields that their schema names, in %s mode",
    async (mode) => {
      const account = { size: 8, passwordHash: "x" };
      const known = await answer(() => errors.full(account), setReplyFields("known"), setMode(mode));
      expect(known).toMatchObject(reply({ details: { size: 8 } }));
      expect(JSON.stringify(known)).not.toContain("passwordHash");
      expect(account).toEqual({ size: 8, passwordHash: "x" });
    },
  );

  test("all fields are sent without it", async () => {
    const all = await answer(() => errors.full({ size: 8, ...{ more: 1 } }));
    expect(all).toMatchObject(reply({ details: { size: 8, more: 1 } }));
  });
});

describe("an error with a close code", () => {
  test("closes the connection after it was sent, with its message as the reason", async () => {
    const client = await connect(() => errors.banned());
    client.send({ command: "fail", id: 1 });
    expect(await client.next()).toEqual(reply({ code: "banned", message: "You are banned." }));
    expect(await client.closed).toEqual({ code: 4403, reason: "You are banned." });
  });

  test("closes it also if the command's errors are not sent", async () => {
    const silent = defineCommand("fail", () => errors.banned(), [closePushCommandErrorMessage()]);
    await start({ commands: [silent] });
    const client = await connectClient(server!.url("/test/ws"));
    client.send({ command: "fail", id: 1 });
    expect(await client.closed).toMatchObject({ code: 4403 });
    await expect(client.next()).rejects.toThrow();
  });

  test("closes it where a guard throws it, and where it is not declared", async () => {
    await start({ commands: [ping], config: [setHooks({ before: () => errors.banned() })] });
    const client = await connectClient(server!.url("/test/ws"));
    client.send({ command: "nope" });
    expect(await client.closed).toMatchObject({ code: 4403 });
    await server?.close();
    const own = await connect(() => new WebsocketError("bye", "x".repeat(200), { closeCode: 4000 }));
    own.send({ command: "fail" });
    expect(await own.closed).toEqual({ code: 4000, reason: "x".repeat(123) });
  });

  test("closes a raw module", async () => {
    const raw = setRawHandler(() => errors.banned());
    await start({ config: [raw] });
    const client = await connectClient(server!.url("/test/ws"));
    client.send("hi");
    expect(await client.closed).toMatchObject({ code: 4403 });
  });

  test("is the code of a refusal, whose status the code may choose", async () => {
    const refuse = { connect: () => errors.banned({ status: 401 }) };
    await start(refuse);
    const refused = connectClient(server!.url("/test/ws"));
    await expect(refused).rejects.toMatchObject({
      status: 401,
      body: { error: { code: "banned", message: "You are banned." } },
    } satisfies Partial<HandshakeRefused>);
    await server?.close();
    await start({ ...refuse, config: [setRefusal("close")] });
    const client = await connectClient(server!.url("/test/ws"));
    expect(await client.closed).toMatchObject({ code: 4403 });
  });

  test("is ignored if it cannot be one", async () => {
    const hostile = Object.assign(new WebsocketError("a", "b"), { closeCode: 1006 });
    const getter = Object.defineProperty(new WebsocketError("a", "b"), "closeCode", {
      get: () => {
        throw new Error("no");
      },
    });
    for (const error of [hostile, getter]) {
      const client = await connect(() => error);
      await expect(client.request("fail")).rejects.toMatchObject({ code: "a" });
      expect(await client.request("ping")).toEqual({ ping: "pong" });
      await server?.close();
    }
  });
});

describe("a refusal", () => {
  test("has the details of a declared error, with its fields alone", async () => {
    const full = () => errors.full({ size: 8, ...{ secret: 1 } });
    await start({ connect: full, config: [setReplyFields("known")] });
    await expect(connectClient(server!.url("/test/ws"))).rejects.toMatchObject({
      status: 403,
      body: {
        error: { code: "room_full", message: "The room is full.", details: { size: 8 }, retry: true },
      },
    });
  });
});

describe("in another envelope", () => {
  const full = defineCommand("fail", () => errors.full({ size: 8 }));
  const banned = defineCommand("ban", () => errors.banned());
  const inEnvelope = async (
    commands: readonly ICommand[],
    config: SetWSServerConfig,
  ): Promise<TestClient> => {
    await start({ commands, config: [config] });
    return connectClient(server!.url("/test/ws"), { envelope: { codec: "json" } });
  };

  test("JSON-RPC has code, details and retry as the data of its error", async () => {
    const client = await inEnvelope([full], setEnvelope(jsonRpcEnvelope));
    client.send({ jsonrpc: "2.0", id: 1, method: "fail" });
    expect(await client.next()).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: -32000,
        message: "The room is full.",
        data: { code: "room_full", details: { size: 8 }, retry: true },
      },
    });
  });

  test("a batch is answered before the close, and what follows does not run", async () => {
    const client = await inEnvelope([ping, banned], setEnvelope(jsonRpcEnvelope));
    const call = (id: number, method: string) => ({ jsonrpc: "2.0", id, method });
    client.send([call(1, "ping"), call(2, "ban"), call(3, "ping")]);
    expect(await client.next()).toMatchObject([{ id: 1 }, { id: 2, error: { data: { code: "banned" } } }]);
    expect(await client.closed).toMatchObject({ code: 4403 });
  });

  test("MessagePack has no member that is not declared", async () => {
    await start({ commands: [banned], config: [setCodec("msgpack")] });
    const client = await connectClient(server!.url("/test/ws"), { envelope: { codec: "msgpack" } });
    client.send({ command: "ban" });
    expect(await client.next()).toEqual({
      command: "ban",
      error: { code: "banned", message: "You are banned." },
    });
  });
});
