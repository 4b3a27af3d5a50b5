import { isBytes } from "../conversion.js";
import { maxDepth } from "./problem.js";

/** Tests of a value of `JSON.parse`, or of one with bytes. A property that is undefined counts as absent. */

export type JsonKind = "null" | "boolean" | "number" | "string" | "array" | "object" | "bytes";

export type JsonObject = { readonly [name: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The JSON type of a value, or `bytes`; undefined if JSON has no such type. */
export function kindOf(value: unknown): JsonKind | undefined {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const kind = typeof value;
  if (kind === "number" && !Number.isFinite(value)) return undefined;
  if (ArrayBuffer.isView(value)) return isBytes(value) ? "bytes" : undefined;
  return kind === "boolean" || kind === "number" || kind === "string" || kind === "object" ? kind : undefined;
}

/** An own property; undefined if the value is not an object or does not have it. */
export const propertyOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const hasProperty = (value: unknown, name: string): boolean => propertyOf(value, name) !== undefined;

/** The number of properties of an object, counted without a list. */
export function propertyCount(value: JsonObject): number {
  let count = 0;
  for (const name in value) if (value[name] !== undefined) count += 1;
  return count;
}

/** Length in Unicode code points, as JSON Schema counts it. A lone surrogate is one code point (RFC 8259 §8.2). */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    at += 1;
  }
  return count;
}

/** Equality of JSON Schema (core §4.2.2): numbers by value, objects whatever the order of their properties. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (isArray(left)) return isArray(right) && areListsEqual(left, right);
  if (isBytes(left)) return isBytes(right) && areListsEqual([...left], [...right]);
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
 * True if no two items are equal. Takes linear time: objects and arrays are compared by their canonical text. A list that is
 * nested deeper than `maxDepth` is not unique.
 */
export function areUnique(items: readonly unknown[]): boolean {
  if (items.length < 2) return true;
  const seen = new Set<unknown>();
  for (const item of items) {
    const key = typeof item === "object" && item !== null ? canonicalText(item, 0) : item;
    // The quote separates strings from the text of objects and arrays.
    const entry = typeof item === "string" ? `"${item}` : key;
    if (entry === undefined || seen.has(entry)) return false;
    seen.add(entry);
  }
  return true;
}

/** JSON with sorted property names; undefined if it is nested too deeply. */
function canonicalText(value: unknown, depth: number): string | undefined {
  if (depth > maxDepth) return undefined;
  if (isArray(value))
    return joinTexts(
      value.map((item) => canonicalText(item, depth + 1)),
      "[]",
    );
  if (isBytes(value)) return `bytes ${value.join()}`;
  // Adding 0 makes -0 and 0 the same.
  if (!isObject(value)) return typeof value === "number" ? String(value + 0) : JSON.stringify(value);
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    const text = canonicalText(value[name], depth + 1);
    return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
  });
  return joinTexts(members, "{}");
}

const joinTexts = (parts: readonly (string | undefined)[], [open, close]: string): string | undefined =>
  parts.includes(undefined) ? undefined : `${open}${parts.join(",")}${close}`;

/**
 * True if `value` is an integer times `divisor`, computed exactly in decimal: 19.99 is a multiple of 0.01, although
 * 19.99 / 0.01 is not an integer in binary. False for NaN and the infinities.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  if (!Number.isFinite(value)) return false;
  const left = toDecimal(value);
  const right = toDecimal(divisor);
  const exponent = Math.min(left.exponent, right.exponent);
  return scale(left, exponent) % scale(right, exponent) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  /** The exponent of ten; between -400 and 400 for a finite number. */
  readonly exponent: number;
}

function toDecimal(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

const scale = ({ digits, exponent }: Decimal, to: number): bigint => digits * 10n ** BigInt(exponent - to);
