import { escapeToken, isRecord } from "../schema/pointer.js";
import type { Json } from "../spec-file/spec.js";

/**
 * The names for `{ $any: … }` in the reply of an example, each with a value of that kind. The runtime's test kit
 * knows the same names.
 */
const samples: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["value", null],
  ["string", "text"],
  ["number", 1],
  ["integer", 1],
  ["boolean", true],
  ["object", {}],
  ["array", []],
  ["date", "2021-04-22"],
  ["date-time", "2021-04-22T22:00:00Z"],
  ["time", "22:00:00Z"],
  ["duration", "PT30M"],
  ["email", "ann@example.org"],
  ["hostname", "example.org"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uri", "https://example.org/"],
  ["uuid", "123e4567-e89b-42d3-a456-426614174000"],
]);

export const maskNames: readonly string[] = [...samples.keys()];

/** A value without its masks. */
export interface Masked {
  /** The value with samples in place of the masks. */
  readonly value: Json;
  /** Where the masks are, as JSON Pointers. */
  readonly masks: readonly string[];
  readonly unknown: readonly { readonly pointer: string; readonly name: string }[];
}

export function unmask(reply: Json): Masked {
  const masks: string[] = [];
  const unknown: { pointer: string; name: string }[] = [];
  const visit = (value: Json, pointer: string): Json => {
    const name = maskName(value);
    if (name !== undefined) {
      masks.push(pointer);
      if (!samples.has(name)) unknown.push({ pointer, name });
      return samples.get(name) ?? null;
    }
    if (Array.isArray(value)) return value.map((item: Json, index) => visit(item, `${pointer}/${index}`));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, visit(member, `${pointer}/${escapeToken(key)}`)]),
    );
  };
  return { value: visit(reply, ""), masks, unknown };
}

function maskName(value: Json): string | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.$any === "string" ? value.$any : undefined;
}
