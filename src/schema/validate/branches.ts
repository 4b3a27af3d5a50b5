/** Finds out how a value identifies the one of several schemas that applies to it. */

import { toRecord } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { isBytesSchema, type Keywords, readList } from "../keywords.js";

type Resolve = (ref: string) => JsonSchema;

/** How many references are followed to find the keywords of a branch. */
const maxSteps = 8;

/** The keywords of a branch, or of the schema that it refers to. */
function resolveBranch(branch: JsonSchema, resolve: Resolve): Keywords | undefined {
  let schema = branch;
  for (let step = 0; step < maxSteps && typeof schema === "object"; step += 1) {
    // The other keywords beside a reference can only narrow it.
    if (schema.type !== undefined || typeof schema.$ref !== "string" || !schema.$ref.startsWith("#/"))
      return schema;
    schema = resolve(schema.$ref);
  }
  return undefined;
}

export interface Discriminator {
  readonly name: string;
  /** The constants of each branch. */
  readonly values: readonly (readonly Json[])[];
}

/**
 * A property that every branch requires to be one of constants of its own: `kind` of
 * `{kind: "circle"} | {kind: "square"}`. At most one branch can match then.
 */
export function findDiscriminator(
  branches: readonly JsonSchema[],
  resolve: Resolve,
): Discriminator | undefined {
  const objects = branches.map((branch) => resolveBranch(branch, resolve));
  const [first] = objects;
  const names = branches.length > 1 ? Object.keys(toRecord(first?.properties)) : [];
  for (const name of names) {
    const values = objects.map((object) => readConstants(object, name));
    const all = values.flat();
    if (values.every((list) => list.length > 0) && new Set(all).size === all.length) return { name, values };
  }
  return undefined;
}

function readConstants(object: Keywords | undefined, name: string): readonly Json[] {
  if (object?.type !== "object" || !readList(object.required).includes(name)) return [];
  const { const: constant, enum: list } = toRecord(toRecord(object.properties)[name]);
  const values: readonly Json[] = constant === undefined && Array.isArray(list) ? list : [constant ?? null];
  return values.every((value) => typeof value !== "object") ? values : [];
}

/**
 * The JSON types of each branch, when no two branches share one; undefined otherwise. `integer` is a number, and a string of
 * base64 is `bytes`.
 */
export function findDisjointKinds(
  branches: readonly JsonSchema[],
  resolve: Resolve,
): readonly (readonly string[])[] | undefined {
  const kinds = branches.map((branch) => readKinds(resolveBranch(branch, resolve)));
  const all = kinds.flat();
  return kinds.every((list) => list.length > 0) && new Set(all).size === all.length ? kinds : undefined;
}

function readKinds(schema: Keywords | undefined): readonly string[] {
  const type = schema?.type;
  const names = Array.isArray(type) ? type : [type];
  const kinds = names
    .filter((kind) => typeof kind === "string")
    .map((kind) => (kind === "integer" ? "number" : kind))
    .map((kind) => (kind === "string" && isBytesSchema(schema ?? {}) ? "bytes" : kind));
  return [...new Set(kinds)];
}
