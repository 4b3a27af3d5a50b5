import { afterEach, describe, expect, test } from "vitest";
import {
  type EventRules,
  type ICommand,
  Mode,
  type ReplyFields,
  type SetCommandConfig,
  type SetWSServerConfig,
  setCodec,
  setEnvelope,
  setEvents,
  setKnownFields,
  setLogger,
  setMode,
  setReplyCheck,
  setReplyFields,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import type { KnownFields } from "wsgen-runtime/validation";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What wsgen writes for `{ properties: { name: …, friends: { items: { properties: { name: … } } } } }`. */
const user: KnownFields = {
  properties: { name: {}, friends: { items: { properties: { name: {} } } } },
};
const ofUser = () => user;
const accept = () => undefined;

const userCommand = (value: () => unknown, options: SetCommandConfig[] = []) =>
  defineCommand("user", value, [setReplyCheck(accept), setKnownFields(ofUser), ...options]);

async function start(
  commands: readonly ICommand[],
  config: readonly SetWSServerConfig[] = [setReplyFields("known")],
): Promise<void> {
  server = await startModules(defineModule({ commands: [ping, ...commands], config }));
}

const connect = (query = ""): Promise<TestClient> => connectClient(server!.url(`/test/ws${query}`));

async function reply(value: () => unknown, ...config: SetWSServerConfig[]): Promise<unknown> {
  await start([userCommand(value)], [setReplyFields("known"), ...config]);
  return (await connect()).request("user");
}

const bob = () => ({ name: "Bob", passwordHash: "x", friends: [{ name: "Eve", passwordHash: "y" }] });
const sentBob = { name: "Bob", friends: [{ name: "Eve" }] };

describe("a reply", () => {
  test.each<[ReplyFields, Mode, unknown]>([
    ["known", Mode.product, sentBob],
    ["known", Mode.debug, sentBob],
    ["all", Mode.product, bob()],
  ])(
    "setReplyFields: with %s in %s mode it has the fields that its schema names, or all",
    async (which, mode, sent) => {
      expect(await reply(bob, setReplyFields(which), setMode(mode))).toEqual(sent);
    },
  );

  test("is whole where the command has no schema", async () => {
    await start([defineCommand("free", bob)]);
    expect(await (await connect()).request("free")).toEqual(bob());
  });

  test("setKnownFields: the user's object stays unchanged", async () => {
    const mine = Object.freeze(bob());
    await reply(() => mine);
    expect(mine).toEqual(bob());
  });

  class Account {
    readonly #name = "Bob";
    passwordHash = "x";
    get name() {
      return this.#name;
    }
    toJSON() {
      return { name: this.#name, passwordHash: this.passwordHash, at: new Date(0) };
    }
  }
  const inherited = Object.create({ name: "inherited" }, { passwordHash: { value: "x", enumerable: true } });
  const circular: Record<string, unknown> = { name: "Bob" };
  circular.self = circular;

  test.each<[string, unknown, unknown]>([
    ["what toJSON gives", new Account(), { name: "Bob" }],
    [
      "what a getter gives",
      {
        get name() {
          return "Bob";
        },
        get passwordHash() {
          throw new Error("not read");
        },
      },
      { name: "Bob" },
    ],
    ["own fields alone", inherited, {}],
    ["a date as text", { name: new Date(0) }, { name: "1970-01-01T00:00:00.000Z" }],
    ["a boxed value", Object("Bob"), "Bob"],
    ["the entries of a map, which are none", new Map([["name", 1]]), {}],
    ["no field that is undefined", { name: undefined }, {}],
    ["no circle that the schema does not name", circular, { name: "Bob" }],
    ["no field that only __proto__ has", JSON.parse('{"__proto__":{"name":"Bob"}}'), {}],
    ["nothing", undefined, null],
    ["null", null, null],
  ])("has %s", async (_title, value, sent) => {
    expect(await reply(() => value)).toEqual(sent);
  });

  test("setKnownFields: the reply is failed, not sent whole, if the table of fields cannot be read", async () => {
    const fields = (async () => user) as unknown as () => KnownFields;
    await start([userCommand(bob, [setKnownFields(fields)])]);
    await expect((await connect()).request("user")).rejects.toMatchObject({ code: "failed" });
  });

  test("is trimmed before an envelope of the module's own shapes it", async () => {
    const envelope = setEnvelope({ reply: (call, result) => ({ id: call.correlationId, result, at: 7 }) });
    await start([userCommand(bob)], [setReplyFields("known"), envelope]);
    const client = await connect();
    client.send({ command: "user", id: 1 });
    expect(await client.next()).toEqual({ id: 1, result: sentBob, at: 7 });
  });

  test("keeps bytes in MessagePack", async () => {
    await start(
      [userCommand(() => ({ ...bob(), name: Buffer.from("Bob") }))],
      [setReplyFields("known"), setCodec("msgpack")],
    );
    const client = await connectClient(server!.url("/test/ws"), { envelope: { codec: "msgpack" } });
    expect(await client.request("user")).toEqual({ ...sentBob, name: Buffer.from("Bob") });
  });
});

test("in debug mode the log names the first field that was left out, once for each command", async () => {
  const log = recordingLogger();
  const value = () => ({ friends: [{ name: "Eve", "pass/word": "y" }], passwordHash: "x" });
  await start([userCommand(value)], [setReplyFields("known"), setLogger(log)]);
  const client = await connect();
  for (let count = 0; count < 3; count++) await client.request("user");
  const lines = log.lines.filter(({ message }) => message?.includes("was not sent"));
  expect(lines).toEqual([
    {
      level: "warn",
      fields: { module: "test", command: "user", field: "/friends/0/pass~1word" },
      message: expect.any(String),
    },
  ]);
});

test("setReplyFields: in product mode the log has no line about it", async () => {
  const log = recordingLogger();
  await reply(bob, setLogger(log), setMode(Mode.product));
  expect(log.lines.filter(({ message }) => message?.includes("was not sent"))).toEqual([]);
});

describe("an event", () => {
  const rules: EventRules = { joined: { fields: ofUser, replay: { last: 3 } } };
  const events = [setReplyFields("known"), setEvents(rules)];
  const join = (data: unknown = bob()) => server!.serve.module("test").all.emit("joined", data);

  test("setReplyFields: it is trimmed once, whatever the number of receivers", async () => {
    await start([], events);
    const clients = await Promise.all([connect(), connect(), connect()]);
    let reads = 0;
    join({
      get name() {
        reads += 1;
        return "Bob";
      },
      passwordHash: "x",
    });
    for (const client of clients)
      expect(await client.next()).toMatchObject({ event: "joined", data: { name: "Bob" } });
    for (const client of clients) await client.close();
    expect(reads).toBe(1);
  });

  test("setReplyFields: it is stored trimmed for clients that come back", async () => {
    await start([], events);
    const first = await connect();
    join();
    const { data, ...place } = (await first.next()) as Record<string, unknown>;
    expect(data).toEqual(sentBob);
    join();
    await first.next();
    await first.close();
    const second = await connect();
    second.send({ resume: [place] });
    expect(await second.next()).toMatchObject({ event: "joined", data: sentBob });
  });

  test("to one connection is trimmed too", async () => {
    const tell = defineCommand("tell", (ctx) => void ctx.emit("joined", bob()));
    await start([tell], events);
    const client = await connect();
    client.send({ command: "tell" });
    expect(await client.next()).toMatchObject({ event: "joined", data: sentBob });
  });
});

test.each<[string, readonly ICommand[], readonly SetWSServerConfig[]]>([
  ['module "test", command "user"', [defineCommand("user", bob, [setReplyCheck(accept)])], []],
  ['module "test", event "joined"', [], [setEvents({ joined: { check: accept } })]],
])("setReplyFields: %s with a schema and without fields stops the start", async (place, commands, config) => {
  await expect(start(commands, [setReplyFields("known"), ...config])).rejects.toThrow(
    `${place}: replyFields is known, but the module has no generated list of fields.`,
  );
});
