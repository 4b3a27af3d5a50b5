// What is filled into a request, and the schemas of a request before and after that.
import { describe, expect, test } from "vitest";
import { convertInbound } from "../../../runtime/src/protocol/convert-message.js";
import { createConversion } from "../../../src/schema/conversion/create-conversion.js";
import { readRequestDefaults } from "../../../src/schema/conversion/request-defaults.js";
import { createFollow, sharedPointer } from "../../../src/schema/reference.js";
import { createValueChecker } from "../../../src/schema/value-checker.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";

type Shared = Readonly<Record<string, JsonSchema>>;

function read(request: JsonSchema, shared: Shared = {}) {
  const byPointer = new Map(Object.entries(shared).map(([name, schema]) => [sharedPointer(name), schema]));
  const follow = createFollow((pointer) => byPointer.get(pointer));
  const defaults = readRequestDefaults(request, follow);
  const nodes = createConversion(request, follow, "defaults");
  expect(nodes === undefined).toBe(defaults === undefined);
  return defaults && nodes && { ...defaults, nodes };
}

const one = { type: "integer", default: 1 };
const withOne = { type: "object", properties: { a: one } };
const anyType = { properties: { a: { default: 1 } } };
const Tree = {
  type: "object",
  properties: { size: one, kids: { type: "array", items: { $ref: "#/schemas/Tree" } } },
};
const proto = JSON.parse('{ "properties": { "__proto__": { "default": 1 } } }') as JsonSchema;

describe("readRequestDefaults: is filled in", () => {
  test.each<[string, JsonSchema, unknown, unknown, Shared?]>([
    ["an absent property", withOne, {}, { a: 1 }],
    ["nothing for a property that is there", anyType, { a: null }, { a: null }],
    ["nothing into a value of another type", anyType, [], []],
    ["a nested property", { properties: { o: withOne } }, { o: {} }, { o: { a: 1 } }],
    ["nothing into an absent object", { properties: { o: withOne } }, {}, {}],
    [
      "items",
      { properties: { l: { items: anyType } } },
      { l: [{}, 2, { a: 3 }] },
      { l: [{ a: 1 }, 2, { a: 3 }] },
    ],
    [
      "the first items, and the others",
      { properties: { l: { prefixItems: [withOne, true], items: withOne } } },
      { l: [{}, {}, {}] },
      { l: [{ a: 1 }, {}, { a: 1 }] },
    ],
    [
      "other properties",
      { properties: { b: true }, additionalProperties: withOne },
      { b: {}, c: {} },
      { b: {}, c: { a: 1 } },
    ],
    ["allOf", { allOf: [withOne, { properties: { b: { default: [] } } }] }, {}, { a: 1, b: [] }],
    ["a shared schema", { $ref: "#/schemas/One" }, {}, { a: 1 }, { One: withOne }],
    [
      "the default of a shared schema",
      { properties: { n: { $ref: "#/schemas/N" } } },
      {},
      { n: 1 },
      { N: one },
    ],
    [
      "the own default before that of a shared schema",
      { properties: { n: { $ref: "#/schemas/N", default: 2 } } },
      {},
      { n: 2 },
      { N: one },
    ],
    [
      "a local schema",
      { $defs: { x: withOne }, properties: { o: { $ref: "#/$defs/x" } } },
      { o: {} },
      { o: { a: 1 } },
    ],
    [
      "the first of several defaults",
      { allOf: [{ properties: { a: one } }, { properties: { a: { default: 2 } } }] },
      {},
      { a: 1 },
    ],
    [
      "one property that several schemas describe",
      {
        allOf: [{ properties: { o: withOne } }, { properties: { o: { properties: { b: { default: 2 } } } } }],
      },
      { o: {} },
      { o: { a: 1, b: 2 } },
    ],
    [
      "a schema that refers to itself",
      { properties: { t: { $ref: "#/schemas/Tree" } } },
      { t: { kids: [{ kids: [{ size: 5 }] }] } },
      { t: { kids: [{ kids: [{ size: 5 }], size: 1 }], size: 1 } },
      { Tree },
    ],
    ["null", { properties: { a: { default: null } } }, {}, { a: null }],
    [
      "a name that is a property of objects",
      { properties: { toString: { default: 1 } } },
      {},
      { toString: 1 },
    ],
  ])("%s", async (_name, request, given, filled, shared = {}) => {
    const defaults = read(request, shared);
    const before = structuredClone(given);
    expect(convertInbound(given, defaults?.nodes ?? [])).toEqual(filled);
    expect(given).toEqual(before);
    const checker = createValueChecker(new Map(Object.entries(shared)));
    expect(await checker.check(defaults?.filled ?? true, filled as never)).toEqual([]);
    expect(await checker.check(defaults?.sent ?? true, given as never)).toEqual([]);
  });

  test("__proto__ as a name like others", () => {
    const filled = convertInbound({}, read(proto)?.nodes ?? []) as object;
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(filled, "__proto__")?.value).toBe(1);
  });

  test("a copy for each request, and nothing if all is there", () => {
    const { nodes } = read({ properties: { l: { default: [{}] } } })!;
    const [first, second] = [convertInbound({}, nodes), convertInbound({}, nodes)] as { l: object[] }[];
    first?.l.push({});
    expect(second).toEqual({ l: [{}] });
    const whole = { l: [] };
    expect(convertInbound(whole, nodes)).toBe(whole);
  });

  test.each<[string, JsonSchema]>([
    ["no default", { properties: { a: { type: "string" } } }],
    ["the default of the request", { type: "object", default: {} }],
    ["anyOf", { anyOf: [withOne] }],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ["if", { if: true, then: withOne }],
    ["patternProperties", { patternProperties: { "^a": withOne } }],
    ["a value that is called default", { properties: { default: { type: "string" } } }],
    ["a cycle of references", { properties: { a: { $ref: "#/properties/a" } } }],
    ["a boolean schema", true],
  ])("not for %s", (_name, request) => expect(read(request)).toBeUndefined());
});

describe("readRequestDefaults: required", () => {
  test("has every property with a default in `filled`, and none in `sent`", () => {
    const request = {
      type: "object",
      required: ["a", "b"],
      properties: { a: one, b: {}, c: { default: "" } },
    };
    expect(read(request)).toMatchObject({
      filled: { required: ["a", "b", "c"] },
      sent: { required: ["b"] },
    });
  });

  test("leaves `sent` as it is without such a property", () => {
    const request = { type: "object", properties: { t: { $ref: "#/schemas/Tree" } } };
    expect(read(request, { Tree })?.sent).toBe(request);
  });

  test("changes copies of shared and local schemas, and keeps those that do not change", () => {
    const request = {
      type: "object",
      properties: {
        t: { $ref: "#/schemas/Tree" },
        p: { $ref: "#/schemas/Plain" },
        o: { anyOf: [{ $ref: "#/$defs/x" }] },
        x: { $ref: "#x" },
      },
      $defs: { x: { $anchor: "x", ...withOne } },
    };
    const filledTree = {
      type: "object",
      properties: { size: one, kids: { type: "array", items: { $ref: "#/$defs/Tree" } } },
      required: ["size"],
    };
    expect(read(request, { Tree, Plain: { type: "string" } })?.filled).toEqual({
      type: "object",
      properties: {
        t: { $ref: "#/$defs/Tree" },
        p: { $ref: "#/schemas/Plain" },
        o: { anyOf: [{ $ref: "#/$defs/x" }] },
        x: { $ref: "#/$defs/x2" },
      },
      $defs: { Tree: filledTree, x: withOne, x2: { ...withOne, required: ["a"] } },
    });
  });
});
