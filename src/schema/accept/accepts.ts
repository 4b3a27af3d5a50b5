import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../spec/spec.js";
import { isRecord } from "../pointer.js";
import { allowsKind, isIntegerOnly, kindOf, valuesOf } from "./kinds.js";
import { childOf, keywordsOf, listOf, mapOf, referenceOf, type SchemaPlace } from "./schema-place.js";

/** Whether a schema holds for a value; undefined when it has a keyword that is not worked out here. */
export type Answer = boolean | undefined;

/** Deeper than any value of a spec; a schema that refers to itself without end would not come back otherwise. */
const maxDepth = 200;

/** Answers for one value, such as a member of an `enum`, what comparing keywords cannot. */
export function accepts(place: SchemaPlace, value: Json, depth = 0): Answer {
  if (typeof place.schema === "boolean") return place.schema;
  if (depth > maxDepth) return undefined;
  const inner = (child: SchemaPlace, part: Json): Answer => accepts(child, part, depth + 1);
  return every([
    hasAllowedValue(place, value),
    referenceAnswer(place, value, inner),
    ...listOf(place, "allOf").map((branch) => inner(branch, value)),
    choiceAnswer(place, value, inner),
    ownAnswer(place, value, inner),
    hasUnknown(place) ? undefined : true,
  ]);
}

type Inner = (child: SchemaPlace, part: Json) => Answer;

/** All true; false wins over what is not known. */
export function every(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

const negate = (answer: Answer): Answer => (answer === undefined ? undefined : !answer);

const notWorkedOut = [
  ...["if", "dependentSchemas", "dependentRequired", "contains", "propertyNames", "format"],
  ...["unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef", "dependencies"],
];

const hasUnknown = (place: SchemaPlace): boolean =>
  notWorkedOut.some((keyword) => keywordsOf(place)[keyword] !== undefined);

function hasAllowedValue(place: SchemaPlace, value: Json): boolean {
  if (!allowsKind(place, kindOf(value))) return false;
  if (isIntegerOnly(place) && typeof value === "number" && !Number.isInteger(value)) return false;
  return valuesOf(place)?.some((allowed) => areEqual(allowed, value)) ?? true;
}

/** By `===` first: it is quick, and takes 0 and -0 for one number, as JSON does. */
const areEqual = (one: Json, other: Json): boolean =>
  one === other || (typeof one === "object" && isDeepStrictEqual(one, other));

function referenceAnswer(place: SchemaPlace, value: Json, inner: Inner): Answer {
  if (keywordsOf(place).$ref === undefined) return true;
  const target = referenceOf(place);
  return target && inner(target, value);
}

function choiceAnswer(place: SchemaPlace, value: Json, inner: Inner): Answer {
  const any = listOf(place, "anyOf").map((branch) => inner(branch, value));
  const one = listOf(place, "oneOf").map((branch) => inner(branch, value));
  const not = childOf(place, "not");
  return every([
    any.length === 0 || any.includes(true) || (any.includes(undefined) ? undefined : false),
    one.length === 0 || exactlyOne(one),
    not === undefined || negate(inner(not, value)),
  ]);
}

function exactlyOne(answers: readonly Answer[]): Answer {
  const certain = answers.filter((answer) => answer === true).length;
  if (certain > 1) return false;
  return answers.includes(undefined) ? undefined : certain === 1;
}

function ownAnswer(place: SchemaPlace, value: Json, inner: Inner): Answer {
  const keywords = keywordsOf(place);
  const limit = (keyword: string, holds: (bound: number) => boolean): boolean => {
    const bound = keywords[keyword];
    return typeof bound !== "number" || holds(bound);
  };
  if (typeof value === "number") {
    const { multipleOf } = keywords;
    const isKnown =
      multipleOf === undefined || (Number.isSafeInteger(value) && Number.isSafeInteger(multipleOf));
    return every([
      limit("minimum", (bound) => value >= bound),
      limit("maximum", (bound) => value <= bound),
      limit("exclusiveMinimum", (bound) => value > bound),
      limit("exclusiveMaximum", (bound) => value < bound),
      isKnown ? limit("multipleOf", (divisor) => value % divisor === 0) : undefined,
    ]);
  }
  if (typeof value === "string") {
    const length = [...value].length;
    const { pattern } = keywords;
    return every([
      limit("minLength", (bound) => length >= bound),
      limit("maxLength", (bound) => length <= bound),
      typeof pattern !== "string" || new RegExp(pattern, "u").test(value),
    ]);
  }
  if (Array.isArray(value)) {
    return every([
      limit("minItems", (bound) => value.length >= bound),
      limit("maxItems", (bound) => value.length <= bound),
      keywords.uniqueItems === true && value.length > 1 ? undefined : true,
      ...itemAnswers(place, value, inner),
    ]);
  }
  if (!isRecord(value)) return true;
  const count = Object.keys(value).length;
  return every([
    limit("minProperties", (bound) => count >= bound),
    limit("maxProperties", (bound) => count <= bound),
    !Array.isArray(keywords.required) ||
      keywords.required.every((name) => typeof name !== "string" || Object.hasOwn(value, name)),
    ...fieldAnswers(place, value, inner),
  ]);
}

function itemAnswers(place: SchemaPlace, value: readonly Json[], inner: Inner): readonly Answer[] {
  const prefix = listOf(place, "prefixItems");
  const rest = childOf(place, "items");
  return value.map((item, index) => {
    const child = prefix[index] ?? rest;
    return child === undefined || inner(child, item);
  });
}

function fieldAnswers(place: SchemaPlace, value: Keywords, inner: Inner): readonly Answer[] {
  const named = mapOf(place, "properties");
  const patterns = mapOf(place, "patternProperties");
  const rest = childOf(place, "additionalProperties");
  return Object.entries(value).flatMap(([name, part]) => {
    const own = named.get(name);
    const matching = [...patterns].filter(([pattern]) => new RegExp(pattern, "u").test(name));
    const children = [...(own === undefined ? [] : [own]), ...matching.map(([, child]) => child)];
    const all = children.length === 0 && rest !== undefined ? [rest] : children;
    return all.map((child) => inner(child, part));
  });
}

type Keywords = { readonly [name: string]: Json };
