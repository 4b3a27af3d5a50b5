import { isRecord } from "../schema/pointer.js";
import { readReference } from "../schema/reference.js";
import type { JsonSchema } from "../spec/spec.js";

export type FindShared = (pointer: string) => { readonly schema: JsonSchema } | undefined;

/** The fields of a plain object; undefined where the schema is of another kind, and may have any. */
export function fieldsOf(schema: JsonSchema, shared: FindShared, depth = 0): readonly string[] | undefined {
  if (typeof schema !== "object" || depth > maxReferences) return undefined;
  if (typeof schema.$ref === "string") {
    const reference = readReference(schema.$ref, schema);
    const target = reference.kind === "shared" ? shared(reference.pointer)?.schema : undefined;
    return target === undefined ? undefined : fieldsOf(target, shared, depth + 1);
  }
  const isPlain = ["allOf", "anyOf", "oneOf", "if", "patternProperties"].every(
    (keyword) => !(keyword in schema),
  );
  return isPlain && isRecord(schema.properties) ? Object.keys(schema.properties) : undefined;
}

/** A reference may lead to another; what is longer than this leads in a circle. */
const maxReferences = 32;
