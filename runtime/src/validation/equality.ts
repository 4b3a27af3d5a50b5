import { isArray, isObject, type JsonObject } from "./json-value.js";
import { maxDepth } from "./problem.js";

/** Equality of JSON Schema (core §4.2.2): numbers by value, objects whatever the order of their properties. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (isArray(left)) return isArray(right) && areListsEqual(left, right);
  return isObject(left) && isObject(right) && areObjectsEqual(left, right);
}

const areListsEqual = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((item, position) => isEqual(item, right[position]));

function areObjectsEqual(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  );
}

/**
 * True when no two items are equal. Time is linear in the size of the list: items that are no primitives are
 * compared by a text that equal ones share. A list that is nested deeper than `maxDepth` is not unique.
 */
export function areUnique(items: readonly unknown[]): boolean {
  if (items.length < 2) return true;
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = typeof item === "object" && item !== null ? canonicalText(item, 0) : item;
    // A string cannot be taken for the text of an object or an array.
    const entry = typeof item === "string" ? `"${item}` : key;
    if (entry === undefined || seen.has(entry)) return false;
    seen.add(entry);
  }
  return true;
}

/** JSON with sorted property names; undefined when it is nested too deeply. */
function canonicalText(value: unknown, depth: number): string | undefined {
  if (depth > maxDepth) return undefined;
  if (isArray(value))
    return joined(
      value.map((item) => canonicalText(item, depth + 1)),
      "[]",
    );
  // Adding 0 makes -0 and 0 the same.
  if (!isObject(value)) return typeof value === "number" ? String(value + 0) : JSON.stringify(value);
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    const text = canonicalText(value[name], depth + 1);
    return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
  });
  return joined(members, "{}");
}

const joined = (parts: readonly (string | undefined)[], [open, close]: string): string | undefined =>
  parts.includes(undefined) ? undefined : `${open}${parts.join(",")}${close}`;
