import { isIntegerOnly } from "../../schema/accept/kinds.js";
import { type Keywords, keywordsOf } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";

/** One end of a range of numbers. */
export interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

/** What schemas that must all hold say about numbers. */
export interface NumberLimits {
  readonly lower: Bound;
  readonly upper: Bound;
  readonly divisors: readonly number[];
  readonly isInteger: boolean;
}

export function numberLimitsOf(parts: Alternative): NumberLimits {
  const divisors = parts.flatMap((part) => number(keywordsOf(part).multipleOf) ?? []);
  const isInteger = parts.some(isIntegerOnly) || divisors.some(Number.isInteger);
  let lower: Bound = { value: Number.NEGATIVE_INFINITY, isExclusive: false };
  let upper: Bound = { value: Number.POSITIVE_INFINITY, isExclusive: false };
  for (const keywords of parts.map(keywordsOf)) {
    for (const bound of boundsOf(keywords, "Minimum")) lower = higher(lower, bound);
    for (const bound of boundsOf(keywords, "Maximum")) upper = smaller(upper, bound);
  }
  return isInteger
    ? { lower: integerFrom(lower), upper: integerTo(upper), divisors, isInteger }
    : { lower, upper, divisors, isInteger };
}

/** Whether every number above `narrow` is above `wide`; for the upper end of a range, negate both. */
export const isWithin = (narrow: Bound, wide: Bound): boolean => higher(narrow, wide) === narrow;

export const isEmptyRange = ({ lower, upper }: NumberLimits): boolean =>
  lower.value > upper.value || (lower.value === upper.value && (lower.isExclusive || upper.isExclusive));

export const negated = ({ value, isExclusive }: Bound): Bound => ({ value: -value, isExclusive });

function boundsOf(keywords: Keywords, end: "Minimum" | "Maximum"): readonly Bound[] {
  const including = number(keywords[end.toLowerCase()]);
  const excluding = number(keywords[`exclusive${end}`]);
  return [
    ...(including === undefined ? [] : [{ value: including, isExclusive: false }]),
    ...(excluding === undefined ? [] : [{ value: excluding, isExclusive: true }]),
  ];
}

const higher = (one: Bound, other: Bound): Bound =>
  other.value > one.value || (other.value === one.value && other.isExclusive && !one.isExclusive)
    ? other
    : one;

const smaller = (one: Bound, other: Bound): Bound => negated(higher(negated(one), negated(other)));

/** The same end for integers alone: above 0 is from 1. */
function integerFrom({ value, isExclusive }: Bound): Bound {
  return { value: isExclusive ? Math.floor(value) + 1 : Math.ceil(value), isExclusive: false };
}

const integerTo = (bound: Bound): Bound => negated(integerFrom(negated(bound)));

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
