import type { Json, JsonSchema } from "../spec/spec.js";
import { isRecord, isSchema } from "./pointer.js";

/** A schema within a schema, and how it is reached. */
export interface Subschema {
  readonly keyword: string;
  readonly tokens: readonly string[];
  readonly schema: JsonSchema;
}

const single = new Set([
  "additionalProperties",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
const inList = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const byName = new Set(["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]);

/** The schemas directly within a schema, in the order in which they are written. */
export function subschemas(schema: JsonSchema): readonly Subschema[] {
  if (typeof schema !== "object") return [];
  return Object.entries(schema).flatMap(([keyword, value]): readonly Subschema[] => {
    if (single.has(keyword)) return isSchema(value) ? [{ keyword, tokens: [keyword], schema: value }] : [];
    const members =
      inList.has(keyword) && Array.isArray(value) ? Object.entries(value as readonly Json[]) : [];
    const entries = byName.has(keyword) && isRecord(value) ? Object.entries(value) : members;
    return entries.flatMap(([key, child]) =>
      isSchema(child) ? [{ keyword, tokens: [keyword, key], schema: child }] : [],
    );
  });
}
