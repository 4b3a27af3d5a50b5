/** The places in a value, and all schemas that apply there. */

import { isSchema, readProperties } from "../../spec-file/json.js";
import type { JsonSchema } from "../../spec-file/spec.js";
import { type Keywords, readNamedSchemas, readSchemas, subschemas } from "../keywords.js";
import type { Follow, RootedSchema } from "../reference.js";

/** Keywords whose schemas apply to the same value under a condition. */
export const conditionalKeywords: ReadonlySet<string> = new Set([
  ...["anyOf", "oneOf", "if", "then", "else", "dependentSchemas"],
]);

/** A schema at a place. */
export interface PlacedSchema extends RootedSchema {
  /**
   * `certain`: it applies to every value there. `possible`: to some, as a branch of `anyOf` does. Otherwise the keyword
   * with which nothing is converted: `not`, `patternProperties`.
   */
  readonly certainty: "certain" | "possible" | Unconverted;
}

type Unconverted =
  | "contains"
  | "not"
  | "patternProperties"
  | "propertyNames"
  | "unevaluatedItems"
  | "unevaluatedProperties";

/** Whether it is found out in time that the schema applies, so that the value can be converted. */
export const isConverted = ({ certainty }: PlacedSchema): boolean =>
  certainty === "certain" || certainty === "possible";

/** The schemas of a place, with those behind references and in combinations. */
export function listPlaced(start: readonly PlacedSchema[], follow: Follow): readonly PlacedSchema[] {
  const found = new Map<string, PlacedSchema>();
  const open = [...start].reverse();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const key = keyOf([part]);
    if (found.has(key)) continue;
    found.set(key, part);
    open.push(...listBeside(part, follow).toReversed());
  }
  return [...found.values()];
}

function listBeside(part: PlacedSchema, follow: Follow): readonly PlacedSchema[] {
  const { schema, root, certainty } = part;
  if (typeof schema !== "object") return [];
  const target = typeof schema.$ref === "string" ? follow(schema.$ref, root) : undefined;
  const inner = subschemas(schema).flatMap(({ keyword, schema: each }): PlacedSchema[] => {
    if (keyword === "allOf") return [{ schema: each, root, certainty }];
    if (keyword === "not") return [weaken(part, each, "not")];
    return conditionalKeywords.has(keyword) ? [weaken(part, each, "possible")] : [];
  });
  return target === undefined ? inner : [{ ...target, certainty }, ...inner];
}

/** A schema within another one, which applies at most as certainly. */
function weaken(part: PlacedSchema, schema: JsonSchema, certainty: PlacedSchema["certainty"]): PlacedSchema {
  return { schema, root: part.root, certainty: isConverted(part) ? certainty : part.certainty };
}

/** The names of all properties. */
export const listNames = (parts: readonly PlacedSchema[]): ReadonlySet<string> =>
  new Set(parts.flatMap(({ schema }) => Object.keys(readProperties(schema))));

/** The schemas of the property of this name; of all properties that no schema names if it is undefined. */
export const placeProperty = (
  parts: readonly PlacedSchema[],
  name: string | undefined,
): readonly PlacedSchema[] => parts.flatMap((part) => listOfProperty(part, name));

function listOfProperty(part: PlacedSchema, name: string | undefined): readonly PlacedSchema[] {
  const { schema, root, certainty } = part;
  if (typeof schema !== "object") return [];
  const own = readNamedSchemas(readProperties(schema)).filter(([each]) => each === name);
  const patterns = readNamedSchemas(schema.patternProperties);
  const matching = patterns.filter(([pattern]) => name === undefined || new RegExp(pattern, "u").test(name));
  const found = [
    ...own.map(([, each]) => ({ schema: each, root, certainty })),
    ...matching.map(([, each]) => weaken(part, each, "patternProperties")),
  ];
  if (name !== undefined && found.length > 0) return found;
  const { additionalProperties: others, unevaluatedProperties: rest } = schema;
  // `true` is the same as nothing.
  if (isSchema(others) && others !== true)
    found.push(
      matching.length > 0 ? weaken(part, others, "patternProperties") : { schema: others, root, certainty },
    );
  return isSchema(rest) ? [...found, weaken(part, rest, "unevaluatedProperties")] : found;
}

/** How many first items have schemas of their own. */
export const countFirst = (parts: readonly PlacedSchema[]): number =>
  Math.max(0, ...parts.map(({ schema }) => readSchemas(toKeywords(schema).prefixItems).length));

/** The schemas of the item at an index; of all further items if it is undefined. */
export const placeItem = (
  parts: readonly PlacedSchema[],
  index: number | undefined,
): readonly PlacedSchema[] =>
  parts.flatMap((part) => {
    const { prefixItems, items, contains, unevaluatedItems } = toKeywords(part.schema);
    const own = (index === undefined ? undefined : readSchemas(prefixItems)[index]) ?? items;
    return [
      ...(isSchema(own) ? [{ ...part, schema: own }] : []),
      ...(isSchema(contains) ? [weaken(part, contains, "contains")] : []),
      ...(isSchema(unevaluatedItems) ? [weaken(part, unevaluatedItems, "unevaluatedItems")] : []),
    ];
  });

/** The schemas of the names of all properties. */
export const placeName = (parts: readonly PlacedSchema[]): readonly PlacedSchema[] =>
  parts.flatMap((part) => {
    const { propertyNames } = toKeywords(part.schema);
    return isSchema(propertyNames) ? [weaken(part, propertyNames, "propertyNames")] : [];
  });

export const toKeywords = (schema: JsonSchema): Keywords => (typeof schema === "object" ? schema : {});

const ids = new WeakMap<object, number>();
let lastId = 0;

function getId(schema: JsonSchema): string {
  if (typeof schema !== "object") return String(schema);
  const id = ids.get(schema) ?? ++lastId;
  ids.set(schema, id);
  return String(id);
}

/** Identifies a list of schemas at a place, in any order. */
export const keyOf = (parts: readonly PlacedSchema[]): string =>
  [...new Set(parts.map(({ schema, root, certainty }) => `${getId(schema)}/${getId(root)}/${certainty}`))]
    .sort()
    .join();
