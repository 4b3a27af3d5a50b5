import type { Json, JsonSchema } from "../../spec/spec.js";
import { isNote } from "../keywords.js";
import { isRecord } from "../pointer.js";

/** How a sample is made. */
export interface SampleContext {
  /** The schema that a reference leads to, with the root that its own references start from. */
  readonly follow: (ref: string, root: JsonSchema) => { schema: JsonSchema; root: JsonSchema } | undefined;
  /** Which alternative of `oneOf` and `anyOf`, and how long a text: what is tried when the first does not fit. */
  readonly attempt: number;
}

/** Where the making of a sample is. */
export interface Place extends SampleContext {
  readonly root: JsonSchema;
  readonly depth: number;
}

/** A value for a schema. */
export interface Sample {
  readonly value: Json;
  /** The value is valid for sure; otherwise it is to be checked. */
  readonly isCertain: boolean;
}

export type Keywords = { readonly [keyword: string]: Json };

/** Deeper than this no sample is made: the schema refers to itself, or nobody would read it. */
export const maxDepth = 12;

/** Keywords that samples are made by; another one makes a sample uncertain. */
const heeded: ReadonlySet<string> = new Set([
  ...["const", "enum", "$ref", "type", "format", "pattern", "minLength", "maxLength"],
  ...["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"],
  ...["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  ...["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
]);

export const isHeeded = (schema: Keywords): boolean =>
  Object.keys(schema).every((keyword) => heeded.has(keyword) || isNote(keyword));

/** Whether a schema says nothing but this. */
export const saysOnly = (schema: Keywords, ...keywords: readonly string[]): boolean =>
  Object.keys(schema).every((keyword) => keywords.includes(keyword) || isNote(keyword));

export const recordOf = (value: Json | undefined): Keywords => (isRecord(value) ? value : {});

export const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

export const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;
