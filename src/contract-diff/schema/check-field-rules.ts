import { accepts, every } from "../../schema/accept/accepts.js";
import { placeOfKind } from "../../schema/accept/kinds.js";
import { childOf, keywordsOf, mapOf, partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";
import { isRecord } from "../../schema/pointer.js";
import type { Alternative } from "./alternatives.js";
import { countLimitsOf, isCountWithin } from "./count-limits.js";
import { describeCount } from "./describe.js";
import { FieldView } from "./field-view.js";
import type { Comparison, Obstacle } from "./obstacle.js";

/** Holds the names and the number of fields, and which fields need which, against one schema. */
export function checkFieldRules(
  narrow: Alternative,
  wide: SchemaPlace,
  comparison: Comparison,
): readonly Obstacle[] {
  const own = new FieldView(narrow);
  return [
    ...checkCount(narrow, own, wide),
    ...checkNames(narrow, own, { wide, comparison }),
    ...dependentNames(wide).flatMap(([name, needed]) => {
      const isMet = needed.every(
        (each) => own.required.has(each) || narrow.some((part) => needsOf(part, name).includes(each)),
      );
      return isMet || isImpossible(own, name) ? [] : [conditionObstacle(wide, "dependentRequired", name)];
    }),
    ...[...mapOf(wide, "dependentSchemas")].flatMap(([name, place]) => {
      const beside = narrow.flatMap((part) => mapOf(part, "dependentSchemas").get(name) ?? []);
      const isMet = comparison.proves([...narrow, wide.document.requiring(name), ...beside], place);
      return isMet ? [] : [conditionObstacle(wide, "dependentSchemas", name)];
    }),
  ];
}

function checkCount(narrow: Alternative, own: FieldView, wide: SchemaPlace): readonly Obstacle[] {
  const said = countLimitsOf(narrow, "Properties");
  const possible = [...own.names].filter((name) => !isImpossible(own, name)).length;
  const counts = {
    least: Math.max(said.least, own.required.size),
    most: isClosed(own) ? Math.min(said.most, possible) : said.most,
  };
  const limits = countLimitsOf([wide], "Properties");
  if (isCountWithin(counts, limits)) return [];
  return [
    {
      path: [],
      aspect: "size",
      narrow: describeCount(counts, "fields"),
      wide: describeCount(limits, "fields"),
      widePlace: wide,
      keyword: counts.most > limits.most ? "maxProperties" : "minProperties",
    },
  ];
}

function checkNames(
  narrow: Alternative,
  own: FieldView,
  { wide, comparison }: { wide: SchemaPlace; comparison: Comparison },
): readonly Obstacle[] {
  const wanted = childOf(wide, "propertyNames");
  if (wanted === undefined) return [];
  const rules = narrow.flatMap((part) => childOf(part, "propertyNames") ?? []);
  if (rules.length > 0 && comparison.proves([...rules, placeOfKind("string")], wanted)) return [];
  const possible = [...own.names].filter((name) => !isImpossible(own, name));
  if (isClosed(own) && every(possible.map((name) => accepts(wanted, name))) === true) return [];
  return [conditionObstacle(wide, "propertyNames")];
}

const isImpossible = (fields: FieldView, name: string): boolean =>
  partsOf(fields.placesFor(name)) === undefined;

const isClosed = (fields: FieldView): boolean =>
  fields.patterns.size === 0 && partsOf(fields.otherPlaces) === undefined;

const dependentNames = (part: SchemaPlace): readonly (readonly [string, readonly string[]])[] => {
  const { dependentRequired } = keywordsOf(part);
  if (!isRecord(dependentRequired)) return [];
  return Object.keys(dependentRequired).map((name) => [name, needsOf(part, name)]);
};

function needsOf(part: SchemaPlace, name: string): readonly string[] {
  const { dependentRequired } = keywordsOf(part);
  const needed =
    isRecord(dependentRequired) && Object.hasOwn(dependentRequired, name) ? dependentRequired[name] : [];
  return Array.isArray(needed) ? needed.filter((each) => typeof each === "string") : [];
}

const conditionObstacle = (wide: SchemaPlace, keyword: string, name?: string): Obstacle => ({
  path: [],
  aspect: "condition",
  narrow: "less strict",
  wide:
    name === undefined ? `a rule for the names of fields` : `a rule for objects with ${JSON.stringify(name)}`,
  widePlace: wide,
  keyword,
  undecided: `every object keeps the rule of '${keyword}'`,
});
