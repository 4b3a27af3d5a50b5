import { isRecord, isSchema, toRecord } from "../spec-file/json.js";
import type { Json, JsonObject, JsonSchema } from "../spec-file/spec.js";

/** A schema that is not `true` or `false`. */
export type Keywords = { readonly [keyword: string]: Json };

/** The keywords of JSON Schema 2020-12 that a spec may use: which of them contain schemas, and which restrict values. */

const words = (text: string): readonly string[] => text.split(" ");

/** Keywords that contain one schema. */
export const holdsSchema: ReadonlySet<string> = new Set([
  ...words("additionalProperties contains contentSchema else if items not propertyNames then"),
  ...words("unevaluatedItems unevaluatedProperties"),
]);

/** Keywords that contain a list of schemas. */
export const holdsList: ReadonlySet<string> = new Set(words("allOf anyOf oneOf prefixItems"));

/** Keywords that contain schemas by name. */
export const holdsMap: ReadonlySet<string> = new Set(
  words("$defs dependentSchemas patternProperties properties"),
);

/** Keywords whose schemas apply to the same value, not to a part of it. */
export const sameValue: ReadonlySet<string> = new Set(
  words("allOf anyOf oneOf not if then else dependentSchemas"),
);

const notes: ReadonlySet<string> = new Set([
  ...words("$anchor $comment $defs $schema contentMediaType contentSchema default deprecated"),
  // `nullable` became a part of `type` when the spec was read.
  ...words("description examples nullable readOnly title writeOnly"),
]);

/** Whether a keyword restricts no values: it describes, or contains schemas to refer to. */
export const isNote = (keyword: string): boolean => notes.has(keyword) || keyword.startsWith("x-");

const assertions: ReadonlySet<string> = new Set([
  ...[...holdsSchema, ...holdsList, ...holdsMap].filter((keyword) => !isNote(keyword)),
  ...words("$ref type const enum pattern format minLength maxLength required dependentRequired"),
  ...words("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minProperties maxProperties"),
  ...words("minItems maxItems uniqueItems minContains maxContains contentEncoding"),
]);

/** Whether a keyword restricts values. */
export const isAssertion = (keyword: string): boolean => assertions.has(keyword);

/** All of them. */
export const keywords: readonly string[] = [...assertions, ...notes];

/** Whether the strings of a schema are bytes: base64 in JSON. Any other `contentEncoding` is only a note. */
export const isBytesSchema = ({ type, contentEncoding }: Keywords): boolean =>
  contentEncoding === "base64" && [type].flat().includes("string");

/** The fewest bytes whose base64 has this number of characters: `minLength` of bytes. */
export const readLeastBytes = (minLength: number): number => Math.max(0, 3 * Math.ceil(minLength / 4) - 2);

/** The most bytes whose base64 has this number of characters: `maxLength` of bytes. */
export const readMostBytes = (maxLength: number): number => 3 * Math.floor(maxLength / 4);

/** The items of a keyword's list; empty if the value is not a list. */
export const readList = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/** The strings in the list of a keyword such as `required`. */
export const readStrings = (value: Json | undefined): readonly string[] =>
  readList(value).filter((item) => typeof item === "string");

/** The schemas in the list of a keyword such as `allOf`. */
export const readSchemas = (value: Json | undefined): readonly JsonSchema[] =>
  readList(value).filter(isSchema);

/** The schemas of a keyword such as `properties`, by name. */
export const readNamedSchemas = (value: Json | undefined): readonly (readonly [string, JsonSchema])[] =>
  Object.entries(toRecord(value)).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]));

/** A schema within a schema, and how it is reached. */
interface Subschema {
  readonly keyword: string;
  readonly tokens: readonly string[];
  readonly schema: JsonSchema;
}

/** The schemas directly within a schema, in the order in which they are written. */
export function subschemas(schema: JsonSchema): readonly Subschema[] {
  if (typeof schema !== "object") return [];
  return Object.entries(schema).flatMap(([keyword, value]): readonly Subschema[] => {
    if (holdsSchema.has(keyword))
      return isSchema(value) ? [{ keyword, tokens: [keyword], schema: value }] : [];
    const hasParts = holdsList.has(keyword) ? Array.isArray(value) : holdsMap.has(keyword) && isRecord(value);
    const parts = hasParts ? Object.entries(value as JsonObject) : [];
    return parts.flatMap(([key, child]) =>
      isSchema(child) ? [{ keyword, tokens: [keyword, key], schema: child }] : [],
    );
  });
}

/** A schema as part of a whole one. */
interface SchemaPart {
  readonly schema: JsonSchema;
  readonly tokens: readonly string[];
  /** How many schemas it is within. */
  readonly depth: number;
}

/** A schema and all schemas within it, in the order of the text. */
export function* schemasIn(root: JsonSchema): Generator<SchemaPart, undefined> {
  const open: SchemaPart[] = [{ schema: root, tokens: [], depth: 0 }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    yield part;
    for (const { schema, tokens } of subschemas(part.schema).toReversed()) {
      open.push({ schema, tokens: [...part.tokens, ...tokens], depth: part.depth + 1 });
    }
  }
}

/** Whether tokens lead from a schema to a schema: `properties`, `a`, `items`. */
export function leadToSchema(tokens: readonly string[]): boolean {
  const [keyword, name, ...rest] = tokens;
  if (keyword === undefined) return true;
  if (holdsSchema.has(keyword)) return leadToSchema(tokens.slice(1));
  return (holdsList.has(keyword) || holdsMap.has(keyword)) && name !== undefined && leadToSchema(rest);
}

/** True for a value of one of the types that `type` names. */
export function hasKind(value: Json, kinds: readonly string[]): boolean {
  if (value === null) return kinds.includes("null");
  if (Array.isArray(value)) return kinds.includes("array");
  if (typeof value !== "number") return kinds.includes(typeof value);
  return kinds.includes("number") || (kinds.includes("integer") && Number.isInteger(value));
}
