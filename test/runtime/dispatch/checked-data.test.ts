import { afterEach, describe, expect, test } from "vitest";
import {
  closePushCommandErrorMessage,
  type ICommand,
  Mode,
  type SetWSServerConfig,
  setEnvelope,
  setHooks,
  setLogger,
  setMode,
  setReplyCheck,
  setRequestCheck,
  setRequestConversion,
} from "wsgen-runtime";
import { connectClient, startModules, type TestClient, type TestServer } from "wsgen-runtime/testing";
import { addProblem, isObject, refuseFields, type ValidationProblem } from "wsgen-runtime/validation";
import { defineCommand, defineModule, ping } from "../serve/define-module.js";
import { recordingLogger } from "../support/recording-logger.js";

let server: TestServer;
afterEach(() => server.close());

async function connect(commands: readonly ICommand[], config: readonly SetWSServerConfig[] = []) {
  server = await startModules(defineModule({ commands: [ping, ...commands], config }));
  return connectClient(server.url("/test/ws"));
}

/** What wsgen compiles of `{ required: [text], properties: { text: { type: string, maxLength: 3 } } }`. */
function checkText(value: unknown): ValidationProblem[] | undefined {
  let problems: ValidationProblem[] | undefined;
  if (!isObject(value)) return addProblem(problems, "", "type", "must be an object");
  if (typeof value.text !== "string") problems = addProblem(problems, "/text", "type", "must be a string");
  if (value.more !== undefined) problems = addProblem(problems, "/more", "additionalProperties", "must go");
  return problems;
}

const errorOf = (client: TestClient, command: string, fields: object): Promise<unknown> =>
  client.request(command, fields).then(
    () => "answered",
    ({ code, message, details }) => ({ code, message, details }),
  );

describe("a command with a check of its requests", () => {
  const executed: unknown[] = [];
  const say = defineCommand("say", (_ctx, data) => executed.push(data), [setRequestCheck(checkText)]);

  test("setRequestCheck: an invalid request gets every problem, and the command does not run", async () => {
    const client = await connect([say]);
    executed.length = 0;
    expect(await errorOf(client, "say", { text: 7, more: 1 })).toEqual({
      code: "invalid_request",
      message: "The request does not fit: /text must be a string, and 1 more.",
      details: [
        { pointer: "/text", rule: "type", message: "must be a string" },
        { pointer: "/more", rule: "additionalProperties", message: "must go" },
      ],
    });
    expect(executed).toEqual([]);
    expect(await client.request("ping")).toEqual({ ping: "pong" });
  });

  test("setRequestConversion: fills in before the check, for the command and the hook after it, a copy each time", async () => {
    const seen: unknown[] = [];
    const run = (_ctx: unknown, data: unknown): unknown => {
      (data as { list: unknown[] }).list.push(1);
      return data;
    };
    const check = (value: unknown) =>
      isObject(value) && value.list !== undefined
        ? undefined
        : addProblem(undefined, "", "required", "no list");
    const filled = defineCommand("filled", run, [
      setRequestConversion([
        { properties: { list: { default: [] }, in: { of: 1 } } },
        { properties: { a: { default: 2 } } },
      ]),
      setRequestCheck(check),
    ]);
    const hooks = setHooks({
      before: (_ctx, data) => void seen.push(structuredClone(data)),
      after: (_ctx, data) => void seen.push(data),
    });
    const client = await connect([filled], [hooks]);
    expect(await client.request("filled", { in: {} })).toEqual({ in: { a: 2 }, list: [1] });
    expect(await client.request("filled", { list: [3] })).toEqual({ list: [3, 1] });
    expect(await client.request("filled", {})).toEqual({ list: [1] });
    expect(seen.slice(0, 3)).toEqual([{ in: {} }, { in: { a: 2 }, list: [1] }, { list: [3] }]);
  });

  test("refuseFields: names every field but those of the envelope, also under other names", async () => {
    const none = defineCommand("none", (_ctx, data) => data, [setRequestCheck(refuseFields)]);
    const client = await connect([none], [setEnvelope({ correlation: "seq" })]);
    const ask = async (fields: object): Promise<unknown> => {
      client.send({ command: "none", seq: 1, ...fields });
      return client.next();
    };
    expect(await ask({})).toEqual({ command: "none", seq: 1, data: {} });
    expect(await ask({ id: 1, "a/b": null, __proto__: 1 })).toMatchObject({
      error: {
        code: "invalid_request",
        message:
          "The request does not fit: /id is not a known property: the command takes no fields, and 1 more.",
        details: [
          { pointer: "/id", rule: "additionalProperties" },
          { pointer: "/a~1b", rule: "additionalProperties" },
        ],
      },
    });
  });

  test.each([
    [{}, []],
    [undefined, []],
    [[], []],
    [{ a: undefined }, []],
    [[1], ["type"]],
    [null, ["type"]],
    ["", ["type"]],
    [{ toString: 1 }, ["additionalProperties"]],
    [
      Object.fromEntries(Array.from({ length: 200 }, (_, name) => [name, 0])),
      Array(100).fill("additionalProperties"),
    ],
  ])("refuseFields: %j", (request, rules) => {
    expect((refuseFields(request) ?? []).map(({ rule }) => rule)).toEqual(rules);
  });

  test("setRequestCheck: a valid request runs, and command and id are not extra fields", async () => {
    const client = await connect([say]);
    executed.length = 0;
    await client.request("say", { text: "hi" });
    expect(executed).toEqual([{ text: "hi" }]);
  });

  test("is checked in product mode too, after the guards", async () => {
    const seen: unknown[] = [];
    const hooks = setHooks({ before: (_ctx, data) => void seen.push(data) });
    const client = await connect([say], [setMode(Mode.product), hooks]);
    expect(await errorOf(client, "say", {})).toMatchObject({ code: "invalid_request" });
    expect(seen).toEqual([{}]);
  });

  test("is silent if its errors are not sent", async () => {
    const quiet = defineCommand("quiet", () => 1, [
      setRequestCheck(checkText),
      closePushCommandErrorMessage(),
    ]);
    const client = await connect([quiet]);
    client.send({ command: "quiet", id: "q" });
    client.send({ command: "ping" });
    expect(await client.next()).toEqual({ ping: "pong" });
  });
});

describe("a command with a check of its replies", () => {
  const reply = (value: unknown) => defineCommand("reply", () => value, [setReplyCheck(checkText)]);

  test("setReplyCheck: an invalid reply is failed in debug mode, and the log has the place", async () => {
    const log = recordingLogger();
    const client = await connect([reply({ text: 7 })], [setLogger(log)]);
    const message = 'The reply of "reply" does not fit its schema: /text must be a string.';
    expect(await errorOf(client, "reply", {})).toEqual({ code: "failed", message, details: undefined });
    const [line] = log.lines.filter(({ level }) => level === "error");
    expect(line?.fields).toMatchObject({
      err: { message, problems: [{ pointer: "/text", rule: "type", message: "must be a string" }] },
    });
  });

  test("setReplyCheck: a reply is not checked in product mode", async () => {
    const client = await connect([reply({ text: 7 })], [setMode(Mode.product)]);
    expect(await client.request("reply")).toEqual({ text: 7 });
  });

  test("is held to what goes on the wire, not to the object", async () => {
    const client = await connect([reply({ text: new Date(0), more: undefined })]);
    expect(await client.request("reply")).toEqual({ text: "1970-01-01T00:00:00.000Z" });
  });

  test("takes nothing for null", async () => {
    const client = await connect([reply(undefined)]);
    expect(await errorOf(client, "reply", {})).toMatchObject({ code: "failed" });
  });
});
