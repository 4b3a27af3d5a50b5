import type { JsonSchema } from "../../spec/spec.js";
import { isHeeded, type Keywords, listOf, maxDepth, type Place, recordOf, saysOnly } from "./place.js";

/** One schema in place of several that hold together. */
export interface Merged {
  readonly schema: Keywords;
  /** Its references start from here. */
  readonly place: Place;
  readonly isCertain: boolean;
}

/** The schema with what its reference, `allOf` and one alternative of each of its unions say put into it. */
export function mergeSchema(schema: Keywords, place: Place): Merged | undefined {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  let merged: Merged = { schema: own, place, isCertain: isHeeded(schema) };
  if (typeof $ref === "string") {
    const target = place.follow($ref, place.root);
    const inner = target && inside(target.schema, { ...place, root: target.root });
    if (inner === undefined) return undefined;
    merged = saysOnly(own) ? inner : { ...inner, schema: join(inner.schema, own), isCertain: false };
  }
  const chosen = [listOf(anyOf), listOf(oneOf)].flatMap((list) =>
    list.length === 0 ? [] : [list[place.attempt % list.length]],
  );
  for (const part of [...listOf(allOf), ...chosen]) {
    const inner = inside(part as JsonSchema, merged.place);
    if (inner === undefined) return undefined;
    merged = { schema: join(merged.schema, inner.schema), place: inner.place, isCertain: false };
  }
  return merged;
}

function inside(schema: JsonSchema, place: Place): Merged | undefined {
  if (typeof schema !== "object") return schema ? { schema: {}, place, isCertain: true } : undefined;
  return place.depth > maxDepth ? undefined : mergeSchema(schema, { ...place, depth: place.depth + 1 });
}

/** Two schemas that both hold; where they say different things of one keyword, the second is believed. */
function join(one: Keywords, other: Keywords): Keywords {
  const required = [...new Set([...listOf(one.required), ...listOf(other.required)])];
  const properties = { ...recordOf(one.properties), ...recordOf(other.properties) };
  return {
    ...one,
    ...other,
    ...(required.length > 0 && { required }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}
