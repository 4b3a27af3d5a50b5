import { describe, expect, it } from "vitest";
import { KnownFieldPicker } from "../../../runtime/src/protocol/pick-fields.js";
import type { KnownFields } from "../../../runtime/src/validation/index.js";
import { compileValidators } from "../../../src/schema/validate/compile.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";
import { loadValidators } from "./load-validators.js";

const user: JsonSchema = { type: "object", properties: { name: { type: "string" } } };
const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  User: user,
  Node: {
    type: "object",
    properties: { name: {}, next: { $ref: "#/schemas/Node" }, self: { $ref: "#" } },
  },
  Circle: shape("circle", "radius"),
  Square: shape("square", "side"),
};

function shape(kind: string, field: string): JsonSchema {
  const properties = { kind: { const: kind }, [field]: { type: "number" } };
  return { type: "object", required: ["kind"], additionalProperties: false, properties };
}

const sharedInputs = Object.entries(sharedSchemas).map(([name, schema]) => ({
  name: `validate${name}`,
  schema,
  fieldsName: `fieldsOf${name}`,
}));

/** Generates the table of a schema, and picks by it. */
async function pick(schema: JsonSchema, value: unknown): Promise<unknown> {
  const inputs = [...sharedInputs, { name: "validateCase", schema, fieldsName: "fieldsOfCase" }];
  const shared = (pointer: string) =>
    sharedInputs.find(({ name }) => pointer === `#/schemas/${name.slice("validate".length)}`);
  const { value: code, diagnostics } = await compileValidators(inputs, { shared });
  if (code === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const { fieldsOfCase } = (await loadValidators(code)) as unknown as { fieldsOfCase: KnownFields };
  return new KnownFieldPicker(undefined).pick(
    value,
    { fields: () => fieldsOfCase, conversion: undefined },
    {},
  );
}

const bob = { name: "Bob", secret: 1 };
const known = { name: "Bob" };
const ref = (name: string) => ({ $ref: `#/schemas/${name}` });
const either = { anyOf: [ref("Circle"), ref("Square")] };

describe("compileValidators: the known fields are", () => {
  const cases: [title: string, schema: JsonSchema, value: unknown, picked: unknown][] = [
    ["its properties", user, bob, known],
    ["none of an object that it closes", { type: "object", additionalProperties: false }, bob, {}],
    ["those of objects in objects", { properties: { a: user } }, { a: bob, b: bob }, { a: known }],
    ["those of items", { items: user }, [bob, 1, bob], [known, 1, known]],
    [
      "those of a tuple",
      { prefixItems: [user, {}], items: { properties: { id: {} } } },
      [bob, bob, { id: 1, name: 2 }],
      [known, bob, { id: 1 }],
    ],
    ["those of a shared schema", { items: ref("User") }, [bob], [known]],
    [
      "those of a schema that refers to itself",
      ref("Node"),
      { ...bob, next: { ...bob, self: bob } },
      { name: "Bob", next: { name: "Bob", self: known } },
    ],
    [
      "those of a part that is referred to",
      { $defs: { a: user }, properties: { b: { $ref: "#/$defs/a" } } },
      { b: bob },
      { b: known },
    ],
    ["all where it names none", { type: "object", required: ["name"] }, bob, bob],
    ["all of a value that it says nothing of", true, bob, bob],
    ["all with additionalProperties", { ...user, additionalProperties: true }, bob, bob],
    ["all with unevaluatedProperties", { ...user, unevaluatedProperties: true }, bob, bob],
    [
      "all by name, with the fields of each, for a schema of the others",
      { properties: { id: {} }, additionalProperties: user },
      { id: bob, x: bob },
      { id: bob, x: known },
    ],
    [
      "those whose names match a pattern",
      { patternProperties: { "^x-": user } },
      { "x-a": bob, a: bob },
      { "x-a": known },
    ],
    [
      "what is required and not described",
      { ...user, required: ["id"] },
      { ...bob, id: 1 },
      { ...known, id: 1 },
    ],
    [
      "what must be there beside another",
      { ...user, dependentRequired: { name: ["id"] } },
      { ...bob, id: 1 },
      { ...known, id: 1 },
    ],
    [
      "those of all of several",
      { allOf: [user, { properties: { id: {} } }] },
      { ...bob, id: 1 },
      { ...known, id: 1 },
    ],
    [
      "those of the branch that a constant selects, also where a field too many is there",
      either,
      { kind: "circle", radius: 1, side: 2, secret: 3 },
      { kind: "circle", radius: 1 },
    ],
    [
      "those of the branch of its type",
      { oneOf: [{ type: "array", items: user }, { type: "null" }] },
      [bob],
      [known],
    ],
    [
      "those of the branches that fit",
      {
        anyOf: [
          { required: ["a"], properties: { a: { type: "string" } }, additionalProperties: false },
          { required: ["b"], properties: { b: { type: "string" } } },
        ],
      },
      { a: "1", b: 2, secret: 3 },
      { a: "1" },
    ],
    [
      "those of all branches where none fits",
      either,
      { kind: "other", radius: 1, secret: 3 },
      { kind: "other", radius: 1 },
    ],
    [
      "those of then, where the condition holds",
      {
        ...user,
        if: { properties: { kind: { const: 1 } }, required: ["kind"] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { a: {} } },
        else: { properties: { b: {} } },
      },
      { ...bob, kind: 1, a: 1, b: 1 },
      { ...known, kind: 1, a: 1 },
    ],
    [
      "those of else, where it does not",
      {
        ...user,
        if: { properties: { kind: { const: 1 } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { a: {} } },
        else: { properties: { b: {} } },
      },
      { ...bob, kind: 2, a: 1, b: 1 },
      { ...known, b: 1 },
    ],
    [
      "those that depend on a property",
      {
        ...user,
        dependentSchemas: { name: { properties: { id: {} } }, age: { properties: { secret: {} } } },
      },
      { ...bob, id: 1 },
      { ...known, id: 1 },
    ],
    [
      "those of names that every object inherits",
      JSON.parse('{ "properties": { "__proto__": { "properties": { "a": true } }, "constructor": true } }'),
      JSON.parse('{ "__proto__": { "a": 1, "b": 2 }, "constructor": 1, "toString": 2 }'),
      JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 1 }'),
    ],
  ];

  it.each(cases)("%s", async (_title, schema, value, picked) => {
    expect(JSON.stringify(await pick(schema, value))).toBe(JSON.stringify(picked));
  });
});

it("compileValidators: writes no known fields unless they are needed", async () => {
  const { value } = await compileValidators([{ name: "validateCase", schema: user }], {
    shared: () => undefined,
  });
  expect(value?.text).not.toContain("KnownFields");
});
