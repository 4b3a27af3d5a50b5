import type { Keywords } from "../../schema/keywords.js";
import { isIntegerOnly } from "./kinds.js";
import { getEffect, reportChange, type SchemaChange } from "./schema-change.js";
import { getKeywords, type SchemaPlace } from "./schema-place.js";

type Parts = readonly SchemaPlace[];

/** How many characters, items or fields there may be. Both ends count. */
interface CountLimits {
  readonly least: number;
  readonly most: number;
}

const counts = {
  Length: { aspect: "length", unit: "characters" },
  Items: { aspect: "size", unit: "items" },
  Properties: { aspect: "size", unit: "fields" },
} as const;
type Counted = keyof typeof counts;

/** The limits of `minLength` and `maxLength`, and of the other counts, if all of `parts` apply. */
export function readCountLimits(parts: Parts, counted: Counted): CountLimits {
  return {
    least: Math.max(0, ...readNumbers(parts, `min${counted}`)),
    most: Math.min(Number.POSITIVE_INFINITY, ...readNumbers(parts, `max${counted}`)),
  };
}

/** Compares the number of characters, items or fields; for items also whether two may be equal. */
export function diffCounts(before: Parts, after: Parts, counted: Counted): readonly SchemaChange[] {
  const [old, now] = [readCountLimits(before, counted), readCountLimits(after, counted)];
  const [wasUnique, isUnique] = [before, after].map(
    (parts) => counted === "Items" && parts.some(hasUniqueItems),
  );
  const effect = getEffect(
    now.least > old.least || now.most < old.most || (!wasUnique && isUnique === true),
    now.least < old.least || now.most > old.most || (wasUnique === true && !isUnique),
  );
  const { aspect, unit } = counts[counted];
  const describe = (limits: CountLimits, unique = false): string =>
    `${describeCount(limits, unit)}${unique ? ", no two equal" : ""}`;
  const keyword =
    old.most === now.most ? (old.least === now.least ? "uniqueItems" : `min${counted}`) : `max${counted}`;
  const [was, is] = [describe(old, wasUnique), describe(now, isUnique)];
  return reportChange(aspect, effect, { was, is, ...findPlace(before, after, keyword) });
}

const hasUniqueItems = (part: SchemaPlace): boolean => getKeywords(part).uniqueItems === true;

/** `1 to 5 characters`. */
function describeCount({ least, most }: CountLimits, unit: string): string {
  if (least === most) return `exactly ${least} ${unit}`;
  if (Number.isFinite(most)) return least === 0 ? `at most ${most} ${unit}` : `${least} to ${most} ${unit}`;
  return least === 0 ? `any number of ${unit}` : `at least ${least} ${unit}`;
}

/** One end of a range of numbers. */
interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

export interface NumberLimits {
  readonly lower: Bound;
  readonly upper: Bound;
  readonly divisors: readonly number[];
  readonly isInteger: boolean;
}

/** The limits of a number if all of `parts` apply. */
export function readNumberLimits(parts: Parts): NumberLimits {
  const divisors = readNumbers(parts, "multipleOf");
  const isInteger = parts.some(isIntegerOnly) || divisors.some(Number.isInteger);
  let lower: Bound = { value: Number.NEGATIVE_INFINITY, isExclusive: false };
  let upper: Bound = { value: Number.POSITIVE_INFINITY, isExclusive: false };
  for (const keywords of parts.map(getKeywords)) {
    for (const bound of readBounds(keywords, "Minimum")) lower = pickHigher(lower, bound);
    for (const bound of readBounds(keywords, "Maximum"))
      upper = negate(pickHigher(negate(upper), negate(bound)));
  }
  return isInteger
    ? { lower: roundUp(lower), upper: negate(roundUp(negate(upper))), divisors, isInteger }
    : { lower, upper, divisors, isInteger };
}

/** Compares the type, range and steps of numbers. */
export function diffNumbers(before: Parts, after: Parts): readonly SchemaChange[] {
  const [old, now] = [readNumberLimits(before), readNumberLimits(after)];
  const type = getEffect(now.isInteger && !old.isInteger, old.isInteger && !now.isInteger);
  const range = getEffect(!isWithin(old, now), !isWithin(now, old));
  const name = ({ isInteger }: NumberLimits): string => (isInteger ? "integer" : "number");
  return [
    ...reportChange("type", type, { was: name(old), is: name(now), ...findPlace(before, after, "type") }),
    ...reportChange("range", range, {
      was: describeRange(old),
      is: describeRange(now),
      place: after[0] ?? before[0],
    }),
  ];
}

/** Whether every number within one range and its steps is within the other. */
const isWithin = (narrow: NumberLimits, wide: NumberLimits): boolean =>
  isAbove(narrow.lower, wide.lower) &&
  isAbove(negate(narrow.upper), negate(wide.upper)) &&
  wide.divisors.every((divisor) =>
    [...narrow.divisors, ...(narrow.isInteger ? [1] : [])].some((step) => isMultiple(step, divisor)),
  );

export function isInRange(value: number, { lower, upper, divisors, isInteger }: NumberLimits): boolean {
  const own: Bound = { value, isExclusive: false };
  return (
    isAbove(own, lower) &&
    isAbove(negate(own), negate(upper)) &&
    (!isInteger || Number.isInteger(value)) &&
    divisors.every((divisor) => value === 0 || isMultiple(value, divisor))
  );
}

/** Whether `bound` is at least as strict as `other`, both being lower ends. */
const isAbove = (bound: Bound, other: Bound): boolean =>
  bound.value > other.value || (bound.value === other.value && (bound.isExclusive || !other.isExclusive));

const pickHigher = (one: Bound, other: Bound): Bound => (isAbove(one, other) ? one : other);

const negate = ({ value, isExclusive }: Bound): Bound => ({ value: -value, isExclusive });

/** The same lower end for integers alone: above 0 is from 1. */
const roundUp = ({ value, isExclusive }: Bound): Bound => ({
  value: isExclusive ? Math.floor(value) + 1 : Math.ceil(value),
  isExclusive: false,
});

/** Whether every multiple of `step` is one of `divisor`. Fractions must be equal: 0.3 / 0.1 is not 3. */
const isMultiple = (step: number, divisor: number): boolean =>
  step === divisor || (Number.isSafeInteger(step) && Number.isSafeInteger(divisor) && step % divisor === 0);

function readBounds(keywords: Keywords, end: "Minimum" | "Maximum"): readonly Bound[] {
  const [including, excluding] = [keywords[end.toLowerCase()], keywords[`exclusive${end}`]];
  return [
    ...(typeof including === "number" ? [{ value: including, isExclusive: false }] : []),
    ...(typeof excluding === "number" ? [{ value: excluding, isExclusive: true }] : []),
  ];
}

const readNumbers = (parts: Parts, keyword: string): readonly number[] =>
  parts.flatMap((part) => {
    const value = getKeywords(part)[keyword];
    return typeof value === "number" ? [value] : [];
  });

/** `at least 1, below 10, a multiple of 5`. */
function describeRange({ lower, upper, divisors, isInteger }: NumberLimits): string {
  const from = `${lower.isExclusive ? "above" : "at least"} ${lower.value}`;
  const to = `${upper.isExclusive ? "below" : "at most"} ${upper.value}`;
  const all = [
    ...(Number.isFinite(lower.value) ? [from] : []),
    ...(Number.isFinite(upper.value) ? [to] : []),
    ...divisors.map((divisor) => `a multiple of ${divisor}`),
  ];
  return all.length === 0 ? `any ${isInteger ? "integer" : "number"}` : all.join(", ");
}

/** The place of a keyword: the first part of the new side that has it, or else of the old side. */
export function findPlace(
  before: Parts,
  after: Parts,
  keyword: string,
): Pick<SchemaChange, "place" | "keyword"> {
  const owner = [...after, ...before].find((part) => getKeywords(part)[keyword] !== undefined);
  return owner === undefined ? { place: after[0] ?? before[0] } : { place: owner, keyword };
}
