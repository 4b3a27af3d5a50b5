// `contentEncoding: base64`: where strings are bytes, how they are converted and checked, and what is refused.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertInbound, convertOutbound } from "../../../runtime/src/protocol/convert-message.js";
import { createConversion } from "../../../src/schema/conversion/create-conversion.js";
import { findBytesProblems, listEncoded } from "../../../src/schema/conversion/find-bytes.js";
import { createFollow, sharedPointer } from "../../../src/schema/reference.js";
import { compileValidators } from "../../../src/schema/validate/compile.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";
import { cpuTimeMs } from "../../support/cpu-time.js";
import { loadValidators } from "./load-validators.js";
import { instances, schemasWithBytes, withDefinitions } from "./schema-arbitrary.js";

const bytes = { type: "string", contentEncoding: "base64" };
const withData = { type: "object", properties: { data: bytes } };
const shared: Readonly<Record<string, JsonSchema>> = {
  Image: { ...bytes, maxLength: 8 },
  Tree: {
    type: "object",
    properties: { data: bytes, kids: { type: "array", items: { $ref: "#/schemas/Tree" } } },
  },
};
const pointers = new Map(Object.entries(shared).map(([name, schema]) => [sharedPointer(name), schema]));
const follow = createFollow((pointer) => pointers.get(pointer));

const problemsOf = (schema: JsonSchema) => findBytesProblems({ schema, root: schema }, follow);

function convert(schema: JsonSchema, value: unknown): unknown {
  expect(problemsOf(schema)).toEqual([]);
  return convertInbound(value, createConversion(schema, follow, "bytes") ?? []);
}

const hi = new Uint8Array([104, 105]);

describe("createConversion: text becomes bytes", () => {
  test.each<[string, JsonSchema, unknown, unknown]>([
    ["the whole value", bytes, "aGk=", hi],
    ["no bytes at all", bytes, "", new Uint8Array()],
    ["a property", withData, { data: "aGk=", text: "aGk=" }, { data: hi, text: "aGk=" }],
    ["nothing for an absent one", withData, {}, {}],
    [
      "null beside bytes",
      { properties: { d: { ...bytes, type: ["string", "null"] } } },
      { d: null },
      { d: null },
    ],
    ["items", { items: bytes }, ["aGk=", 1], [hi, 1]],
    [
      "further items, and not the first",
      { prefixItems: [true], items: bytes },
      ["aGk=", "aGk="],
      ["aGk=", hi],
    ],
    ["first items", { prefixItems: [true, bytes] }, ["aGk=", "aGk=", "aGk="], ["aGk=", hi, "aGk="]],
    [
      "other properties",
      { properties: { text: { type: "string" } }, additionalProperties: bytes },
      { text: "aGk=", a: "aGk=" },
      { text: "aGk=", a: hi },
    ],
    [
      "allOf",
      { allOf: [withData, { properties: { n: true } }] },
      { data: "aGk=", n: "aGk=" },
      { data: hi, n: "aGk=" },
    ],
    ["a reference", { properties: { i: { $ref: "#/schemas/Image" } } }, { i: "aGk=" }, { i: hi }],
    [
      "a reference or null",
      { properties: { i: { anyOf: [{ $ref: "#/schemas/Image" }, { type: "null" }] } } },
      { i: "aGk=" },
      { i: hi },
    ],
    [
      "one of several kinds",
      { oneOf: [bytes, { type: "integer" }, { type: "array", items: withData }] },
      [{ data: "aGk=" }],
      [{ data: hi }],
    ],
    [
      "a branch that a constant shows",
      {
        additionalProperties: true,
        oneOf: [
          { required: ["kind", "data"], properties: { kind: { const: "image" }, data: bytes } },
          { required: ["kind", "text"], properties: { kind: { const: "text" }, text: { type: "string" } } },
        ],
      },
      { kind: "image", data: "aGk=" },
      { kind: "image", data: hi },
    ],
    [
      "a condition",
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      { if: { required: ["data"] }, then: withData },
      { data: "aGk=" },
      { data: hi },
    ],
    [
      "a property that only another part of allOf names",
      {
        allOf: [
          { properties: { a: { type: ["string", "null"], contentEncoding: "base64" } } },
          { additionalProperties: bytes },
        ],
      },
      { a: "aGk=", b: "aGk=" },
      { a: hi, b: hi },
    ],
    [
      "a schema that refers to itself",
      { $ref: "#/schemas/Tree" },
      { kids: [{ data: "aGk=", kids: [{ data: "aGk=" }] }] },
      { kids: [{ data: hi, kids: [{ data: hi }] }] },
    ],
    ["text that is not base64 stays text", bytes, "aGk", "aGk"],
    ["base64url stays text", bytes, "-_-_", "-_-_"],
    ["a line break stays text", bytes, "aGk=\n\n\n\n", "aGk=\n\n\n\n"],
    ["bits after the last byte stay text", bytes, "aGl=", "aGl="],
    ["padding alone stays text", bytes, "====", "===="],
    ["letters of other alphabets stay text", bytes, "äöüß", "äöüß"],
    ["another encoding is a note", { type: "string", contentEncoding: "base64url" }, "aGk=", "aGk="],
  ])("%s", (_title, schema, given, converted) => {
    const before = structuredClone(given);
    const found = convert(schema, given);
    expect(found).toEqual(converted);
    expect(given).toEqual(before);
    const conversion = createConversion(schema, follow, "bytes") ?? [];
    expect(convertOutbound(found, conversion, false)).toEqual(given);
    // What is not bytes is not copied.
    expect(convertOutbound(found, conversion, true)).toBe(found);
  });

  test("a default, too, which is a copy for each request", () => {
    const schema = {
      properties: { key: { ...bytes, default: "aGk=" }, o: { ...withData, default: { data: "aGk=" } } },
    };
    const conversion = createConversion(schema, follow, "defaults")!;
    const [one, other] = [convertInbound({}, conversion), convertInbound({}, conversion)] as {
      key: Uint8Array;
    }[];
    expect(one).toEqual({ key: hi, o: { data: hi } });
    one!.key[0] = 0;
    expect(other!.key).toEqual(hi);
    expect(createConversion(schema, follow, "bytes")).toEqual([
      { properties: { key: { of: 1 }, o: { of: 2 } } },
      { bytes: true },
      { properties: { data: { of: 1 } } },
    ]);
  });

  test("no default below a branch, which may not apply", () => {
    const branch = { properties: { data: bytes, n: { default: 1 } } };
    const conversion = createConversion({ anyOf: [branch, { type: "null" }] }, follow, "defaults")!;
    expect(convertInbound({ data: "aGk=" }, conversion)).toEqual({ data: hi });
  });

  test("one node for each kind of value, however often the schema is used", () => {
    const tree = { $ref: "#/schemas/Tree" };
    const schema = { properties: { a: tree, b: { items: tree }, c: bytes, d: { ...bytes, maxLength: 4 } } };
    expect(createConversion(schema, follow, "bytes")).toHaveLength(5);
  });

  test("nothing without bytes", () => {
    expect(createConversion({ properties: { a: { type: "string" } } }, follow, "bytes")).toBeUndefined();
    expect(createConversion({ $defs: { bytes } }, follow, "bytes")).toBeUndefined();
  });
});

describe("findBytesProblems: refused is", () => {
  const uncertain =
    "A string here can be bytes (`contentEncoding: base64`) or text, and a message does not show which.";
  const below = (keyword: string) => `Bytes below \`${keyword}\` cannot be converted.`;
  const beside = (keyword: string) =>
    `\`${keyword}\` cannot be beside \`contentEncoding: base64\`: the value is bytes.`;
  const unreached = (keyword: string) =>
    `\`${keyword}\` does not reach these bytes: only the schema with \`contentEncoding: base64\` can limit them.`;
  const untyped = "`contentEncoding: base64` needs `type: string` beside it.";
  test.each<[string, JsonSchema, string]>([
    ["bytes without a type", { contentEncoding: "base64" }, untyped],
    ["a number", { type: "integer", contentEncoding: "base64" }, untyped],
    ["a pattern", { ...bytes, pattern: "^a" }, beside("pattern")],
    ["a format", { ...bytes, format: "uuid" }, beside("format")],
    ["a constant", { ...bytes, const: "aGk=" }, beside("const")],
    ["a list of constants", { ...bytes, enum: ["aGk="] }, beside("enum")],
    ["text as an alternative", { anyOf: [bytes, { type: "string" }] }, uncertain],
    ["anything as an alternative", { oneOf: [bytes, true] }, uncertain],
    ["an alternative without a type", { oneOf: [bytes, { description: "any" }] }, uncertain],
    ["a constant as an alternative", { anyOf: [bytes, { const: "" }] }, uncertain],
    ["an alternative in a list of types", { anyOf: [bytes, { type: ["string", "null"] }] }, uncertain],
    [
      "text in another branch",
      { oneOf: [withData, { properties: { data: { type: "string" } } }] },
      uncertain,
    ],
    [
      "text that another branch does not name",
      { oneOf: [withData, { additionalProperties: { type: "string" } }] },
      uncertain,
    ],
    [
      "text in `else`",
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      { if: { required: ["a"] }, then: withData, else: { properties: { data: { enum: ["a"] } } } },
      uncertain,
    ],
    [
      "a field that may be anything, and bytes in a branch",
      { properties: { data: {} }, oneOf: [withData, { type: "null" }] },
      uncertain,
    ],
    ["text in allOf", { allOf: [bytes, { type: "string" }] }, uncertain],
    [
      "text in the same property",
      { allOf: [withData, { properties: { data: { type: "string" } } }] },
      uncertain,
    ],
    ["a limit in another schema", { allOf: [bytes, { maxLength: 3 }] }, unreached("maxLength")],
    ["a limit beside a reference", { $ref: "#/schemas/Image", minLength: 3 }, unreached("minLength")],
    [
      "a pattern of a matching name",
      { ...withData, patternProperties: { "^d": { pattern: "a" } } },
      unreached("pattern"),
    ],
    ["a limit of `contains`", { items: bytes, contains: { maxLength: 3 } }, unreached("maxLength")],
    ["not", { not: { properties: { a: bytes } } }, below("not")],
    ["a branch below not", { not: { anyOf: [{ properties: { a: bytes } }] } }, below("not")],
    ["contains", { contains: bytes }, below("contains")],
    ["patternProperties", { patternProperties: { "^a": bytes } }, below("patternProperties")],
    [
      "additionalProperties beside it",
      { patternProperties: { "^a": true }, additionalProperties: bytes },
      below("patternProperties"),
    ],
    ["propertyNames", { propertyNames: bytes }, below("propertyNames")],
    ["unevaluatedProperties", { unevaluatedProperties: bytes }, below("unevaluatedProperties")],
    ["unevaluatedItems", { unevaluatedItems: bytes }, below("unevaluatedItems")],
    [
      "any depth below them",
      { not: { items: { properties: { a: { $ref: "#/schemas/Tree" } } } } },
      below("not"),
    ],
    [
      "a constant with bytes",
      { ...withData, enum: [{ data: "aGk=" }] },
      "`enum` cannot have an object or a list with bytes (`contentEncoding: base64`).",
    ],
  ])("%s", (_title, schema, message) => {
    const found = problemsOf(schema);
    expect(found.map((each) => each.message)).toContain(message);
    for (const { fix } of found) expect(fix).toMatch(/^[A-Z].*\.$/);
  });

  test.each([
    ["bytes", bytes],
    ["defaults", { default: 1 }],
  ])("%s in so many combinations that they cannot be listed, in time", async (_title, last) => {
    // Any set of these schemas is a place of its own.
    const size = 18;
    const step = (at: number): JsonSchema => ({ $ref: `#/$defs/s${at}` });
    const properties = (at: number) => {
      if (at === size - 1) return { last };
      return at === 0
        ? { a: { allOf: [step(0), step(1)] }, b: step(0) }
        : { a: step(at + 1), b: step(at + 1) };
    };
    const $defs = Object.fromEntries(
      Array.from({ length: size }, (_, at) => [`s${at}`, { properties: properties(at) }]),
    );
    let found: ReturnType<typeof problemsOf> = [];
    const takenMs = await cpuTimeMs(() => {
      found = problemsOf({ $ref: "#/$defs/s0", $defs });
    });
    expect(takenMs).toBeLessThan(20_000);
    expect(found.map(({ message }) => message)).toEqual([
      "The schema has bytes or defaults in too many combinations of schemas.",
    ]);
  });
});

test("decoding and the check together accept what a checker of base64 text accepts, whatever the schema and the value", async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, ownProperties: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.removeKeyword("contentEncoding");
  const isBase64 = (text: string) => Buffer.from(text, "base64").toString("base64") === text;
  ajv.addKeyword({
    keyword: "contentEncoding",
    type: "string",
    validate: (_: unknown, text: string) => isBase64(text),
  });
  const found = fc
    .sample(schemasWithBytes, { seed: 31, numRuns: 4_000 })
    .map(withDefinitions)
    .filter((schema) => listEncoded({ schema, root: schema }, follow).length > 0)
    .filter((schema) => problemsOf(schema).length === 0);
  expect(found.length).toBeGreaterThan(300);
  const inputs = found.map((schema, at) => ({ name: `validate${at}`, schema, fieldsName: `fieldsOf${at}` }));
  const { value: code, diagnostics } = await compileValidators(inputs, { shared: () => undefined });
  expect(diagnostics).toEqual([]);
  const validators = await loadValidators(code!);
  const texts = fc.constantFrom("", "aGk=", "aGkh", "AAEC", "aGk", "aGl=", "text");
  const withText = fc.sample(
    instances.chain((value) =>
      texts.map((text) =>
        JSON.parse(JSON.stringify(value).replace(/"(?:a|ab|abc|x y)"(?!:)/g, JSON.stringify(text))),
      ),
    ),
    { seed: 32, numRuns: 300 },
  );
  const differing: unknown[] = [];
  for (const { name, schema } of inputs) {
    if (/"contains".*"unevaluatedItems"|"unevaluatedItems".*"contains"/.test(JSON.stringify(schema)))
      continue;
    const isValid = ajv.compile(schema as object);
    const conversion = createConversion(schema, follow, "bytes") ?? [];
    for (const value of withText) {
      const converted = convertInbound(value, conversion);
      const isAccepted = validators[name]!(converted) === undefined;
      if (isAccepted !== isValid(value)) differing.push({ schema, value });
      expect(convertOutbound(converted, conversion, false)).toEqual(value);
    }
  }
  expect(differing.length).toBe(0);
  expect(differing.slice(0, 3).map((one) => JSON.stringify(one))).toEqual([]);
});
