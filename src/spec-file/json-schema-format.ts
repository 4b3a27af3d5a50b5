import type { FormatSchema } from "./format-schema.js";

/**
 * The JSON Schemas that a spec may contain: draft 2020-12 written as one format, without keywords that name another
 * document (`$id`, `$dynamicRef`, `$vocabulary`). An unknown keyword is refused, not ignored: a misspelt `maxLenght`
 * would silently check nothing. `x-…` is allowed.
 */
const schema: FormatSchema = { $ref: "#/definitions/jsonSchema" };
const schemaMap: FormatSchema = { type: "object", additionalProperties: schema };
const schemaList: FormatSchema = { type: "array", minItems: 1, items: schema };
const amount: FormatSchema = { type: "integer", minimum: 0 };
const names: FormatSchema = { type: "array", items: { type: "string" }, uniqueItems: true };
const anything: FormatSchema = {};

const types = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;

/** The formats that the validators know. */
export const formatNames = [
  "date-time",
  "date",
  "time",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uri-reference",
  "uri-template",
  "uuid",
  "json-pointer",
  "relative-json-pointer",
  "regex",
] as const;

const described = (description: string, format: FormatSchema): FormatSchema => ({ description, ...format });

const keywords: Readonly<Record<string, FormatSchema>> = {
  $ref: described(
    "`#/schemas/Name`: a shared schema; `./schemas/user.yaml#/User`: a schema of another file; `#/$defs/Name`, `#`: within this schema.",
    {
      type: "string",
    },
  ),
  $anchor: described("`$ref: '#name'` within this schema refers to it.", {
    type: "string",
    pattern: "^[A-Za-z_][A-Za-z0-9._-]*$",
  }),
  $defs: described("Local schemas.", schemaMap),
  $schema: { type: "string", enum: ["https://json-schema.org/draft/2020-12/schema"] },
  $comment: { type: "string" },
  title: { type: "string" },
  description: described("Goes into the doc comment of the type.", { type: "string" }),
  default: anything,
  examples: { type: "array" },
  deprecated: { type: "boolean" },
  readOnly: { type: "boolean" },
  writeOnly: { type: "boolean" },
  type: {
    title: `one of ${types.join(", ")}, or a list of these`,
    anyOf: [{ enum: types }, { type: "array", minItems: 1, uniqueItems: true, items: { enum: types } }],
  },
  nullable: described("`true` beside `type`: null is valid, too, as with `type: [string, 'null']`.", {
    type: "boolean",
  }),
  const: anything,
  enum: { type: "array", minItems: 1, uniqueItems: true },
  multipleOf: { type: "number", exclusiveMinimum: 0 },
  maximum: { type: "number" },
  exclusiveMaximum: { type: "number" },
  minimum: { type: "number" },
  exclusiveMinimum: { type: "number" },
  maxLength: amount,
  minLength: amount,
  pattern: described("A regular expression (ECMA-262, with the u flag).", { type: "string" }),
  "x-trusted-pattern": described(
    "Declares that `pattern` is fast on strings of at most `maxLength`, although wsgen cannot prove it.",
    { type: "boolean" },
  ),
  format: { enum: formatNames },
  maxItems: amount,
  minItems: amount,
  uniqueItems: { type: "boolean" },
  maxContains: amount,
  minContains: amount,
  maxProperties: amount,
  minProperties: amount,
  required: described("The required members.", names),
  dependentRequired: { type: "object", additionalProperties: names },
  prefixItems: described("The schemas of a tuple's first items.", schemaList),
  items: described("The schema of all (further) items.", schema),
  contains: schema,
  properties: described("The schemas of the members.", schemaMap),
  patternProperties: schemaMap,
  additionalProperties: described("The schema of all other members; `false` allows none.", schema),
  propertyNames: schema,
  dependentSchemas: schemaMap,
  if: schema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: schema,
  else: schema,
  allOf: schemaList,
  anyOf: schemaList,
  oneOf: schemaList,
  not: schema,
  unevaluatedItems: schema,
  unevaluatedProperties: schema,
  contentEncoding: described(
    "`base64` beside `type: string`: bytes, a `Uint8Array` in code, base64 in JSON. Any other value is a comment.",
    { type: "string" },
  ),
  contentMediaType: { type: "string" },
  contentSchema: schema,
};

export const jsonSchemaFormat: FormatSchema = {
  title: "a JSON Schema (2020-12)",
  anyOf: [
    { type: "boolean" },
    {
      type: "object",
      properties: keywords,
      patternProperties: { "^x-": anything },
      additionalProperties: false,
    },
  ],
};

/** The fixes for keywords of other drafts and dialects. */
export const replacedKeywords: Readonly<Record<string, string>> = {
  definitions: "Write `$defs`, which replaces it in 2020-12.",
  dependencies: "Write `dependentRequired` or `dependentSchemas`.",
  additionalItems: "Write `prefixItems` for the first items and `items` for the others.",
  example: "Write `examples`, with a list.",
  discriminator: "Write `oneOf` with a `const` member in each alternative.",
  id: "Remove it; shared schemas belong below `schemas:`.",
  $id: "Remove it; shared schemas belong below `schemas:`.",
  $dynamicRef: "Use `$ref`.",
  $dynamicAnchor: "Use `$anchor`.",
  $recursiveRef: "Use `$ref`.",
};

/** How a keyword contains schemas: one, a list of them, or some by name; undefined for other keywords. */
export function readSchemaForm(keyword: string): "one" | "list" | "named" | undefined {
  const format = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
  const isOne = (inner: FormatSchema | false | undefined): boolean =>
    typeof inner === "object" && inner.$ref === schema.$ref;
  if (isOne(format)) return "one";
  if (isOne(format?.items)) return "list";
  return isOne(format?.additionalProperties) ? "named" : undefined;
}
