import { entriesOf, itemsOf, type MapNode, type SourceNode } from "./source-node.js";

const HOLDS_SCHEMA = new Set([
  ...["items", "contains", "additionalProperties", "propertyNames", "if", "then", "else", "not"],
  ...["unevaluatedItems", "unevaluatedProperties", "contentSchema"],
]);
const HOLDS_LIST = new Set(["prefixItems", "allOf", "anyOf", "oneOf"]);
const HOLDS_MAP = new Set(["$defs", "properties", "patternProperties", "dependentSchemas"]);

/** Keywords whose schemas apply to the same value, not to a member or an item of it. */
export const SAME_VALUE: ReadonlySet<string> = new Set([
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"],
]);

/** The schemas directly inside a JSON Schema, each with the keyword that holds it. */
export function* subschemasOf(schema: MapNode): Generator<readonly [string, SourceNode]> {
  for (const [keyword, { node }] of schema.entries) {
    if (HOLDS_SCHEMA.has(keyword)) yield [keyword, node];
    else if (HOLDS_LIST.has(keyword)) for (const item of itemsOf(node)) yield [keyword, item];
    else if (HOLDS_MAP.has(keyword)) for (const [, entry] of entriesOf(node)) yield [keyword, entry.node];
  }
}

/** Whether the tokens of a pointer lead from a schema to a schema: `properties`, `a`, `items`. */
export function isSubschema(tokens: readonly string[]): boolean {
  for (let at = 0; at < tokens.length; at++) {
    const keyword = tokens[at] ?? "";
    if (HOLDS_SCHEMA.has(keyword)) continue;
    if (!HOLDS_LIST.has(keyword) && !HOLDS_MAP.has(keyword)) return false;
    at++;
    if (at === tokens.length) return false;
  }
  return true;
}
