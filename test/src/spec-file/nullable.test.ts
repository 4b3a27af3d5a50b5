// `nullable: true`, the habit of OpenAPI: it becomes a part of `type`, or is refused where it would do nothing.
import { expect, test } from "vitest";
import { readSpec } from "../../../src/spec-file/read-spec.js";

const read = (schema: string) =>
  readSpec({
    file: "wsgen.yaml",
    bytes: new TextEncoder().encode(`wsgen: 1\nname: a\nschemas:\n  A: ${schema}\n`),
  });
const schemaOf = (schema: string) => {
  const { value, diagnostics } = read(schema);
  expect(diagnostics).toEqual([]);
  return value?.schemas[0]?.schema.value;
};

test.each([
  ["{ type: string, nullable: true }", { type: ["string", "null"] }],
  ["{ type: string, nullable: false, maxLength: 3 }", { type: "string", maxLength: 3 }],
  ["{ nullable: true, type: [string, integer] }", { type: ["string", "integer", "null"] }],
  ["{ type: [string, 'null'], nullable: true }", { type: ["string", "null"] }],
  ["{ type: string, enum: [a, b], nullable: true }", { type: ["string", "null"], enum: ["a", "b", null] }],
  [
    "{ type: [string, 'null'], enum: [a, null], nullable: true }",
    { type: ["string", "null"], enum: ["a", null] },
  ],
  ["{ type: string, const: a, nullable: true }", { type: ["string", "null"], enum: ["a", null] }],
  ["{ type: string, nullable: true, default: null }", { type: ["string", "null"], default: null }],
  [
    "{ properties: { nullable: { type: boolean }, a: { type: integer, nullable: true } } }",
    { properties: { nullable: { type: "boolean" }, a: { type: ["integer", "null"] } } },
  ],
  [
    "{ items: { anyOf: [{ type: object, nullable: true }] }, $defs: { b: { type: 'null', nullable: true } } }",
    { items: { anyOf: [{ type: ["object", "null"] }] }, $defs: { b: { type: ["null"] } } },
  ],
  [
    "{ default: { nullable: true }, examples: [{ nullable: true }], x-a: { nullable: true } }",
    { default: { nullable: true }, examples: [{ nullable: true }], "x-a": { nullable: true } },
  ],
])("%s", (schema, value) => expect(schemaOf(schema)).toEqual(value));

test.each([
  [
    "{ $ref: '#/schemas/A', nullable: true }",
    "4:29 'nullable' does not make null valid beside '$ref', which decides about null, too.",
    "Write `anyOf: [{ $ref: … }, { type: 'null' }]` instead.",
  ],
  [
    "{ type: object, nullable: true, allOf: [{ type: object }] }",
    "4:22 'nullable' does not make null valid beside 'allOf', which decides about null, too.",
    "Write `anyOf: [{ allOf: … }, { type: 'null' }]` instead.",
  ],
  [
    "{ items: { enum: [a], nullable: true } }",
    "4:28 'nullable' needs a 'type' beside it, which it adds null to.",
    "Add `type:`; to an `enum` without a type, add null.",
  ],
])("%s is refused with what to write", (schema, message, fix) => {
  const [found] = read(schema).diagnostics;
  expect([`${found?.at?.line}:${found?.at?.column} ${found?.message}`, found?.fix]).toEqual([message, fix]);
});

test("a nullable that is not true or false is refused", () => {
  expect(read("{ type: string, nullable: yes }").diagnostics).toMatchObject([{ code: "invalid-schema" }]);
});
