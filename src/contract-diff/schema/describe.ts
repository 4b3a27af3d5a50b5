import { kinds } from "../../schema/accept/kinds.js";
import type { SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Json } from "../../spec/spec.js";
import { alternativesOf } from "./alternatives.js";
import type { CountLimits } from "./count-limits.js";
import { finiteValues, isEmptyOf } from "./is-empty.js";
import { type NumberLimits, numberLimitsOf } from "./number-limits.js";

const maxValues = 12;
const maxValueLength = 60;

/** `string or null`: the types that the values of schemas that must all hold can have. */
export function describeTypes(places: readonly SchemaPlace[]): string {
  const names = kinds.flatMap((kind) => {
    const possible = alternativesOf(places, kind).filter((parts) => !isEmptyOf(parts, kind));
    if (possible.length === 0) return [];
    const isInteger = kind === "number" && possible.every((parts) => numberLimitsOf(parts).isInteger);
    return [isInteger ? "integer" : kind];
  });
  if (names.length === kinds.length && !names.includes("integer")) return "any value";
  return names.length === 0 ? "no value" : orList(names);
}

/** `one of "a", "b"`; where the values cannot be counted, their types. */
export function describeValues(places: readonly SchemaPlace[]): string {
  const values: Json[] = [];
  for (const kind of kinds) {
    for (const parts of alternativesOf(places, kind)) {
      const found = finiteValues(parts, kind);
      if (found === undefined && !isEmptyOf(parts, kind)) return describeTypes(places);
      values.push(...(found ?? []));
    }
  }
  const texts = [...new Set(values.map(describeValue))];
  if (texts.length <= 1) return texts[0] ?? "no value";
  const shown = texts.slice(0, maxValues);
  const more = texts.length - shown.length;
  return `one of ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function describeValue(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

/** `at least 1, below 10, a multiple of 5`. */
export function describeRange({ lower, upper, divisors, isInteger }: NumberLimits): string {
  const from = Number.isFinite(lower.value)
    ? [`${lower.isExclusive ? "above" : "at least"} ${lower.value}`]
    : [];
  const to = Number.isFinite(upper.value)
    ? [`${upper.isExclusive ? "below" : "at most"} ${upper.value}`]
    : [];
  const steps = divisors.map((divisor) => `a multiple of ${divisor}`);
  const all = [...from, ...to, ...steps];
  return all.length === 0 ? `any ${isInteger ? "integer" : "number"}` : all.join(", ");
}

/** `1 to 5 characters`. */
export function describeCount({ least, most }: CountLimits, unit: string): string {
  if (least === most) return `exactly ${least} ${unit}`;
  if (Number.isFinite(most)) return least === 0 ? `at most ${most} ${unit}` : `${least} to ${most} ${unit}`;
  return least === 0 ? `any number of ${unit}` : `at least ${least} ${unit}`;
}

export const orList = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
