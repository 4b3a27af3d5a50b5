import type { Json } from "../../spec-file/spec.js";
import { type Alternative, splitAlternatives } from "./alternatives.js";
import { kinds } from "./kinds.js";
import { readNumberLimits } from "./limits.js";
import type { SchemaPlace } from "./schema-place.js";

const maxValues = 12;
const maxValueLength = 60;

/** `string or null`: the types that are valid if all of `places` apply. */
export function describeTypes(places: readonly SchemaPlace[]): string {
  const names = kinds.flatMap((kind) => {
    const possible = splitAlternatives(places, kind);
    if (possible.length === 0) return [];
    const isInteger = kind === "number" && possible.every((parts) => readNumberLimits(parts).isInteger);
    return [isInteger ? "integer" : kind];
  });
  if (names.length === kinds.length && !names.includes("integer")) return "any value";
  if (names.length < 2) return names[0] ?? "no value";
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** `one of "a", "b"`; without a list of values, the types. */
export function describeValues(values: readonly Json[] | undefined, parts: Alternative): string {
  if (values === undefined) return describeTypes(parts);
  const texts = [...new Set(values.map(describeValue))];
  if (texts.length < 2) return texts[0] ?? "no value";
  const more = texts.length - maxValues;
  return `one of ${texts.slice(0, maxValues).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function describeValue(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}
