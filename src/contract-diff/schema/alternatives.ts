import { allowsKind, type Kind, placeOfKind } from "./kinds.js";
import { listOf, partsOf, type SchemaPlace } from "./schema-place.js";

/** Schemas that must all hold, without a choice left among them that was not made. */
export type Alternative = readonly SchemaPlace[];

/** Choices multiply; with more combinations than this the rest is not split, which only makes the answer coarser. */
const maxAlternatives = 64;

/**
 * The values of one kind that hold for all of `places`, as a list of alternatives: every choice (`anyOf`, `oneOf`)
 * is replaced by each of its branches. Together they hold for at least these values; no alternative, no value.
 */
export function alternativesOf(places: readonly SchemaPlace[], kind: Kind): readonly Alternative[] {
  const found: Alternative[] = [];
  const open: Split[] = [{ places: [...places, placeOfKind(kind)], settled: new Set() }];
  for (let split = open.pop(); split !== undefined; split = open.pop()) {
    const parts = partsOf(split.places);
    if (parts === undefined || !parts.every((part) => allowsKind(part, kind))) continue;
    const choice =
      open.length + found.length < maxAlternatives ? openChoice(parts, split.settled) : undefined;
    if (choice === undefined) {
      found.push(parts);
      continue;
    }
    const settled = new Set([...split.settled, choice[0]]);
    open.push(...choice.toReversed().map((branch) => ({ places: [...parts, branch], settled })));
  }
  return found;
}

interface Split {
  readonly places: readonly SchemaPlace[];
  /** The first branch of each choice that is made. */
  readonly settled: ReadonlySet<SchemaPlace | undefined>;
}

function openChoice(
  parts: readonly SchemaPlace[],
  settled: Split["settled"],
): readonly SchemaPlace[] | undefined {
  for (const part of parts) {
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = listOf(part, keyword);
      if (branches.length > 0 && !settled.has(branches[0])) return branches;
    }
  }
  return undefined;
}
