import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFields } from "../../../src/spec-file/field-shorthand.js";

test("parseFields: fields become properties, required unless they end with a question mark", () => {
  const fields = [
    "text:string",
    "count:integer?",
    "size?:integer",
    "tags:string[]",
    "sentAt:date-time",
    "level:low|high",
    "from:Person",
    "any:any",
    "grid:number[][]?",
  ];
  expect(parseFields(fields)).toEqual({
    value: {
      type: "object",
      required: ["text", "tags", "sentAt", "level", "from", "any"],
      properties: {
        text: { type: "string" },
        count: { type: "integer" },
        size: { type: "integer" },
        tags: { type: "array", items: { type: "string" } },
        sentAt: { type: "string", format: "date-time" },
        level: { enum: ["low", "high"] },
        from: { $ref: "#/schemas/Person" },
        any: {},
        grid: { type: "array", items: { type: "array", items: { type: "number" } } },
      },
    },
    diagnostics: [],
  });
});

test("parseFields: no fields give an object without required members", () => {
  expect(parseFields(["a:boolean?"]).value).toEqual({
    type: "object",
    properties: { a: { type: "boolean" } },
  });
});

test.each([
  ["text", "no ':'"],
  [":string", "its name is empty"],
  ["a b:string", "its name is empty or contains blanks"],
  ["a:strng", "did you mean 'string'?"],
  ["a:datetime", "did you mean 'date-time'?"],
  ["a:", "unknown type ''"],
  ["a:low|", "empty or repeated"],
  ["a:low|low", "empty or repeated"],
  [`a:string${"[]".repeat(50_000)}`, "not supported"],
])("parseFields: refuses %.20s with a reason", (field, reason) => {
  const { value, diagnostics } = parseFields([field]);
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: "invalid-value", message: expect.stringContaining(reason) }]);
});

test("parseFields: reports every problem, including a repeated field", () => {
  expect(parseFields(["a:string", "a:integer", "b"]).diagnostics).toHaveLength(2);
});

test("parseFields: accepts a field __proto__, and never throws", () => {
  expect(JSON.stringify(parseFields(["__proto__:string"]).value)).toContain('"properties":{"__proto__":');
  fc.assert(fc.property(fc.array(fc.string()), (fields) => void parseFields(fields)));
});
