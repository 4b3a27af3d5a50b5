import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../spec-file/spec.js";
import { getKeywords, SchemaDocument, type SchemaPlace } from "./schema-place.js";

/** The types of JSON. An integer is a number that a schema limits. */
export const kinds = ["string", "number", "boolean", "object", "array", "null"] as const;
export type Kind = (typeof kinds)[number];

export function getKind(value: Json): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as Exclude<Kind, "null" | "array">;
}

/** The names in a schema's `type`; undefined without one. */
function readTypes(place: SchemaPlace): readonly string[] | undefined {
  const { type } = getKeywords(place);
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((name) => typeof name === "string") : undefined;
}

/** The values that `enum` and `const` allow; undefined without both. */
export function readValues(place: SchemaPlace): readonly Json[] | undefined {
  const keywords = getKeywords(place);
  const listed = Array.isArray(keywords.enum) ? (keywords.enum as readonly Json[]) : undefined;
  const only = keywords.const;
  if (only === undefined) return listed;
  return listed === undefined || listed.some((value) => isDeepStrictEqual(value, only)) ? [only] : [];
}

/** Whether a schema's own `type`, `enum` and `const` allow any value of a kind. */
export function allowsKind(place: SchemaPlace, kind: Kind): boolean {
  const types = readTypes(place);
  const isTyped =
    types === undefined || types.includes(kind) || (kind === "number" && types.includes("integer"));
  return isTyped && (readValues(place)?.some((value) => getKind(value) === kind) ?? true);
}

/** Whether a schema's `type` allows integers but no other numbers. */
export function isIntegerOnly(place: SchemaPlace): boolean {
  const types = readTypes(place);
  return types?.includes("integer") === true && !types.includes("number");
}

/** The schemas `type: kind`, outside of any spec. */
export const kindPlaces = Object.fromEntries(
  kinds.map((kind) => [kind, new SchemaDocument({ type: kind }, new Map()).root]),
) as Readonly<Record<Kind, SchemaPlace>>;
