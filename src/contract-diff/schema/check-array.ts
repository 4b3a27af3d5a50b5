import { childOf, keywordsOf, listOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import type { Alternative } from "./alternatives.js";
import { countLimitsOf, isCountWithin } from "./count-limits.js";
import { describeCount } from "./describe.js";
import { itemRestsOf } from "./evaluated.js";
import { ItemView } from "./item-view.js";
import { below, type Comparison, type Obstacle } from "./obstacle.js";

/** Holds the arrays of schemas that must all hold against one schema. */
export function checkArray(
  narrow: Alternative,
  wide: SchemaPlace,
  comparison: Comparison,
): readonly Obstacle[] {
  const own = new ItemView(narrow);
  return [
    ...checkSize(narrow, wide, own.most),
    ...checkItems(own, wide, comparison),
    ...checkContains(narrow, wide, { most: own.most, comparison }),
  ];
}

function checkSize(narrow: Alternative, wide: SchemaPlace, most: number): readonly Obstacle[] {
  const own = { ...countLimitsOf(narrow, "Items"), most };
  const limits = countLimitsOf([wide], "Items");
  const isUnique = narrow.some((part) => keywordsOf(part).uniqueItems === true) || most <= 1;
  const mustBeUnique = keywordsOf(wide).uniqueItems === true;
  const isSized = isCountWithin(own, limits);
  if (isSized && (isUnique || !mustBeUnique)) return [];
  const describe = (counts: typeof own, unique: boolean): string =>
    `${describeCount(counts, "items")}${unique ? ", no two equal" : ""}`;
  return [
    {
      path: [],
      aspect: "size",
      narrow: describe(own, isUnique && most > 1),
      wide: describe(limits, mustBeUnique),
      widePlace: wide,
      keyword: isSized ? "uniqueItems" : own.most > limits.most ? "maxItems" : "minItems",
    },
  ];
}

function checkItems(own: ItemView, wide: SchemaPlace, comparison: Comparison): readonly Obstacle[] {
  const prefix = listOf(wide, "prefixItems");
  const rests = itemRestsOf(wide);
  const alikeFrom = Math.max(own.alikeFrom, prefix.length, ...rests.map(({ from }) => from));
  const obstacles: Obstacle[] = [];
  for (let index = 0; index <= alikeFrom && index < own.most; index++) {
    const places = own.placesAt(index);
    const name = index === alikeFrom ? "*" : `${index}`;
    const item = prefix[index];
    if (item !== undefined) obstacles.push(...below(name, comparison.check(places, item)));
    for (const { from, rest, isGuess } of rests) {
      if (index < from) continue;
      const found = below(name, comparison.check(places, rest));
      obstacles.push(
        ...found.map((each) => (isGuess ? { ...each, undecided: "other keywords take the item" } : each)),
      );
    }
  }
  return obstacles;
}

interface Items {
  readonly most: number;
  readonly comparison: Comparison;
}

function checkContains(
  narrow: Alternative,
  wide: SchemaPlace,
  { most, comparison }: Items,
): readonly Obstacle[] {
  const wanted = containsOf(wide);
  if (wanted === undefined) return [];
  const own = narrow.flatMap((part) => containsOf(part) ?? []);
  const hasEnough =
    wanted.least === 0 ||
    own.some((each) => each.least >= wanted.least && comparison.proves([each.place], wanted.place));
  const hasNotTooMany =
    most <= wanted.most ||
    own.some((each) => each.most <= wanted.most && comparison.provesConverse([wanted.place], each.place));
  if (hasEnough && hasNotTooMany) return [];
  const describe = (counts: Contains): string => `${describeCount(counts, "items")} of a certain form`;
  return [
    {
      path: [],
      aspect: "size",
      narrow: own[0] === undefined ? "items of any form" : describe(own[0]),
      wide: describe(wanted),
      widePlace: wide,
      keyword: "contains",
      ...(own.length > 0 && { undecided: "every array still contains what it must" }),
    },
  ];
}

interface Contains {
  readonly place: SchemaPlace;
  readonly least: number;
  readonly most: number;
}

function containsOf(part: SchemaPlace): Contains | undefined {
  const place = childOf(part, "contains");
  const { minContains, maxContains } = keywordsOf(part);
  return (
    place && {
      place,
      least: typeof minContains === "number" ? minContains : 1,
      most: typeof maxContains === "number" ? maxContains : Number.POSITIVE_INFINITY,
    }
  );
}
