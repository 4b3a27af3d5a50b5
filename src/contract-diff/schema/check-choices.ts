import type { Alternative } from "./alternatives.js";
import { describeTypes } from "./describe.js";
import { isEmpty } from "./is-empty.js";
import { isSame } from "./is-same.js";
import type { Comparison, Obstacle } from "./obstacle.js";
import { listOf, type SchemaPlace } from "./schema-place.js";

type Choice = "anyOf" | "oneOf";

/** Holds one alternative against the choices of one schema. */
export const checkChoices = (
  narrow: Alternative,
  wide: SchemaPlace,
  comparison: Comparison,
): readonly Obstacle[] =>
  (["anyOf", "oneOf"] as const).flatMap((keyword) => checkChoice(narrow, { wide, keyword }, comparison));

interface WideChoice {
  readonly wide: SchemaPlace;
  readonly keyword: Choice;
}

function checkChoice(
  narrow: Alternative,
  { wide, keyword }: WideChoice,
  comparison: Comparison,
): readonly Obstacle[] {
  const branches = listOf(wide, keyword);
  if (branches.length === 0 || narrow.some((part) => hasSameBranches(listOf(part, keyword), branches)))
    return [];
  const possible = branches.filter((branch) => !isEmpty([...narrow, branch]));
  const obstacle: Obstacle = {
    path: [],
    aspect: "alternatives",
    narrow: describeTypes(narrow),
    wide: `${branches.length} alternatives`,
    widePlace: wide,
    keyword,
  };
  const [only, ...others] = possible;
  if (only === undefined) return [{ ...obstacle, narrow: "an alternative", wide: "no such alternative" }];
  if (others.length === 0) return comparison.check(narrow, only);
  const isTaken = possible.some(
    (branch) =>
      (keyword === "anyOf" || isAlone(narrow, branch, possible)) && comparison.proves(narrow, branch),
  );
  if (isTaken) return [];
  const question = keyword === "anyOf" ? "one of the alternatives" : "exactly one of the alternatives";
  return [{ ...obstacle, narrow: "an alternative", undecided: `${question} takes every value` }];
}

/** Whether no other branch can take a value that this one takes, too. */
const isAlone = (narrow: Alternative, branch: SchemaPlace, possible: readonly SchemaPlace[]): boolean =>
  possible.every((other) => other === branch || isEmpty([...narrow, branch, other]));

/** Whether each branch has exactly one like it on the other side. */
const hasSameBranches = (own: readonly SchemaPlace[], branches: readonly SchemaPlace[]): boolean =>
  own.length === branches.length &&
  branches.every((branch) => own.filter((each) => isSame(each, branch)).length === 1) &&
  own.every((branch) => branches.filter((each) => isSame(each, branch)).length === 1);
