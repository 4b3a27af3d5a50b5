import type { Json } from "../spec/spec.js";

/** True for a value of one of the types that `type` names. */
export function hasKind(value: Json, kinds: readonly string[]): boolean {
  if (value === null) return kinds.includes("null");
  if (Array.isArray(value)) return kinds.includes("array");
  if (typeof value !== "number") return kinds.includes(typeof value);
  return kinds.includes("number") || (kinds.includes("integer") && Number.isInteger(value));
}
