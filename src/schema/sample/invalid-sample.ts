import type { Json, JsonSchema } from "../../spec/spec.js";
import { mergeSchema } from "./merge-schema.js";
import { listOf, recordOf, type Sample, type SampleContext } from "./place.js";

type Fields = { readonly [name: string]: Json };

/**
 * Requests that do not fit a schema, the likeliest first: a required field is missing, a field has another type, there
 * is one that nobody knows. `isCertain`: it is invalid for sure. `valid` is a request that fits, as far as one is known.
 */
export function invalidSamples(schema: JsonSchema, valid: Fields, context: SampleContext): readonly Sample[] {
  if (typeof schema !== "object") return schema ? [] : [{ value: valid, isCertain: true }];
  const merged = mergeSchema(schema, { ...context, root: schema, depth: 0 });
  if (merged === undefined) return [];
  const { required, properties } = merged.schema;
  return [
    ...listOf(required).map((name) => ({
      value: without(valid, String(name)),
      isCertain: merged.isCertain,
    })),
    ...Object.entries(recordOf(properties)).flatMap(([name, property]) =>
      wrongValues(property as JsonSchema).map((value) => ({
        value: { ...valid, [name]: value },
        isCertain: merged.isCertain && typeof recordOf(property as Json).type === "string",
      })),
    ),
    { value: { ...valid, unexpected: true }, isCertain: false },
    { value: {}, isCertain: false },
  ];
}

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

/** A value that the property's type does not take; where it has none, values of several types. */
function wrongValues(property: JsonSchema): readonly Json[] {
  if (typeof property !== "object") return property ? [] : [true];
  if (property.type === "string") return [0];
  return property.type === undefined || Array.isArray(property.type) ? ["wrong", 0, true, []] : ["wrong"];
}
