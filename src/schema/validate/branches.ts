/** How a value can say which of several schemas is meant for it. */
import type { Json, JsonSchema } from "../../spec/spec.js";
import { isRecord } from "../pointer.js";
import type { Keywords } from "./function-scope.js";

type Resolve = (ref: string) => JsonSchema;

/** How many references are followed to find what a branch says. */
const maxSteps = 8;

/** What a branch says of itself: its keywords, or those that it refers to. */
function saidBy(branch: JsonSchema, resolve: Resolve): Keywords | undefined {
  let schema = branch;
  for (let step = 0; step < maxSteps && typeof schema === "object"; step += 1) {
    // What is beside a reference can only narrow it.
    if (schema.type !== undefined || typeof schema.$ref !== "string" || !schema.$ref.startsWith("#/"))
      return schema;
    schema = resolve(schema.$ref);
  }
  return undefined;
}

/**
 * A property that every branch requires to be a constant of its own: `kind` of `{kind: "circle"} | {kind: "square"}`.
 * At most one branch can match then.
 */
export function discriminatorOf(
  branches: readonly JsonSchema[],
  resolve: Resolve,
): { readonly name: string; readonly values: readonly Json[] } | undefined {
  const objects = branches.map((branch) => saidBy(branch, resolve));
  const [first] = objects;
  const names = isRecord(first?.properties) ? Object.keys(first.properties) : [];
  for (const name of names) {
    const values = objects.map((object) => constantOf(object, name)).filter((value) => value !== undefined);
    if (new Set(values).size === branches.length && branches.length > 1) return { name, values };
  }
  return undefined;
}

function constantOf(object: Keywords | undefined, name: string): Json | undefined {
  if (object?.type !== "object" || !Array.isArray(object.required) || !object.required.includes(name))
    return undefined;
  const property = isRecord(object.properties) ? object.properties[name] : undefined;
  const value = isRecord(property) ? property.const : undefined;
  return typeof value === "object" ? undefined : value;
}

/** The JSON types of each branch, when no two branches share one; undefined otherwise. `integer` is a number. */
export function disjointKinds(
  branches: readonly JsonSchema[],
  resolve: Resolve,
): readonly (readonly string[])[] | undefined {
  const kinds = branches.map((branch) => kindsOf(saidBy(branch, resolve)));
  const all = kinds.flat();
  return kinds.every((list) => list.length > 0) && new Set(all).size === all.length ? kinds : undefined;
}

function kindsOf(schema: Keywords | undefined): readonly string[] {
  const type = schema?.type;
  const names = Array.isArray(type) ? type : [type];
  const kinds = names
    .filter((kind) => typeof kind === "string")
    .map((kind) => (kind === "integer" ? "number" : kind));
  return [...new Set(kinds)];
}
