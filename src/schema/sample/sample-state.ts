import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { isNote, type Keywords, readList } from "../keywords.js";
import { toRecord } from "../pointer.js";

/** How a sample is made. */
export interface SampleContext {
  /** The schema that a reference leads to, with the root that its own references start from. */
  readonly follow: (ref: string, root: JsonSchema) => { schema: JsonSchema; root: JsonSchema } | undefined;
  /** Which alternative of `oneOf` and `anyOf`, and how long a text: what is tried when the first does not fit. */
  readonly attempt: number;
}

/** Where the making of a sample is. */
export interface SampleState extends SampleContext {
  readonly root: JsonSchema;
  readonly depth: number;
}

/** A value for a schema. */
export interface Sample {
  readonly value: Json;
  /** The value is valid for sure; otherwise it is to be checked. */
  readonly isCertain: boolean;
}

/** Deeper than this no sample is made: the schema refers to itself, or the sample would be too long to read. */
export const maxDepth = 12;

/** Keywords that samples are made by; another one makes a sample uncertain. */
const sampledKeywords: ReadonlySet<string> = new Set([
  ...["const", "enum", "$ref", "type", "format", "pattern", "minLength", "maxLength"],
  ...["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"],
  ...["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  ...["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
]);

const hasOnlySampledKeywords = (schema: Keywords): boolean =>
  Object.keys(schema).every((keyword) => sampledKeywords.has(keyword) || isNote(keyword));

/** Whether a schema says nothing but this. */
export const hasOnly = (schema: Keywords, ...keywords: readonly string[]): boolean =>
  Object.keys(schema).every((keyword) => keywords.includes(keyword) || isNote(keyword));

export const readNumber = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

/** One schema in place of several that hold together. */
interface Merged {
  readonly schema: Keywords;
  /** Its references start from here. */
  readonly place: SampleState;
  readonly isCertain: boolean;
}

/** The schema with what its reference, `allOf` and one alternative of each of its unions say put into it. */
export function mergeSchema(schema: Keywords, place: SampleState): Merged | undefined {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let merged: Merged = { schema: own, place, isCertain: hasOnlySampledKeywords(schema) };
  if (typeof $ref === "string") {
    const target = place.follow($ref, place.root);
    const inner = target && mergeInner(target.schema, { ...place, root: target.root });
    if (inner === undefined) return undefined;
    merged = hasOnly(own) ? inner : { ...inner, schema: joinSchemas(inner.schema, own), isCertain: false };
  }
  const chosen = [readList(anyOf), readList(oneOf)].flatMap((list) =>
    list.length === 0 ? [] : [list[place.attempt % list.length]],
  );
  for (const part of [...readList(allOf), ...chosen]) {
    const inner = mergeInner(part as JsonSchema, merged.place);
    if (inner === undefined) return undefined;
    merged = { schema: joinSchemas(merged.schema, inner.schema), place: inner.place, isCertain: false };
  }
  return merged;
}

function mergeInner(schema: JsonSchema, place: SampleState): Merged | undefined {
  if (typeof schema !== "object") return schema ? { schema: {}, place, isCertain: true } : undefined;
  return place.depth > maxDepth ? undefined : mergeSchema(schema, { ...place, depth: place.depth + 1 });
}

/** Two schemas that both hold; where they say different things of one keyword, the second is believed. */
function joinSchemas(one: Keywords, other: Keywords): Keywords {
  const required = [...new Set([...readList(one.required), ...readList(other.required)])];
  const properties = { ...toRecord(one.properties), ...toRecord(other.properties) };
  return {
    ...one,
    ...other,
    ...(required.length > 0 && { required }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}
