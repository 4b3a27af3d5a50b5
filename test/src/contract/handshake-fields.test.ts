// How the texts of a handshake become values, and which handshakes tests send.
import { describe, expect, test } from "vitest";
import { compileContract } from "../../../src/contract/contract.js";
import { readModel } from "../../../src/read-model.js";

const schemas = {
  Page: { type: "integer", minimum: 1 },
  Pages: { type: "array", items: { $ref: "#/schemas/Page" } },
  Next: { $ref: "#/schemas/Page" },
};

async function contractOf(handshake: object, urls: readonly string[] = ["ws"]) {
  const spec = { wsgen: 1, name: "t", schemas, modules: { chat: { port: 1, urls, handshake } } };
  const model = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(JSON.stringify(spec)) });
  expect(model.diagnostics).toEqual([]);
  return compileContract(model.value!);
}

describe("readHandshakeFields", () => {
  test.each([
    { given: { type: "string" }, want: undefined },
    { given: { type: "integer" }, want: { type: "number" } },
    { given: { type: ["number", "null"] }, want: { type: "number" } },
    { given: { type: ["number", "string"] }, want: undefined },
    { given: { type: "boolean" }, want: { type: "boolean" } },
    { given: { enum: [1, 2] }, want: { type: "number" } },
    { given: { enum: ["1", "2"] }, want: undefined },
    { given: { const: true }, want: { type: "boolean" } },
    { given: { $ref: "#/schemas/Next" }, want: { type: "number" } },
    { given: { $ref: "#/schemas/Pages" }, want: { type: "number", isList: true } },
    { given: { type: "array", items: { type: "boolean" } }, want: { type: "boolean", isList: true } },
    { given: { type: "array" }, want: { type: "string", isList: true } },
    { given: { type: "string", default: "a" }, want: { type: "string", default: "a" } },
    { given: { type: "integer", default: 7 }, want: { type: "number", default: 7 } },
    { given: true, want: undefined },
  ])("$given gives $want", async ({ given, want }) => {
    const { value, diagnostics } = await contractOf({ query: { field: given } });
    expect(diagnostics).toEqual([]);
    expect(value?.modules.get("chat")?.handshakeFields.get("query")).toEqual(want ? { field: want } : {});
  });

  test("names of headers are in lower case", async () => {
    const { value } = await contractOf({ headers: { "X-Limit": { type: "integer" } } });
    expect(value?.modules.get("chat")?.handshakeFields.get("headers")).toEqual({
      "x-limit": { type: "number" },
    });
  });
});

test("compileContract: a default that its own schema refuses is an error", async () => {
  const { value, diagnostics } = await contractOf({
    query: { page: { $ref: "#/schemas/Page", default: 0 } },
  });
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: "invalid-schema", message: expect.stringContaining("'page' in query") },
  ]);
});

test("makeHandshakeSamples: what a client must send", async () => {
  const handshake = {
    params: { room: { type: "string", format: "uuid" } },
    query: {
      page: { type: "integer", default: 1 },
      sort: { enum: ["up", "down"] },
      "live?": { type: "boolean" },
    },
    cookies: { type: "object", required: ["token"], properties: { token: { type: "string", minLength: 8 } } },
  };
  const samples = (await contractOf(handshake, ["rooms/:room"])).value?.handshakeSamples.get("chat");
  expect(Object.fromEntries(samples ?? [])).toEqual({
    params: { room: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    query: { sort: "up" },
    cookies: { token: expect.stringMatching(/^.{8,}$/) },
  });
});
