import { readProperties } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { type Keywords, readNamedSchemas, readSchemas, readStrings, subschemas } from "../keywords.js";
import type { Follow, RootedSchema } from "../reference.js";

/** Keywords whose schemas describe what is certainly there: defaults below others (`anyOf`, `if`) are not filled in. */
export const filledKeywords: ReadonlySet<string> = new Set([
  ...["allOf", "properties", "additionalProperties", "items", "prefixItems"],
]);

/** The default of a property: its own, or that of the schema it refers to. */
export function findDefault(
  start: RootedSchema,
  follow: Follow,
): { readonly value: Json; readonly at: RootedSchema } | undefined {
  const seen = new Set<JsonSchema>();
  let at: RootedSchema | undefined = start;
  while (at !== undefined && typeof at.schema === "object" && !seen.has(at.schema)) {
    seen.add(at.schema);
    const { default: value, $ref }: Keywords = at.schema;
    if (value !== undefined) return { value, at };
    at = typeof $ref === "string" ? follow($ref, at.root) : undefined;
  }
  return undefined;
}

/** The properties that a schema itself names and that have a default. */
export function listDefaults({ schema, root }: RootedSchema, follow: Follow): ReadonlyMap<string, Json> {
  return new Map(
    readNamedSchemas(readProperties(schema)).flatMap(([name, child]) => {
      const found = findDefault({ schema: child, root }, follow);
      return found === undefined ? [] : [[name, found.value] as const];
    }),
  );
}

/** The names in `required` whose default is filled in. */
export function listOptional(part: RootedSchema, follow: Follow): ReadonlySet<string> {
  if (typeof part.schema !== "object" || part.schema.required === undefined) return new Set();
  const names = new Set(
    listSameValue(part, follow).flatMap((each) => [...listDefaults(each, follow).keys()]),
  );
  return new Set(readStrings(part.schema.required).filter((name) => names.has(name)));
}

/** A schema, and those that certainly apply to the same value. */
function listSameValue(start: RootedSchema, follow: Follow): readonly RootedSchema[] {
  const found = new Map<JsonSchema, RootedSchema>([[start.schema, start]]);
  // The map grows while it is walked.
  for (const { schema, root } of found.values()) {
    if (typeof schema !== "object") continue;
    const target = typeof schema.$ref === "string" ? follow(schema.$ref, root) : undefined;
    const parts = readSchemas(schema.allOf).map((child) => ({ schema: child, root }));
    for (const part of target === undefined ? parts : [target, ...parts])
      if (!found.has(part.schema)) found.set(part.schema, part);
  }
  return [...found.values()];
}

export type Search = (start: RootedSchema) => boolean;

interface Reach {
  readonly follow: Follow;
  /** Whether schemas below a keyword are reached. */
  readonly follows: (keyword: string) => boolean;
  /** Whether nothing below a schema is of interest. Default: never. */
  readonly isLeaf?: (schema: JsonSchema) => boolean;
}

/** A schema, and those below it and behind references, each once. */
export function* reachSchemas(
  start: RootedSchema,
  { follow, follows, isLeaf = () => false }: Reach,
): Generator<RootedSchema, undefined> {
  const seen = new Map<JsonSchema, RootedSchema>([[start.schema, start]]);
  // The map grows while it is walked.
  for (const part of seen.values()) {
    yield part;
    const { schema, root } = part;
    if (typeof schema !== "object" || isLeaf(schema)) continue;
    const target = typeof schema.$ref === "string" ? follow(schema.$ref, root) : undefined;
    const inner = subschemas(schema).filter(({ keyword }) => follows(keyword));
    for (const next of [...(target ? [target] : []), ...inner.map((each) => ({ ...each, root }))])
      if (!seen.has(next.schema)) seen.set(next.schema, { schema: next.schema, root: next.root });
  }
}

/**
 * Creates a function that finds out whether something holds for a schema, or for one below it.
 * @param follows whether it is looked for below a keyword; default: where defaults are filled in
 */
export function createSearch(
  follow: Follow,
  holds: (part: RootedSchema) => boolean,
  follows = (keyword: string): boolean => filledKeywords.has(keyword),
): Search {
  const known = new Map<JsonSchema, boolean>();
  const reach: Reach = { follow, follows, isLeaf: (schema) => known.get(schema) === false };
  return (start) => {
    const answer = known.get(start.schema);
    if (answer !== undefined) return answer;
    const reached: JsonSchema[] = [];
    for (const part of reachSchemas(start, reach)) {
      if (known.get(part.schema) ?? holds(part)) {
        known.set(start.schema, true);
        return true;
      }
      reached.push(part.schema);
    }
    for (const schema of reached) known.set(schema, false);
    return false;
  };
}
