import type { Segment } from "./gin-pattern.js";

type Segments = readonly Segment[];

/**
 * Sorts the more specific pattern first: segment by segment, static before a parameter before a catch-all, and a
 * longer prefix of a parameter before a shorter one. The first pattern that matches is then the one that gin finds.
 */
export function compareSpecificity(left: Segments, right: Segments): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference =
      rank(left[index]) - rank(right[index]) || prefixLength(right[index]) - prefixLength(left[index]);
    if (difference !== 0) return difference;
  }
  // Where one is the beginning of the other, only a catch-all lets both match; the one that ends is meant then.
  return left.length - right.length;
}

const ranks = { static: 0, param: 1, rest: 2 } as const;
const rank = (segment: Segment | undefined): number => (segment === undefined ? 0 : ranks[segment.kind]);
const prefixLength = (segment: Segment | undefined): number =>
  segment?.kind === "param" ? segment.prefix.length : 0;

/** Why gin would refuse the two patterns beside each other; undefined: it would not. */
export function describeConflict(left: Segments, right: Segments): string | undefined {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const one = left[index];
    const other = right[index];
    if (one === undefined || other === undefined) return undefined;
    if (one.kind === "rest" || other.kind === "rest") return describeRest(one, other);
    if (!isSamePlace(one, other)) return undefined;
    if (one.kind === "param" && other.kind === "param" && one.name !== other.name) {
      return `the parameter has the name ${one.name} in one and ${other.name} in the other`;
    }
  }
  return left.length === right.length ? "they are the same" : undefined;
}

function describeRest(one: Segment, other: Segment): string {
  return one.kind === other.kind
    ? "both have a catch-all in the same place"
    : "a catch-all allows no other route in its place";
}

/** Do the segments lie on one branch of gin's tree, so that what follows them can conflict? */
function isSamePlace(one: Segment, other: Segment): boolean {
  if (one.kind === "static" && other.kind === "static") return one.text === other.text;
  return one.kind === "param" && other.kind === "param" && one.prefix === other.prefix;
}
