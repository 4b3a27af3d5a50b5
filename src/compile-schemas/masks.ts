import { formatSamples } from "../schema/sample/sample-scalar.js";
import { escapeToken, isRecord } from "../spec-file/json.js";
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
  ...["date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"].map(
    (format) => [format, formatSamples.get(format) ?? null] as const,
  ),
]);

export const maskNames: readonly string[] = [...samples.keys()];

/** A value without its masks. */
export interface Masked {
  /** The value with samples in place of the masks. */
  readonly value: Json;
  /** The places of the masks, as JSON Pointers. */
  readonly masks: readonly string[];
  readonly unknown: readonly { readonly pointer: string; readonly name: string }[];
}

export function replaceMasks(reply: Json): Masked {
  const masks: string[] = [];
  const unknown: { pointer: string; name: string }[] = [];
  const visit = (value: Json, pointer: string): Json => {
    const name = readMaskName(value);
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

function readMaskName(value: Json): string | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.$any === "string" ? value.$any : undefined;
}
