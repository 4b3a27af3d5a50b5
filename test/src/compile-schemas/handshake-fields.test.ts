// How the texts of a handshake become values, and which handshakes tests send.
import { describe, expect, test } from "vitest";
import { compileSchemas } from "../../../src/compile-schemas/compile-schemas.js";
import { readModel } from "../../../src/read-model.js";

const schemas = {
  Page: { type: "integer", minimum: 1 },
  Pages: { type: "array", items: { $ref: "#/schemas/Page" } },
  Next: { $ref: "#/schemas/Page" },
  Size: { $ref: "#/schemas/Five" },
  Five: { type: "integer", default: 5 },
  Listing: { type: "object", properties: { page: { $ref: "#/schemas/Page" } } },
  Upper: { type: "object", properties: { "X-Team": { type: "string" } } },
};

function modelOf(handshake: object, urls: readonly string[] = ["ws"]) {
  const spec = { wsgen: 1, name: "t", schemas, modules: { chat: { port: 1, urls, handshake } } };
  const model = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(JSON.stringify(spec)) });
  expect(model.diagnostics).toEqual([]);
  return model.value!;
}

const contractOf = (handshake: object, urls?: readonly string[]) => compileSchemas(modelOf(handshake, urls));

test("buildHandshake: a parameter is required if all routes have it, and a string if the spec says no more", () => {
  const [params] = modelOf({}, ["a/:room", "b/:room/:constructor"]).modules[0]!.handshake;
  const text = { type: "string" };
  expect(params?.schema).toEqual({
    type: "object",
    required: ["room"],
    properties: { room: text, constructor: text },
  });
});

test("buildHandshake: a client may leave out a field with a default, which the context always has", () => {
  const properties = { page: { type: "integer", default: 1 }, team: { type: "string" } };
  const [query] = modelOf({ query: { properties, required: ["page", "team"] } }).modules[0]!.handshake;
  expect(query?.sent).toMatchObject({ required: ["team"] });
  expect(query?.schema).toMatchObject({ required: ["page", "team"] });
  const [free] = modelOf({ query: { properties } }).modules[0]!.handshake;
  expect(free?.schema).toMatchObject({ required: ["page"] });
});

describe("readHandshakeFields", () => {
  test.each([
    { given: { type: "string" }, want: undefined },
    { given: { type: "integer" }, want: { type: "number" } },
    { given: { type: ["number", "null"] }, want: { type: "number" } },
    { given: { type: ["number", "string"] }, want: undefined },
    { given: { type: ["string", "array"] }, want: undefined },
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
    { given: { $ref: "#/schemas/Next", maximum: 9 }, want: { type: "number" } },
    { given: { $ref: "#/schemas/Size" }, want: { type: "number", default: 5 } },
    { given: { $ref: "#/schemas/Size", default: 6 }, want: { type: "number", default: 6 } },
    { given: true, want: undefined },
    { given: { allOf: [{ $ref: "#/schemas/Page" }, { maximum: 9 }] }, want: { type: "number" } },
    { given: { anyOf: [{ const: 1 }, { const: "a" }] }, want: undefined },
    {
      given: { oneOf: [{ type: "integer" }, { type: "array", items: { type: "integer" } }] },
      want: { type: "number", isList: true },
    },
    {
      given: { type: ["array", "null"], prefixItems: [{ type: "number" }], items: false },
      want: { type: "number", isList: true },
    },
  ])("$given gives $want", async ({ given, want }) => {
    const { value, diagnostics } = await contractOf({ query: { field: given } });
    expect(diagnostics).toEqual([]);
    expect(value?.modules.get("chat")?.handshakeFields.get("query")).toEqual(want ? { field: want } : {});
  });

  test.each([
    { given: { $ref: "#/schemas/Listing" } },
    { given: { type: "object", allOf: [{ $ref: "#/schemas/Listing" }, { required: ["page"] }] } },
    { given: { type: "object", anyOf: [{ required: ["page"] }, { $ref: "#/schemas/Listing" }] } },
    {
      given: {
        type: "object",
        $defs: { Own: { type: "integer" } },
        properties: { page: { $ref: "#/$defs/Own" } },
      },
    },
  ])("properties of $given are converted", async ({ given }) => {
    const { value, diagnostics } = await contractOf({ query: given });
    expect(diagnostics).toEqual([]);
    expect(value?.modules.get("chat")?.handshakeFields.get("query")).toEqual({ page: { type: "number" } });
  });

  test("names of headers are in lower case", async () => {
    const { value } = await contractOf({ headers: { "X-Limit": { type: "integer" } } });
    expect(value?.modules.get("chat")?.handshakeFields.get("headers")).toEqual({
      "x-limit": { type: "number" },
    });
  });
});

test("compileSchemas: a default that its own schema refuses is an error", async () => {
  const { value, diagnostics } = await contractOf({
    query: { page: { $ref: "#/schemas/Page", default: 0 } },
  });
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: "invalid-schema", message: expect.stringContaining("'page' in query") },
  ]);
});

test.each([
  { given: { query: { filter: { type: "object" } } }, want: "'filter' in query must be object" },
  { given: { query: { nothing: { type: "null" } } }, want: "'nothing' in query must be null" },
  {
    given: { headers: { "X-Tags": { $ref: "#/schemas/Pages" } } },
    want: "'x-tags' in headers must be array",
  },
  { given: { cookies: { tags: { type: "array" } } }, want: "'tags' in cookies must be array" },
  { given: { headers: { $ref: "#/schemas/Upper" } }, want: "'X-Team' of a shared or combined schema" },
  {
    given: {
      headers: { type: "object", required: ["a"], additionalProperties: false, properties: { a: {} } },
    },
    want: "would refuse every client",
  },
  { given: { headers: { type: "object", maxProperties: 3 } }, want: "would refuse every client" },
])("compileSchemas: $given, which no client can send, is an error", async ({ given, want }) => {
  const { value, diagnostics } = await contractOf(given);
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: "invalid-schema", message: expect.stringContaining(want) }]);
});

test("readModel: headers whose names differ only in case, and a schema false, are errors with their places", () => {
  const read = (handshake: string) =>
    readModel({
      file: "wsgen.yaml",
      bytes: new TextEncoder().encode(
        `wsgen: 1\nname: t\nmodules:\n  chat:\n    port: 1\n    urls: [ws]\n    handshake:\n      ${handshake}\n`,
      ),
    }).diagnostics;
  expect(read("headers: { X-A: { type: integer }, x-a: {} }")).toMatchObject([
    { code: "duplicate-key", at: { line: 8 }, message: expect.stringContaining("'X-A' and 'x-a'") },
  ]);
  expect(read("query: false")).toMatchObject([{ code: "invalid-schema", at: { line: 8, column: 14 } }]);
  expect(read("query: true")).toEqual([]);
});

test("buildHandshake: `true` is an object, and a parameter may have the name of an inherited member", async () => {
  const { diagnostics, value } = await contractOf({ query: true, params: { id: { type: "integer" } } }, [
    "rooms/:constructor/:id",
  ]);
  expect(diagnostics).toEqual([]);
  const samples = value?.handshakeSamples.get("chat");
  expect(samples?.get("query")).toEqual({});
  expect(samples?.get("params")).toEqual({ constructor: expect.any(String), id: expect.any(Number) });
});

test.each([
  { given: { params: { id: { type: "integer" } } }, part: "params", want: { id: expect.any(Number) } },
  { given: { query: { v: { enum: [1, "a"] } } }, part: "query", want: { v: "a" } },
] as const)("makeHandshakeSamples: $given has the sample $want", async ({ given, part, want }) => {
  const { value } = await contractOf(given, ["ws/:id", "other"]);
  expect(value?.handshakeSamples.get("chat")?.get(part)).toEqual(want);
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
