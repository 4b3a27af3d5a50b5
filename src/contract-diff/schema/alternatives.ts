import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../spec-file/spec.js";
import { allowsKind, getKind, type Kind, kindPlaces, kinds, readValues } from "./kinds.js";
import { isInRange, readCountLimits, readNumberLimits } from "./limits.js";
import { collectParts, getKeywords, getList, getMap, type SchemaPlace } from "./schema-place.js";

/** Schemas that all apply, with one branch of every choice (`anyOf`, `oneOf`). */
export type Alternative = readonly SchemaPlace[];

/** Choices multiply; beyond this number of combinations the rest is not split. */
const maxAlternatives = 64;

/** The values of one kind that all of `places` allow, as alternatives; empty if no such value is valid. */
export function splitAlternatives(places: readonly SchemaPlace[], kind: Kind): readonly Alternative[] {
  const found: Alternative[] = [];
  const all = collectParts([...places, kindPlaces[kind]]);
  const open = all === undefined ? [] : [all];
  for (let parts = open.pop(); parts !== undefined; parts = open.pop()) {
    if (!parts.every((part) => allowsKind(part, kind))) continue;
    const choice = open.length + found.length < maxAlternatives ? findChoice(parts) : undefined;
    if (choice === undefined) found.push(parts);
    else open.push(...expandChoice(parts, choice));
  }
  return found;
}

interface Choice {
  readonly part: SchemaPlace;
  readonly keyword: "anyOf" | "oneOf";
}

/** The first choice that is not decided yet. */
export function findChoice(parts: Alternative): Choice | undefined {
  for (const part of parts) {
    for (const keyword of ["anyOf", "oneOf"] as const) {
      if (getList(part, keyword).length > 0) return { part, keyword };
    }
  }
  return undefined;
}

/** The parts with each branch in place of the choice. */
function expandChoice(parts: Alternative, { part, keyword }: Choice): readonly Alternative[] {
  const rest = part.without(keyword);
  const others = parts.map((each) => (each === part ? rest : each));
  return getList(part, keyword)
    .flatMap((branch) => {
      const own = collectParts([branch]);
      return own === undefined ? [] : [[...new Set([...others, ...own])]];
    })
    .reverse();
}

/** Whether no value is valid for both branches: different types, different values, or a required field that distinguishes them. */
export function areDisjoint(one: SchemaPlace, other: SchemaPlace): boolean {
  const sides = [one, other].map((branch) => collectParts([branch]));
  const [left, right] = sides;
  if (left === undefined || right === undefined) return true;
  const shared = kinds.filter((kind) => [...left, ...right].every((part) => allowsKind(part, kind)));
  return shared.every((kind) => {
    const [own, others] = [listValues(left, kind), listValues(right, kind)];
    if (own !== undefined && others !== undefined) return !own.some((value) => includesValue(others, value));
    return kind === "object" && haveDistinctTags(findTags(left), findTags(right));
  });
}

/** The values of required fields that have only a few values: they distinguish the branches of a union. */
export function findTags(parts: Alternative): ReadonlyMap<string, readonly Json[]> {
  const required = new Set(parts.flatMap(readRequired));
  const tags = new Map<string, readonly Json[]>();
  for (const part of parts) {
    for (const [name, place] of getMap(part, "properties")) {
      const values = required.has(name) ? findValues(place) : undefined;
      if (values !== undefined) tags.set(name, values);
    }
  }
  return tags;
}

const findValues = (place: SchemaPlace): readonly Json[] | undefined =>
  (collectParts([place]) ?? []).flatMap((part) => {
    const values = readValues(part);
    return values === undefined ? [] : [values];
  })[0];

const haveDistinctTags = (
  one: ReadonlyMap<string, readonly Json[]>,
  other: ReadonlyMap<string, readonly Json[]>,
): boolean =>
  [...one].some(([name, values]) => {
    const others = other.get(name);
    return others !== undefined && !values.some((value) => includesValue(others, value));
  });

export function readRequired(part: SchemaPlace): readonly string[] {
  const { required } = getKeywords(part);
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

/** By `===` first: 0 and -0 are equal then, as in JSON. */
export const includesValue = (values: readonly Json[], value: Json): boolean =>
  values.some((each) => each === value || (typeof each === "object" && isDeepStrictEqual(each, value)));

/** The values of a kind if they can be listed: those of an `enum`, a `const`, a boolean or null. Undefined if not. */
export function listValues(parts: Alternative, kind: Kind): readonly Json[] | undefined {
  const listed = parts.flatMap((part) => {
    const values = readValues(part);
    return values === undefined ? [] : [values];
  });
  const [first, ...others] = listed;
  const candidates = first ?? (kind === "boolean" ? [false, true] : kind === "null" ? [null] : undefined);
  return candidates?.filter(
    (value) =>
      getKind(value) === kind &&
      others.every((values) => includesValue(values, value)) &&
      isWithinLimits(parts, value),
  );
}

/** Whether a string has an allowed length and a number is in range; patterns and formats are not tried. */
export function isWithinLimits(parts: Alternative, value: Json): boolean {
  if (typeof value === "number") return isInRange(value, readNumberLimits(parts));
  if (typeof value !== "string") return true;
  const { least, most } = readCountLimits(parts, "Length");
  const length = [...value].length;
  return length >= least && length <= most;
}
