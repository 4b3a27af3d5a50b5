import { childOf, keywordsOf, referenceOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import type { Comparison, Obstacle } from "./obstacle.js";

/** Holds one alternative against what a schema rules out or makes depend on the value. */
export const checkConditions = (
  narrow: Alternative,
  wide: SchemaPlace,
  comparison: Comparison,
): readonly Obstacle[] => [
  ...checkNot(narrow, wide, comparison),
  ...checkIf(narrow, wide, comparison),
  ...checkUnknown(wide),
];

function checkNot(narrow: Alternative, wide: SchemaPlace, comparison: Comparison): readonly Obstacle[] {
  const excluded = childOf(wide, "not");
  if (excluded === undefined || comparison.isEmpty([...narrow, excluded])) return [];
  const isExcluded = narrow.some((part) => {
    const own = childOf(part, "not");
    return own !== undefined && comparison.provesConverse([excluded], own);
  });
  return isExcluded ? [] : [obstacle(wide, "not", "what 'not' rules out was ruled out before")];
}

function checkIf(narrow: Alternative, wide: SchemaPlace, comparison: Comparison): readonly Obstacle[] {
  const condition = childOf(wide, "if");
  if (condition === undefined) return [];
  const when = childOf(wide, "then");
  const otherwise = childOf(wide, "else");
  // A part of the narrow side decides likewise if its condition holds whenever this one does, or never otherwise.
  const decided = narrow.flatMap((part) => {
    const own = childOf(part, "if");
    return own === undefined ? [] : [{ own, met: childOf(part, "then"), unmet: childOf(part, "else") }];
  });
  const thens = decided.flatMap((each) =>
    each.met !== undefined && comparison.provesConverse([condition], each.own) ? [each.met] : [],
  );
  const elses = decided.flatMap((each) =>
    each.unmet !== undefined && comparison.provesConverse([each.own], condition) ? [each.unmet] : [],
  );
  const holds =
    (when === undefined || comparison.proves([...narrow, condition, ...thens], when)) &&
    (otherwise === undefined || comparison.proves([...narrow, ...elses], otherwise));
  return holds ? [] : [obstacle(wide, "if", "every value keeps the rule of 'if'")];
}

/** What the spec's reader refuses; a model may be made by hand. */
function checkUnknown(wide: SchemaPlace): readonly Obstacle[] {
  const { $ref } = keywordsOf(wide);
  const found = ["$dynamicRef", "$recursiveRef", "dependencies"].filter(
    (keyword) => keywordsOf(wide)[keyword] !== undefined,
  );
  if ($ref !== undefined && referenceOf(wide) === undefined) found.push("$ref");
  return found.map((keyword) => obstacle(wide, keyword, `the values hold for '${keyword}'`));
}

const obstacle = (wide: SchemaPlace, keyword: string, undecided: string): Obstacle => ({
  path: [],
  aspect: "condition",
  narrow: "",
  wide: `the rule of '${keyword}'`,
  widePlace: wide,
  keyword,
  undecided,
});
