import { keywordsOf } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";

/** How many characters, items or fields there may be. Both ends count. */
export interface CountLimits {
  readonly least: number;
  readonly most: number;
}

export type Counted = "Length" | "Items" | "Properties";

/** What `minLength` and `maxLength`, or their like, of schemas that must all hold come to. */
export function countLimitsOf(parts: Alternative, counted: Counted): CountLimits {
  const bounds = (end: "min" | "max"): number[] =>
    parts.flatMap((part) => {
      const bound = keywordsOf(part)[`${end}${counted}`];
      return typeof bound === "number" ? [bound] : [];
    });
  return { least: Math.max(0, ...bounds("min")), most: Math.min(Number.POSITIVE_INFINITY, ...bounds("max")) };
}

export const isCountWithin = (narrow: CountLimits, wide: CountLimits): boolean =>
  narrow.least >= wide.least && narrow.most <= wide.most;
