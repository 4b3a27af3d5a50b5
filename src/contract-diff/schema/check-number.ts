import { isIntegerOnly } from "../../schema/accept/kinds.js";
import type { SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { describeRange } from "./describe.js";
import { isWithin, negated, numberLimitsOf } from "./number-limits.js";
import type { Obstacle } from "./obstacle.js";

/** Holds the numbers of schemas that must all hold against one schema. */
export function checkNumber(narrow: Alternative, wide: SchemaPlace): readonly Obstacle[] {
  const own = numberLimitsOf(narrow);
  const limits = numberLimitsOf([wide]);
  const texts = { narrow: describeRange(own), wide: describeRange(limits) };
  const isStepped = limits.divisors.every((divisor) =>
    [...own.divisors, ...(own.isInteger ? [1] : [])].some((step) => isMultiple(step, divisor)),
  );
  const isInside = isWithin(own.lower, limits.lower) && isWithin(negated(own.upper), negated(limits.upper));
  return [
    ...(isIntegerOnly(wide) && !own.isInteger
      ? [
          {
            path: [],
            aspect: "type" as const,
            narrow: "number",
            wide: "integer",
            widePlace: wide,
            keyword: "type",
          },
        ]
      : []),
    ...(isInside && isStepped ? [] : [{ path: [], aspect: "range" as const, ...texts, widePlace: wide }]),
  ];
}

/** Whether every multiple of `step` is one of `divisor`. Fractions are compared by sight: 0.3 / 0.1 is not 3. */
const isMultiple = (step: number, divisor: number): boolean =>
  step === divisor || (Number.isSafeInteger(step) && Number.isSafeInteger(divisor) && step % divisor === 0);
