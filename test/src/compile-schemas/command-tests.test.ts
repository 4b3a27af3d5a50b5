// Which tests a command gets from the spec.
import { describe, expect, test } from "vitest";
import { maskKinds } from "../../../runtime/src/testing/masks.js";
import { compileSchemas } from "../../../src/compile-schemas/compile-schemas.js";
import { maskNames } from "../../../src/compile-schemas/masks.js";
import { readModel } from "../../../src/read-model.js";

async function testsOf(command: object, schemas: object = {}): Promise<unknown[]> {
  const spec = {
    wsgen: 1,
    name: "t",
    schemas,
    modules: { chat: { port: 1, urls: ["ws"], commands: { say: command } } },
  };
  const model = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(JSON.stringify(spec)) });
  expect(model.diagnostics).toEqual([]);
  const { value, diagnostics } = await compileSchemas(model.value!);
  expect(diagnostics).toEqual([]);
  return (value?.modules.get("chat")?.tests ?? []).map(({ kind, request, reply, error }) => [
    kind,
    request,
    ...[reply, error].filter((expected) => expected !== undefined),
  ]);
}

describe("createCommandTests: a command", () => {
  test("with examples is tested only with these", async () => {
    const examples = [{ request: { a: 1 }, reply: { $any: "uuid" } }, { request: { a: 2 } }];
    expect(await testsOf({ request: "any", examples })).toEqual([
      ["example", { a: 1 }, { $any: "uuid" }],
      ["answer", { a: 2 }],
    ]);
  });

  test("with an example of an error expects that error, unless errors are not sent", async () => {
    const errors = { full: { details: { size: true } }, gone: {} };
    const examples = [
      { request: { a: 1 }, error: { code: "full", details: { size: 2 } } },
      { error: { code: "gone" } },
    ];
    const command = { request: "any", errors, examples };
    expect(await testsOf(command)).toEqual([
      ["failure", { a: 1 }, { code: "full", details: { size: 2 } }],
      ["failure", {}, { code: "gone" }],
    ]);
    expect(await testsOf({ ...command, config: { errorMessage: false } })).toEqual([]);
    expect(await testsOf({ ...command, config: { responseData: false } })).toHaveLength(2);
  });

  test("without examples is tested with a valid and an invalid request", async () => {
    const request = {
      type: "object",
      required: ["room", "at"],
      properties: {
        room: { $ref: "#/schemas/RoomName" },
        at: { type: "string", format: "date-time" },
        to: { type: "integer" },
      },
    };
    const RoomName = { type: "string", pattern: "^[a-z]{2,8}-\\d{2}$" };
    expect(await testsOf({ request }, { RoomName })).toEqual([
      ["answer", { room: "aa-00", at: "2021-04-22T22:00:00Z" }],
      ["refusal", { at: "2021-04-22T22:00:00Z" }],
    ]);
  });

  test("without a request refuses every field", async () => {
    expect(await testsOf({})).toEqual([
      ["answer", {}],
      ["refusal", { unexpected: true }],
    ]);
  });

  test("with any request accepts everything, so nothing is refused", async () => {
    expect(await testsOf({ request: "any" })).toEqual([["answer", {}]]);
    expect(await testsOf({ request: true })).toEqual([["answer", {}]]);
  });

  test("for which no request can be made has a todo test", async () => {
    const request = { type: "object", required: ["a"], properties: { a: false } };
    expect(await testsOf({ request })).toEqual([
      ["todo", {}],
      ["refusal", {}],
    ]);
  });

  test("whose reply or errors are not sent is not tested for them", async () => {
    const request = { type: "object", required: ["a"] };
    expect(await testsOf({ request, config: { responseData: false } })).toEqual([["refusal", {}]]);
    expect(await testsOf({ request, config: { errorMessage: false } })).toEqual([["answer", { a: "any" }]]);
    expect(await testsOf({ config: { responseData: false }, examples: [{ request: {} }] })).toEqual([]);
  });
});

test("maskNames: are those of the test kit", () => {
  expect(maskNames).toEqual(maskKinds);
});
