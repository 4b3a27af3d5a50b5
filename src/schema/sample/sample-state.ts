import { toRecord } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { isNote, type Keywords, readList } from "../keywords.js";
import type { Follow } from "../reference.js";

/** How a sample is made. */
export interface SampleContext {
  readonly follow: Follow;
  /** Selects the alternative of `oneOf` and `anyOf` and the length of strings; 0 for the first attempt. */
  readonly attempt: number;
}

/** The place in the schema for which a sample is made. */
export interface SampleState extends SampleContext {
  readonly root: JsonSchema;
  readonly depth: number;
}

/** A value for a schema. */
export interface Sample {
  readonly value: Json;
  /** Whether the value is certainly valid. Otherwise it must be checked. */
  readonly isCertain: boolean;
}

/** Deeper than this no sample is made: the schema refers to itself, or the sample would be too long to read. */
export const maxDepth = 12;

/** The keywords that samples follow. Any other keyword makes a sample uncertain. */
const sampledKeywords: ReadonlySet<string> = new Set([
  ...["const", "enum", "$ref", "type", "format", "pattern", "minLength", "maxLength", "contentEncoding"],
  ...["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"],
  ...["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  ...["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
]);

const hasOnlySampledKeywords = (schema: Keywords): boolean =>
  Object.keys(schema).every((keyword) => sampledKeywords.has(keyword) || isNote(keyword));

/** Whether a schema has no other rules than these keywords. */
export const hasOnly = (schema: Keywords, ...keywords: readonly string[]): boolean =>
  Object.keys(schema).every((keyword) => keywords.includes(keyword) || isNote(keyword));

export const readNumber = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

/** One schema in place of several that apply together. */
interface Merged {
  readonly schema: Keywords;
  /** Its references start here. */
  readonly place: SampleState;
  readonly isCertain: boolean;
}

/** Merges into a schema its reference, its `allOf`, and one alternative of each of its unions. */
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

/** Merges two schemas that both apply. If both have a keyword, the second one counts. */
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
