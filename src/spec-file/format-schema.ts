import type { Json } from "./spec.js";

/**
 * The part of JSON Schema in which the format of the spec is written. The same value is shipped to editors and
 * interpreted by `check-shape.ts`, so editors and wsgen accept the same.
 */
export interface FormatSchema {
  /** A noun phrase for messages: "must be <title>". */
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: Json;
  /** Strings, unless there is a `type`. */
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, FormatSchema>>;
  readonly patternProperties?: Readonly<Record<string, FormatSchema>>;
  /** Absent: anything. */
  readonly additionalProperties?: false | FormatSchema;
  readonly required?: readonly string[];
  /** Exactly one of these keys must be there. */
  readonly oneOf?: readonly { readonly required: readonly string[] }[];
  readonly items?: FormatSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  /** Alternatives that the type of a value distinguishes; only scalars may have several of one type. */
  readonly anyOf?: readonly FormatSchema[];
  /** `#/definitions/<name>` */
  readonly $ref?: `#/definitions/${string}`;
  /** A string is a quantity in this unit; the first alternative is its range as a number. */
  readonly "x-unit"?: Unit;
}

export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

/** The unit of an option's numbers. */
type Unit = "bytes" | "seconds";

/** The pattern of a size as text: a number with B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (of 1024). */
export const sizePattern = "^[0-9]+(\\.[0-9]+)? ?(B|KB|MB|GB|KiB|MiB|GiB)$";
/** The pattern of a duration as text: a number with ms, s, m or h. */
export const durationPattern = "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h)$";

const factors: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  bytes: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  seconds: { ms: 0.001, s: 1, m: 60, h: 3600 },
};

/** The number of `16KiB` or `500ms` in `unit`; undefined for other strings. */
export function parseQuantity(text: string, unit: Unit): number | undefined {
  const [, amount, suffix] = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = factors[unit][suffix ?? ""];
  if (amount === undefined || factor === undefined) return undefined;
  // 250 * 0.001 is inexact in binary; dividing by the whole inverse is not.
  const value = factor < 1 ? Number(amount) / Math.round(1 / factor) : Number(amount) * factor;
  return Number.isFinite(value) ? value : undefined;
}
