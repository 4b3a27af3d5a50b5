import { accepts } from "../../schema/accept/accepts.js";
import { type Kind, kindOf, valuesOf } from "../../schema/accept/kinds.js";
import { partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Json } from "../../spec/spec.js";
import { type Alternative, alternativesOf, possibleKinds } from "./alternatives.js";
import { countLimitsOf } from "./count-limits.js";
import { FieldView } from "./field-view.js";
import { isEmptyRange, numberLimitsOf } from "./number-limits.js";

/** How deep required fields are looked into: far enough for a field that tells variants apart. */
const depthOfFields = 2;

/**
 * Whether it is certain that no value holds for all of `places`: no common type, no common value of an `enum`, no
 * number in the range, a required field for which there is none.
 */
export function isEmpty(places: readonly SchemaPlace[], depth = depthOfFields): boolean {
  const all = partsOf(places);
  if (all === undefined) return true;
  return possibleKinds(all).every((kind) =>
    alternativesOf(all, kind).every((parts) => isEmptyOf(parts, kind, depth)),
  );
}

/** The same for one alternative of one kind. */
export function isEmptyOf(parts: Alternative, kind: Kind, depth = depthOfFields): boolean {
  const values = finiteValues(parts, kind);
  if (values !== undefined) return values.length === 0;
  switch (kind) {
    case "number":
      return isEmptyRange(numberLimitsOf(parts));
    case "string":
      return isEmptyCount(parts, "Length");
    case "array":
      return isEmptyCount(parts, "Items");
    default:
      return isEmptyCount(parts, "Properties") || (depth > 0 && lacksRequired(parts, depth));
  }
}

function isEmptyCount(parts: Alternative, counted: "Length" | "Items" | "Properties"): boolean {
  const { least, most } = countLimitsOf(parts, counted);
  return least > most;
}

function lacksRequired(parts: Alternative, depth: number): boolean {
  const fields = new FieldView(parts);
  return [...fields.required].some((name) => isEmpty(fields.placesFor(name), depth - 1));
}

/**
 * The values of a kind that can hold at all, where these can be counted: of an `enum`, a `const`, a boolean, null.
 * Undefined: there are more.
 */
export function finiteValues(parts: Alternative, kind: Kind): readonly Json[] | undefined {
  const listed = parts.flatMap((part) => {
    const values = valuesOf(part);
    return values === undefined ? [] : [values];
  });
  const candidates = listed[0] ?? (kind === "boolean" ? [false, true] : kind === "null" ? [null] : undefined);
  return candidates?.filter(
    (value) => kindOf(value) === kind && parts.every((part) => accepts(part, value) !== false),
  );
}
