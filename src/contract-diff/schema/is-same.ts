import { isDeepStrictEqual } from "node:util";
import { isNote } from "../../schema/keywords.js";
import { followReference, getKeywords, resolvePlace, type SchemaPlace } from "./schema-place.js";

/** Whether each schema of one list has one like it in the other. */
export const areEqualLists = (some: readonly SchemaPlace[], others: readonly SchemaPlace[]): boolean =>
  includesEach(some, others) && includesEach(others, some);

const includesEach = (some: readonly SchemaPlace[], others: readonly SchemaPlace[]): boolean =>
  some.every((one) => others.some((other) => isEqual(one, other)));

/**
 * Whether two schemas are written alike, with references followed and notes ignored. Two such schemas allow the same values,
 * whatever keywords they use; others may, too.
 */
export function isEqual(left: SchemaPlace, right: SchemaPlace): boolean {
  // A pair that contains itself differs only if it differs elsewhere.
  const compared = new Map<SchemaPlace, Set<SchemaPlace>>();
  const open: (readonly [SchemaPlace, SchemaPlace])[] = [[left, right]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair.map(resolvePlace) as [SchemaPlace, SchemaPlace];
    const partners = compared.get(one) ?? new Set();
    if (one === other || partners.has(other)) continue;
    compared.set(one, partners.add(other));
    const inner = getInnerPairs(one, other);
    if (inner === undefined) return false;
    open.push(...inner);
  }
  return true;
}

/** The pairs that must be the same for two schemas to be; undefined when these already differ. */
function getInnerPairs(
  one: SchemaPlace,
  other: SchemaPlace,
): readonly (readonly [SchemaPlace, SchemaPlace])[] | undefined {
  if (typeof one.schema === "boolean" || typeof other.schema === "boolean")
    return one.schema === other.schema ? [] : undefined;
  const names = getAssertionNames(one);
  if (!isDeepStrictEqual(names, getAssertionNames(other))) return undefined;
  const pairs: (readonly [SchemaPlace, SchemaPlace])[] = [];
  for (const name of names) {
    const found = name === "$ref" ? getReferencePair(one, other) : getKeywordPairs(one, other, name);
    if (found === undefined) return undefined;
    pairs.push(...found);
  }
  return pairs;
}

const getAssertionNames = (place: SchemaPlace): readonly string[] =>
  Object.keys(getKeywords(place))
    .filter((name) => !isNote(name))
    .sort();

function getReferencePair(one: SchemaPlace, other: SchemaPlace) {
  const target = followReference(one);
  const otherTarget = followReference(other);
  return target && otherTarget && [[target, otherTarget] as const];
}

function getKeywordPairs(one: SchemaPlace, other: SchemaPlace, name: string) {
  const children = one.children(name);
  const others = other.children(name);
  if (children.size === 0 && others.size === 0)
    return isDeepStrictEqual(getKeywords(one)[name], getKeywords(other)[name]) ? [] : undefined;
  if (children.size !== others.size) return undefined;
  const pairs: (readonly [SchemaPlace, SchemaPlace])[] = [];
  for (const [key, child] of children) {
    const partner = others.get(key);
    if (partner === undefined) return undefined;
    pairs.push([child, partner]);
  }
  return pairs;
}
