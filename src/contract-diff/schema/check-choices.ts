import { listOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { isSame } from "./is-same.js";
import type { Comparison, Obstacle } from "./obstacle.js";

/** Branches of which one must hold, or exactly one. */
export interface Choice {
  readonly wide: SchemaPlace;
  readonly keyword: "anyOf" | "oneOf";
  readonly branches: readonly SchemaPlace[];
}

/** The choices of a schema, without those that the narrow side has, too. */
export const openChoices = (narrow: Alternative, wide: SchemaPlace): readonly Choice[] =>
  (["anyOf", "oneOf"] as const).flatMap((keyword) => {
    const branches = listOf(wide, keyword);
    const isSettled = narrow.some((part) => areSameBranches(listOf(part, keyword), branches));
    return branches.length === 0 || isSettled ? [] : [{ wide, keyword, branches }];
  });

/** Whether each branch has exactly one like it on the other side. */
const areSameBranches = (own: readonly SchemaPlace[], branches: readonly SchemaPlace[]): boolean =>
  own.length === branches.length && haveOneEach(own, branches) && haveOneEach(branches, own);

const haveOneEach = (some: readonly SchemaPlace[], others: readonly SchemaPlace[]): boolean =>
  some.every((branch) => others.filter((other) => isSame(branch, other)).length === 1);

/** Holds one alternative against a choice. */
export function checkChoice(
  narrow: Alternative,
  { wide, keyword, branches }: Choice,
  comparison: Comparison,
): readonly Obstacle[] {
  const possible = branches.filter((branch) => !comparison.isEmpty([...narrow, branch]));
  const obstacle: Obstacle = {
    path: [],
    aspect: "alternatives",
    narrow: "an alternative",
    wide: "no such alternative",
    widePlace: wide,
    keyword,
  };
  const [only, ...others] = possible;
  if (only === undefined) return [obstacle];
  if (others.length === 0) return comparison.check(narrow, only);
  // With `oneOf`, another branch must not take a value that this one takes.
  const isAlone = (branch: SchemaPlace): boolean =>
    possible.every((other) => other === branch || comparison.isEmpty([...narrow, branch, other]));
  const isTaken = possible.some(
    (branch) => comparison.proves(narrow, branch) && (keyword === "anyOf" || isAlone(branch)),
  );
  if (isTaken) return [];
  const question = keyword === "anyOf" ? "one of the alternatives" : "exactly one of the alternatives";
  return [{ ...obstacle, undecided: `${question} takes every value` }];
}
