import { sameValue, subschemas } from "../schema/keywords.js";
import { isRecord, isSchema, schemaAt } from "../schema/pointer.js";
import { readReference } from "../schema/reference.js";
import type { Json, JsonSchema } from "../spec/spec.js";

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

/** All fields that a schema names for the object itself, whatever they depend on; one that is refused is not named. */
export function namedFields(root: JsonSchema, shared: FindShared): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<JsonSchema>();
  const visit = (schema: Json | undefined, home: JsonSchema): void => {
    if (!isSchema(schema) || typeof schema === "boolean" || seen.has(schema)) return;
    seen.add(schema);
    const { properties, required, $ref } = schema;
    for (const [name, field] of isRecord(properties) ? Object.entries(properties) : [])
      if (field !== false) found.add(name);
    for (const name of Array.isArray(required) ? required : []) found.add(String(name));
    if (typeof $ref === "string") visitReference($ref, home);
    for (const part of subschemas(schema))
      if (sameValue.has(part.keyword) && part.keyword !== "not") visit(part.schema, home);
  };
  const visitReference = ($ref: string, home: JsonSchema): void => {
    const reference = readReference($ref, home);
    if (reference.kind === "self") visit(schemaAt(home, reference.tokens), home);
    const target = reference.kind === "shared" ? shared(reference.pointer)?.schema : undefined;
    if (target !== undefined) visit(target, target);
  };
  visit(root, root);
  return found;
}

/** A reference may lead to another; what is longer than this leads in a circle. */
const maxReferences = 32;
