import type { Unit } from "./quantity.js";
import type { Json } from "./spec.js";

/**
 * The part of JSON Schema in which the format of the spec is written. The same value is shipped to editors and
 * interpreted by `check-shape.ts`, so what an editor accepts and what wsgen accepts is one thing.
 */
export interface FormatSchema {
  /** What the value is, as a noun phrase: messages say "expected <title>". */
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: Json;
  /** Texts, unless `type` says otherwise. */
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
  readonly items?: FormatSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  /** Alternatives that the type of a value tells apart; only scalars may have several of one type. */
  readonly anyOf?: readonly FormatSchema[];
  /** `#/definitions/<name>` */
  readonly $ref?: `#/definitions/${string}`;
  /** A text is a quantity in this unit; the first alternative is its range as a number. */
  readonly "x-unit"?: Unit;
}

export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";
