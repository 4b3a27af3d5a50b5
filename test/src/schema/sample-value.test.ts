// Samples are what they say: certain ones are valid (or invalid) for sure, by another implementation of JSON Schema.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readReference } from "../../../src/schema/reference.js";
import type { SampleContext } from "../../../src/schema/sample/sample-state.js";
import { invalidSamples, sampleValue } from "../../../src/schema/sample/sample-value.js";
import { createValueChecker } from "../../../src/schema/value-checker.js";
import { schemaAt } from "../../../src/spec-file/json.js";
import type { Json, JsonSchema } from "../../../src/spec-file/spec.js";
import { schemas, withDefinitions } from "./schema-arbitrary.js";

const follow: SampleContext["follow"] = (ref, root) => {
  const reference = readReference(ref, root);
  const schema = reference.kind === "self" ? schemaAt(root, reference.tokens) : undefined;
  return schema === undefined ? undefined : { schema, root };
};

test.each<[string, JsonSchema, Json]>([
  ["a text of the least length", { type: "string", minLength: 6 }, "textxx"],
  ["a text of the greatest length", { type: "string", maxLength: 2 }, "te"],
  ["a text of a format", { type: "string", format: "uuid" }, "123e4567-e89b-42d3-a456-426614174000"],
  ["a text of a pattern", { type: "string", pattern: "^(get|put) /\\w+(\\?.*)?$" }, "get /a"],
  ["the least number", { type: "integer", minimum: 3, multipleOf: 2 }, 4],
  ["a number between", { type: "number", minimum: 0.5, maximum: 0.7 }, 0.5],
  ["a number strictly between", { type: "number", exclusiveMinimum: 0.5, exclusiveMaximum: 0.75 }, 0.625],
  ["a number that may be one alone", { type: "number", minimum: 0.5, maximum: 0.5 }, 0.5],
  ["a whole number between", { type: "number", exclusiveMinimum: 0.5, maximum: 1.5 }, 1],
  ["a multiple of a fraction", { type: "number", multipleOf: 0.25, minimum: 0.6 }, 0.75],
  ["a number above a bound", { type: "number", exclusiveMinimum: 3 }, 4],
  ["a number below", { type: "number", exclusiveMaximum: 0 }, -1],
  ["a constant", { const: [1, null] }, [1, null]],
  ["the first choice", { enum: ["a", "b"] }, "a"],
  ["as many items as needed", { type: "array", items: { type: "boolean" }, minItems: 2 }, [true, true]],
  ["an item that is contained", { type: "array", contains: { const: 7 } }, [7]],
  ["what is required alone", { required: ["a"], properties: { a: { type: "null" }, b: {} } }, { a: null }],
  [
    "all parts of an intersection",
    { allOf: [{ required: ["a"] }, { required: ["b"], properties: { b: { const: 1 } } }] },
    { a: "any", b: 1 },
  ],
  ["one part of a union", { oneOf: [{ type: "integer" }, { type: "string" }] }, 1],
  ["what is nullable as a value", { type: ["null", "string"] }, "text"],
])("sampleValue: %s", (_title, schema, value) => {
  expect(sampleValue(schema, { follow, attempt: 0 })?.value).toEqual(value);
});

test("sampleValue: gives nothing for a schema that always leads to itself", () => {
  const schema = { type: "object", required: ["next"], properties: { next: { $ref: "#" } } };
  expect(sampleValue(schema, { follow, attempt: 0 })).toBeUndefined();
});

test("sampleValue: a certain sample is valid, whatever the schema", async () => {
  const checker = createValueChecker(new Map());
  let certain = 0;
  for (const schema of fc
    .sample(schemas, { seed: 31, numRuns: 3_000 })
    .map(withDefinitions) as JsonSchema[]) {
    const sample = sampleValue(schema, { follow, attempt: 0 });
    if (sample?.isCertain) {
      certain += 1;
      expect(await checker.check(schema, sample.value), JSON.stringify({ schema, sample })).toEqual([]);
    }
    const fields = (
      sample?.value !== null && typeof sample?.value === "object" ? sample.value : {}
    ) as Record<string, Json>;
    for (const { value, isCertain } of invalidSamples(schema, fields, { follow, attempt: 0 })) {
      if (!isCertain) continue;
      certain += 1;
      expect(await checker.check(schema, value), JSON.stringify({ schema, value })).not.toEqual([]);
    }
  }
  expect(certain).toBeGreaterThan(500);
});

test.each([
  { pattern: "^\\S+@\\S+$", maxLength: 1_000 },
  { pattern: "^a*a*a*a*a*b$", maxLength: 10 },
])(
  "an example longer than maxLength is refused without running $pattern on it",
  async (rules) => {
    const schema = { type: "string", ...rules };
    const problems = await createValueChecker(new Map()).check(schema, `${"@a".repeat(100_000)} `);
    expect(problems).toContainEqual(expect.objectContaining({ rule: "maxLength" }));
  },
  60_000,
);
