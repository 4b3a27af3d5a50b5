import fc from "fast-check";
import type { JsonSchema } from "../../../src/spec-file/spec.js";

/** Names that objects inherit have a test of their own: the implementation that is compared with errs on them. */
const names = fc.constantFrom("a", "b", "c", "kind", 'q"uote');
const count = fc.integer({ min: 0, max: 3 });
const text = fc.constantFrom("", "a", "ab", "abc", "𝒳", "x y", "2021-04-22", "kind");
const number = fc.constantFrom(0, -0, 1, 2, -1.5, 0.1, 0.3, 3);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Values that the schemas below are about. */
export const instances = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const types = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");
const patterns = fc.constantFrom("^a", "b$", "^.{1,2}$", "[c-z]", "^\\p{L}+$");

/** Random schemas of every keyword, often contradictory, that refer to themselves now and then. */
export const schemas = createSchemas([]);

/** The same, with bytes. */
export const schemasWithBytes = createSchemas([
  fc.record(
    {
      type: fc.constantFrom<string | string[]>("string", ["string", "null"], ["integer", "string"]),
      contentEncoding: fc.constant("base64"),
      minLength: count,
      maxLength: fc.integer({ min: 3, max: 9 }),
    },
    { requiredKeys: ["type", "contentEncoding"] },
  ),
  fc.constant({ $ref: "#/$defs/bytes" }),
]);

function createSchemas(leaves: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<JsonSchema> {
  return fc.letrec((tie) => createSchema(tie as never, leaves)).schema as fc.Arbitrary<JsonSchema>;
}

function createSchema(
  tie: (name: "schema") => fc.Arbitrary<unknown>,
  leaves: readonly fc.Arbitrary<unknown>[],
) {
  const child = tie("schema");
  const list = fc.array(child, { minLength: 1, maxLength: 3 });
  const byName = fc.dictionary(names, child, { maxKeys: 3, noNullPrototype: true });
  const keywords = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    const: fc.oneof(scalar, instances),
    enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 9, selector: (value) => JSON.stringify(value) }),
    minimum: number,
    exclusiveMaximum: number,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    minLength: count,
    maxLength: count,
    pattern: patterns,
    format: fc.constantFrom("date", "uuid", "ipv4"),
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    prefixItems: list,
    items: child,
    contains: child,
    minContains: count,
    maxContains: count,
    minProperties: count,
    maxProperties: count,
    required: fc.uniqueArray(names, { maxLength: 2 }),
    dependentRequired: fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    properties: byName,
    patternProperties: fc.dictionary(patterns, child, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: child,
    propertyNames: child,
    dependentSchemas: byName,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: child,
    if: child,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: child,
    else: child,
    unevaluatedProperties: child,
    unevaluatedItems: child,
    $ref: fc.constantFrom("#/$defs/part", "#/$defs/tree"),
  };
  const some = fc
    .subarray(Object.keys(keywords) as (keyof typeof keywords)[], { minLength: 0, maxLength: 5 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword]]))));
  return {
    schema: fc.oneof({ depthSize: "small" }, fc.boolean(), fc.record({ type: types }), ...leaves, some),
  };
}

/** A schema as the root of which the definitions stand that the others refer to. */
export const withDefinitions = (schema: JsonSchema): JsonSchema => ({
  ...(typeof schema === "object" ? schema : { allOf: [schema] }),
  $defs: {
    bytes: { type: "string", contentEncoding: "base64" },
    part: { type: ["string", "object"], properties: { a: { type: "string" } }, minLength: 1 },
    tree: {
      type: "object",
      required: ["a"],
      properties: { a: true, b: { $ref: "#/$defs/tree" } },
      unevaluatedProperties: false,
    },
  },
});
