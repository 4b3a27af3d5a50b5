// What the generated tests of a project tell the person who reads them.
import { describe, expect, test } from "vitest";
import {
  type ICommand,
  NotImplementedError,
  setCommandGuards,
  setEnvelope,
  setRequestCheck,
  WebsocketError,
} from "wsgen-runtime";
import { expectAnswer, expectError, expectRefusal, expectReply, type TestSetup } from "wsgen-runtime/testing";
import { addProblem } from "wsgen-runtime/validation";
import { defineCommand, defineModule, type ModuleDefinition } from "../serve/define-module.js";

const refuseAll = setRequestCheck(() => addProblem(undefined, "/a", "type", "must be a string"));

const commands: readonly ICommand[] = [
  defineCommand("now", () => ({ id: "123e4567-e89b-42d3-a456-426614174000", at: new Date(0), tags: ["a"] })),
  defineCommand("stub", () => {
    throw new NotImplementedError("stub");
  }),
  defineCommand("guarded", () => 1, [setCommandGuards([() => false])]),
  defineCommand("unguarded", () => 1, [
    setCommandGuards([
      () => {
        throw new NotImplementedError("loggedIn", "guard");
      },
    ]),
  ]),
  defineCommand("picky", () => {
    throw new WebsocketError("no_such_room", "There is no such room.", { details: { room: "attic", at: 7 } });
  }),
  defineCommand("broken", () => {
    throw new Error("out of order");
  }),
  defineCommand("strict", () => 1, [refuseAll]),
];

const setupOf = (definition: ModuleDefinition = {}, more: Partial<TestSetup> = {}): TestSetup => ({
  modules: () => [defineModule({ commands, ...definition })],
  path: "/test/ws",
  ...more,
});
const setup = setupOf();
const of = (command: string) => ({ command, file: `src/${command}.command.ts`, request: {} });

/** What the failed test prints. */
const messageOf = (failing: Promise<void>): Promise<string> =>
  failing.then(
    () => "passed",
    (error: Error) => error.message,
  );

describe("expectReply", () => {
  const masked = { id: { $any: "uuid" }, at: { $any: "date-time" }, tags: [{ $any: "string" }] };

  test("passes for the reply that is expected, masks apart", async () => {
    await expectReply(setup, { ...of("now"), reply: masked });
    await expectReply(setup, { ...of("now"), reply: { $any: "object" } });
    await expectReply(setup, { ...of("now"), reply: { ...masked, at: { $any: "value" } } });
  });

  test("shows where the reply differs", async () => {
    const message = await messageOf(
      expectReply(setup, { ...of("now"), reply: { ...masked, at: { $any: "integer" } } }),
    );
    expect(message).toContain("'integer'");
    expect(message).not.toContain("'uuid'");
    expect(await messageOf(expectReply(setup, { ...of("now"), reply: { tags: [] } }))).toContain("tags");
  });

  test("names the file to fill in", async () => {
    expect(await messageOf(expectReply(setup, { ...of("stub"), reply: 1 }))).toBe(
      'The command "stub" is not written yet: fill in execute() in src/stub.command.ts',
    );
  });

  test("names the guard to write, or that refuses", async () => {
    for (const check of [expectAnswer, expectRefusal]) {
      expect(await messageOf(check(setup, of("unguarded")))).toBe(
        'The guard "loggedIn" of "unguarded" is not written yet: fill in its function.',
      );
      expect(await messageOf(check(setup, of("guarded")))).toBe(
        'A guard refused the command "guarded". The test\'s setup must provide what the guard needs, in `prepare`, its path or options.',
      );
    }
  });

  test("names other causes", async () => {
    const failed = (command: string) => messageOf(expectReply(setup, { ...of(command), reply: 1 }));
    expect(await failed("gone")).toBe(
      'The command "gone" is not registered: getCommandList() of the module must return it.',
    );
    expect(await failed("broken")).toBe('The command "broken" answered failed: out of order');
    expect(await failed("picky")).toBe(
      'The command "picky" answered no_such_room: There is no such room. {"room":"attic","at":7}',
    );
    expect(await failed("strict")).toContain('"strict" answered invalid_request: The request does not fit');
  });

  test("names the fix when the connection is refused", async () => {
    const refusing = setupOf({
      connect: () => new WebsocketError("no_name", "say who you are", { status: 401 }),
    });
    const message = await messageOf(expectReply(refusing, { ...of("now"), reply: 1 }));
    expect(message).toContain("refused with 401");
    expect(message).toContain("The test's setup must provide what connect() needs");
  });
});

describe("expectAnswer", () => {
  test("passes for a reply that fits, and for an error of the command's own", async () => {
    await expectAnswer(setup, { ...of("now"), check: () => undefined });
    await expectAnswer(setup, of("picky"));
  });

  test("fails for a reply that does not fit, a stub and a defect", async () => {
    const check = () => addProblem(undefined, "/id", "type", "must be an integer");
    expect(await messageOf(expectAnswer(setup, { ...of("now"), check }))).toContain("must be an integer");
    expect(await messageOf(expectAnswer(setup, of("stub")))).toContain(
      "fill in execute() in src/stub.command.ts",
    );
    expect(await messageOf(expectAnswer(setup, of("broken")))).toContain("out of order");
    expect(await messageOf(expectAnswer(setup, of("strict")))).toContain("/a");
  });
});

describe("expectError", () => {
  const error = (details?: unknown) => ({ code: "no_such_room", ...(details !== undefined && { details }) });

  test("passes for the error that is expected, masks apart", async () => {
    await expectError(setup, { ...of("picky"), error: error() });
    await expectError(setup, { ...of("picky"), error: error({ room: "attic", at: { $any: "integer" } }) });
  });

  test("shows where the details differ", async () => {
    const message = await messageOf(
      expectError(setup, { ...of("picky"), error: error({ room: "cellar", at: { $any: "integer" } }) }),
    );
    expect(message).toContain("cellar");
    expect(message).not.toContain("$any");
  });

  test("fails for a reply, another error, a stub and a defect", async () => {
    const failed = (command: string) => messageOf(expectError(setup, { ...of(command), error: error() }));
    expect(await failed("now")).toContain('instead of the error "no_such_room"');
    expect(await failed("strict")).toContain('"strict" answered invalid_request');
    expect(await failed("stub")).toContain("fill in execute() in src/stub.command.ts");
    expect(await failed("broken")).toContain("out of order");
  });
});

describe("expectRefusal", () => {
  test("passes where the request is checked, and fails where it is not", async () => {
    await expectRefusal(setup, of("strict"));
    expect(await messageOf(expectRefusal(setup, of("now")))).toContain("does getConfigOption() return");
    expect(await messageOf(expectRefusal(setup, of("broken")))).toContain("out of order");
  });
});

test.each([
  ["other names", { command: "cmd", correlation: "seq" }],
  ["MessagePack", { codec: "msgpack" }],
] as const)("a module with an envelope of its own is spoken to in its way: %s", async (_title, envelope) => {
  const own = setupOf({ config: [setEnvelope(envelope)] }, { options: { envelope } });
  await expectAnswer({ ...own, prepare: async (client) => void (await client.request("now")) }, of("now"));
});
