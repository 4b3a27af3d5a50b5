import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { setEnvelope, setMaxMessageSize } from "wsgen-runtime";
import { defineCommand, ping } from "../serve/define-module.js";
import { command, frame } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { startTarget, type TargetServer } from "../support/target-server.js";

/** Names that every object inherits, and one that some code treats apart. */
const inherited = [
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "__lookupGetter__",
  "isPrototypeOf",
  "prototype",
  "then",
  "toJSON",
];

const nested = (levels: number, inner = "0"): string => "[".repeat(levels) + inner + "]".repeat(levels);

let target: TargetServer;
const seen: unknown[] = [];
beforeAll(async () => {
  const show = defineCommand("show", (_ctx, data) => {
    seen.push(data);
    return { keys: Object.keys(data), isPlain: Object.getPrototypeOf(data) === Object.prototype };
  });
  target = await startTarget({ config: [setMaxMessageSize(64 * 2 ** 10)], commands: [show] });
});
afterAll(() => target.close());
afterEach(() => target.expectUnharmed());

async function ask(...payloads: readonly (string | Buffer)[]): Promise<unknown[]> {
  const client = await RawClient.open(target.url);
  client.send(...payloads.map((payload) => frame({ payload })), command("ping"));
  const replies: unknown[] = [];
  while (replies.length < payloads.length) replies.push(await client.nextMessage());
  expect(await client.nextMessage()).toEqual({ ping: "pong" });
  client.reset();
  return replies;
}

describe("a bad message costs an error reply, not the connection", () => {
  test.each<[string, string]>([
    ["nothing", ""],
    ["a space", " "],
    ["no JSON", "hello"],
    ["half an object", '{"command":"ping"'],
    ["something behind the object", '{"command":"ping"}x'],
    ["two objects", '{"command":"ping"}{"command":"ping"}'],
    ["single quotes", "{'command':'ping'}"],
    ["a comment", '{"command":"ping"} // hi'],
    ["a byte order mark", '\ufeff{"command":"ping"}'],
    ["NaN", "NaN"],
    ["a NUL", "\0"],
    ["a NUL in a string", '{"command":"pi\0ng"}'],
    ["null", "null"],
    ["true", "true"],
    ["a number", "1"],
    ["a string", '"ping"'],
    ["an array", "[]"],
    ["an array that holds a command", '[{"command":"ping"}]'],
    ["an empty object", "{}"],
    ["no command", '{"id":1}'],
    ["the command in another case", '{"Command":"ping"}'],
    ["a command that is null", '{"command":null}'],
    ["a command that is a number", '{"command":1}'],
    ["a command that is an array", '{"command":["ping"]}'],
    ["a command that is an object", '{"command":{"toString":"ping"}}'],
    ["a command that is inherited", '{"__proto__":{"command":"ping"}}'],
    ["10,000 arrays deep", nested(10_000)],
    ["10,000 arrays deep and never closed", "[".repeat(10_000)],
    ["10,000 objects deep", `${'{"a":'.repeat(9_000)}0${"}".repeat(9_000)}`],
    ["setMaxJsonDepth: deep beside a good command", `{"command":"ping","a":${nested(10_000)}}`],
    ["100,000 digits", `{"command":${"9".repeat(60_000)}}`],
  ])("%s", async (_title, text) => {
    const [reply] = await ask(text);
    expect(reply).toEqual({
      error: { code: "invalid_message", message: expect.any(String) },
      ...withId(text),
    });
    expect(JSON.stringify(reply)).not.toMatch(/node_modules|\\n\s+at /);
  });
});

const withId = (text: string): object => (text === '{"id":1}' ? { id: 1 } : {});

describe("a name that is no command is unknown, whatever it is", () => {
  test.each([
    ...inherited,
    "",
    " ",
    "PING",
    " ping",
    "ping ",
    "ping\u0000",
    "\ud800",
    "ｐｉｎｇ",
    "x".repeat(10_240),
  ])("%j", async (name) => {
    const [reply] = await ask(JSON.stringify({ command: name, id: 1 }));
    // UTF-8 has no lone surrogates, but JSON has an escape for them, which comes back as it came.
    // A long one is cut, since nobody knows it.
    const command = name.slice(0, 128);
    expect(reply).toMatchObject({ command, id: 1, error: { code: "unknown_command" } });
  });

  test("getCommand: inherited names are commands if the module has commands with these names", async () => {
    const commands = inherited.map((name) => defineCommand(name, () => `own ${name}`));
    const own = await startTarget({ commands });
    const client = await RawClient.open(own.url);
    for (const name of inherited) {
      client.send(command(name, { id: name }));
      expect(await client.nextMessage()).toEqual({ command: name, id: name, data: `own ${name}` });
    }
    client.reset();
    await own.expectUnharmed();
    await own.close();
  });
});

test("an envelope whose fields are named as what objects inherit finds nothing in a message without them", async () => {
  const config = [setEnvelope({ command: "toString", correlation: "constructor" })];
  const own = await startTarget({ config });
  const client = await RawClient.open(own.url);
  client.send(frame({ payload: "{}" }), frame({ payload: '{"toString":"ping"}' }));
  expect(await client.nextMessage()).toEqual({
    error: { code: "invalid_message", message: expect.any(String) },
  });
  expect(await client.nextMessage()).toEqual({ ping: "pong" });
  client.reset();
  await own.close();
});

describe("odd messages that are right reach their command", () => {
  test("the last of two equal keys counts, as JSON.parse has it", async () => {
    expect(await ask('{"command":"nope","command":"ping"}')).toEqual([{ ping: "pong" }]);
  });

  test("fields of the prototype do not reach the prototype of the data, or of anything", async () => {
    const [reply] = await ask(
      '{"command":"show","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(reply).toEqual({ keys: ["constructor"], isPlain: true });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((seen.at(-1) as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each<[string, string]>([
    ["null", "null"],
    ["the largest exact integer", "9007199254740991"],
    ["a fraction", "1.50"],
    ["an object", '{"a":[1,{"b":null}]}'],
    ["an object with __proto__", '{"__proto__":{"x":1}}'],
    ["a string with escapes", '"\\u0000\\ud83d\\ude00\\""'],
    ["false", "false"],
    ["an empty string", '""'],
  ])("an id that is %s is echoed", async (_title, id) => {
    const client = await RawClient.open(target.url);
    client.send(frame({ payload: `{"command":"ping","id":${id}}` }));
    await client.until(() => client.frames.length > 0);
    const text = (client.frames[0] as { payload: Buffer }).payload.toString();
    if (id === "1.50") expect(text).toContain('"id":1.5');
    else if (id.startsWith('"')) expect(JSON.parse(text).id).toBe(JSON.parse(id));
    else expect(text).toContain(`"id":${id}`);
    client.reset();
  });

  test.each([
    ["an integer that JavaScript cannot hold", "9007199254740992"],
    ["a negative one", "-9007199254740993"],
    ["a number that JSON cannot write", "1e400"],
    ["one inside of an object", '{"a":[{"b":12345678901234567890}]}'],
  ])("an id that is %s is an invalid message, and does not come back", async (_title, id) => {
    const [reply] = await ask(`{"command":"ping","id":${id}}`);
    expect(reply).toEqual({
      error: { code: "invalid_message", message: expect.stringContaining("exactly") },
    });
  });

  test("setMaxJsonDepth: a message as deep as the limit", async () => {
    expect(await ask(`{"command":"echo","a":${nested(63)}}`)).toEqual([{ a: JSON.parse(nested(63)) }]);
  });

  test("strings full of brackets are not deep", async () => {
    expect(await ask(`{"command":"echo","a":"${"[".repeat(1_000)}\\""}`)).toEqual([
      { a: `${"[".repeat(1_000)}"` },
    ]);
  });
});

describe("setEnvelope: the module's policy for bad messages is followed", () => {
  test.each([
    ["ignore", undefined],
    [1008, 1008],
    [4000, 4000],
  ] as const)("%s", async (policy, code) => {
    const config = [setEnvelope({ unknownCommand: policy, invalidMessage: policy })];
    for (const payload of ["no JSON", '{"command":"constructor"}']) {
      const own = await startTarget({ config, commands: [] });
      const client = await RawClient.open(own.url);
      client.send(frame({ payload }), command("ping"));
      if (code === undefined) {
        expect(await client.nextMessage()).toEqual({ ping: "pong" });
        client.reset();
      } else {
        expect(await client.closed()).toMatchObject({ code });
        expect(client.frames).toHaveLength(1);
      }
      await own.expectUnharmed();
      await own.close();
    }
  });

  test("a function of the module's own that throws on an odd message is not the client's way to harm", async () => {
    const config = [setEnvelope({ command: (message) => (message as { a: { b: string } }).a.b })];
    const own = await startTarget({ config });
    const client = await RawClient.open(own.url);
    for (const payload of ["null", "1", "{}", '{"a":null}']) {
      client.send(frame({ payload }));
      expect(await client.nextMessage()).toMatchObject({ error: { code: "invalid_message" } });
    }
    client.send(frame({ payload: '{"a":{"b":"ping"}}' }));
    expect(await client.nextMessage()).toEqual(await ping.execute({} as never, {}, Buffer.alloc(0)));
    client.reset();
    await own.close();
  });
});
