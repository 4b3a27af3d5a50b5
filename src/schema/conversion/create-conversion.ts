import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { isBytesSchema, isNote } from "../keywords.js";
import type { Follow, RootedSchema } from "../reference.js";
import { createSearch, filledKeywords, listDefaults, type Search } from "./find-defaults.js";
import {
  conditionalKeywords,
  countFirst,
  isConverted,
  keyOf,
  listNames,
  listPlaced,
  type PlacedSchema,
  placeItem,
  placeProperty,
  toKeywords,
} from "./positions.js";

/** The conversion of one value, as the runtime takes it. Others are named by their index in the list of all. */
interface ConversionNode {
  /** Text is base64. */
  readonly bytes?: true;
  readonly properties?: Readonly<Record<string, { readonly default?: Json; readonly of?: number }>>;
  /** All other properties. */
  readonly others?: number;
  /** The first items; -1: nothing is converted in this one. */
  readonly first?: readonly number[];
  /** All other items. */
  readonly items?: number;
}

/** The first node is for the whole value. */
export type Conversion = readonly ConversionNode[];

/** What a conversion does: `bytes` reads and writes them, `defaults` fills defaults in, too. */
export type Purpose = "bytes" | "defaults";

/** The conversion of the values of a schema; undefined if there is nothing to convert. */
export function createConversion(
  schema: JsonSchema,
  follow: Follow,
  purpose: Purpose,
): Conversion | undefined {
  const needs = getNeeds(follow);
  const isNeeded = (place: readonly PlacedSchema[]): boolean =>
    place.some(
      (part) =>
        (purpose === "defaults" && part.certainty === "certain" && needs.defaults(part)) ||
        (isConverted(part) && needs.bytes(part)),
    );
  const whole: PlacedSchema = { schema, root: schema, certainty: "certain" };
  if (!isNeeded([whole])) return undefined;
  const indexes = new Map([[identify([whole], follow), 0]]);
  const wanted: (readonly PlacedSchema[])[] = [[whole]];
  const request = (place: readonly PlacedSchema[]): number | undefined => {
    if (!isNeeded(place)) return undefined;
    const key = identify(place, follow);
    const index = indexes.get(key) ?? wanted.push(place) - 1;
    indexes.set(key, index);
    return index;
  };
  const nodes: ConversionNode[] = [];
  // The list grows while it is walked.
  for (const place of wanted) {
    const parts = listPlaced(place, follow).filter(isConverted);
    const certain = purpose === "defaults" ? parts.filter(({ certainty }) => certainty === "certain") : [];
    nodes.push(createNode(parts, readDefaults(certain, follow), request));
  }
  return nodes;
}

/** The same for places that have the same node: behind references, and for all bytes. */
function identify(place: readonly PlacedSchema[], follow: Follow): string {
  const parts = listPlaced(place, follow).filter(isConverted);
  const isLeaf = parts.every(({ schema }) =>
    innerKeywords.every((keyword) => toKeywords(schema)[keyword] === undefined),
  );
  return isLeaf ? "bytes" : keyOf(parts.filter(({ schema }) => !isReference(schema)));
}

const innerKeywords = ["properties", "additionalProperties", "items", "prefixItems"];

const isReference = (schema: JsonSchema): boolean =>
  typeof schema === "object" && Object.keys(schema).every((keyword) => keyword === "$ref" || isNote(keyword));

function createNode(
  parts: readonly PlacedSchema[],
  defaults: ReadonlyMap<string, Json>,
  request: (place: readonly PlacedSchema[]) => number | undefined,
): ConversionNode {
  const isBytes = parts.some(({ schema }) => isBytesSchema(toKeywords(schema)));
  const named = [...listNames(parts)].map((name) => [name, request(placeProperty(parts, name))] as const);
  const others = request(placeProperty(parts, undefined));
  const properties = named.flatMap(([name, of]) => {
    const value = defaults.get(name);
    // A named property is not one of the others.
    if (value === undefined && of === undefined && others === undefined) return [];
    return [
      [name, { ...(value !== undefined && { default: value }), ...(of !== undefined && { of }) }] as const,
    ];
  });
  const first = Array.from(
    { length: countFirst(parts) },
    (_, index) => request(placeItem(parts, index)) ?? -1,
  );
  const items = request(placeItem(parts, undefined));
  return {
    ...(isBytes && { bytes: true as const }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(others !== undefined && { others }),
    ...(first.some((index) => index >= 0) || (items !== undefined && first.length > 0) ? { first } : {}),
    ...(items !== undefined && { items }),
  };
}

/** What the first schema with a default for a property says counts. */
const readDefaults = (parts: readonly RootedSchema[], follow: Follow): ReadonlyMap<string, Json> =>
  new Map(parts.toReversed().flatMap((part) => [...listDefaults(part, follow)]));

interface Needs {
  readonly defaults: Search;
  readonly bytes: Search;
}

// Every message of a spec asks for the same shared schemas.
const knownNeeds = new WeakMap<Follow, Needs>();

function getNeeds(follow: Follow): Needs {
  const known = knownNeeds.get(follow) ?? {
    defaults: createSearch(follow, (part) => listDefaults(part, follow).size > 0),
    bytes: createSearch(
      follow,
      ({ schema }) => isBytesSchema(toKeywords(schema)),
      (keyword) => filledKeywords.has(keyword) || conditionalKeywords.has(keyword),
    ),
  };
  knownNeeds.set(follow, known);
  return known;
}
