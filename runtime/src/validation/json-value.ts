/** Questions about a value as `JSON.parse` gives it. A property that is undefined counts as absent. */

export type JsonKind = "null" | "boolean" | "number" | "string" | "array" | "object";

export type JsonObject = { readonly [name: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The JSON type of a value; undefined for what JSON does not have. */
export function kindOf(value: unknown): JsonKind | undefined {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const kind = typeof value;
  if (kind === "number" && !Number.isFinite(value)) return undefined;
  return kind === "boolean" || kind === "number" || kind === "string" || kind === "object" ? kind : undefined;
}

/** An own property; undefined when the value has none of that name or is no object. */
export const propertyOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const hasProperty = (value: unknown, name: string): boolean => propertyOf(value, name) !== undefined;

/** How many properties an object has, without making a list of them. */
export function propertyCount(value: JsonObject): number {
  let count = 0;
  for (const name in value) if (value[name] !== undefined) count += 1;
  return count;
}

/** Length in Unicode code points, which is what JSON Schema counts (RFC 8259 §8.2: a lone surrogate is one). */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    at += 1;
  }
  return count;
}
