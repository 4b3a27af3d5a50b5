import type { FormatSchema } from "./format-schema.js";
import type { Json } from "./spec.js";

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

/** A keyword with its purpose for editors and documents, and a value if the format does not suggest one. */
const described = (description: string, format: FormatSchema, example?: Json): FormatSchema => ({
  description,
  ...format,
  ...(example !== undefined && { examples: [example] }),
});

const text: FormatSchema = { type: "string" };
const number: FormatSchema = { type: "number" };
const boolean: FormatSchema = { type: "boolean" };
const note = "a note without effect.";

const keywords: Readonly<Record<string, FormatSchema>> = {
  $ref: described(
    "`#/schemas/Name`: a shared schema; `./schemas/user.yaml#/User`: a schema of another file; `#/$defs/Name`, `#`: within this schema.",
    text,
    "#/schemas/Person",
  ),
  $anchor: described(
    "`$ref: '#name'` within this schema refers to it.",
    { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9._-]*$" },
    "name",
  ),
  $defs: described("Local schemas, for `$ref: '#/$defs/Name'`.", schemaMap, { Line: { type: "string" } }),
  $schema: described("The version of JSON Schema. It may be left out.", {
    type: "string",
    enum: ["https://json-schema.org/draft/2020-12/schema"],
  }),
  $comment: described(`For readers of the spec: ${note}`, text, "As in the old protocol."),
  title: described("Goes into the doc comment of the type, before the description.", text, "A person"),
  description: described("Goes into the doc comment of the type.", text, "A person in a room."),
  default: described("The value of a property that a request or a handshake leaves out.", anything, 20),
  examples: described("Values for the doc comment of the type.", { type: "array" }, ["ann"]),
  deprecated: described("Marks the member as deprecated in types and documents.", boolean),
  readOnly: described(`Only the server changes it: ${note}`, boolean),
  writeOnly: described(`Only clients send it: ${note}`, boolean),
  type: {
    title: `one of ${types.join(", ")}, or a list of these`,
    description: "The type of the value, or a list of types.",
    anyOf: [{ enum: types }, { type: "array", minItems: 1, uniqueItems: true, items: { enum: types } }],
  },
  nullable: described(
    "`true` beside `type`: null is valid, too, as with `type: [string, 'null']`.",
    boolean,
    true,
  ),
  const: described("The only valid value.", anything, "pong"),
  enum: described("The valid values.", { type: "array", minItems: 1, uniqueItems: true }, ["low", "high"]),
  multipleOf: described(
    "The number is a multiple of this one.",
    { type: "number", exclusiveMinimum: 0 },
    0.5,
  ),
  maximum: described("The largest number.", number, 100),
  exclusiveMaximum: described("The number is smaller than this one.", number, 100),
  minimum: described("The smallest number.", number, 1),
  exclusiveMinimum: described("The number is larger than this one.", number, 0),
  maxLength: described("The most characters of a string.", amount, 200),
  minLength: described("The fewest characters of a string.", amount, 1),
  pattern: described("A regular expression (ECMA-262, with the u flag).", text, "^[a-z]+$"),
  "x-trusted-pattern": described(
    "Declares that `pattern` is fast on strings of at most `maxLength`, although wsgen cannot prove it.",
    boolean,
    true,
  ),
  format: described("The format of a string.", { enum: formatNames }, "date-time"),
  maxItems: described("The most items of a list.", amount, 50),
  minItems: described("The fewest items of a list.", amount, 1),
  uniqueItems: described("With `true`, no two items of a list are equal.", boolean, true),
  maxContains: described("The most items that match `contains`.", amount, 3),
  minContains: described("The fewest items that match `contains`; 1 if it is left out.", amount, 1),
  maxProperties: described("The most members of an object.", amount, 20),
  minProperties: described("The fewest members of an object.", amount, 1),
  required: described("The members that an object must have.", names, ["text"]),
  dependentRequired: described(
    "Members that must be there if another one is.",
    { type: "object", additionalProperties: names },
    { card: ["address"] },
  ),
  prefixItems: described("The schemas of a tuple's first items.", schemaList, [
    { type: "number" },
    { type: "string" },
  ]),
  items: described("The schema of all (further) items.", schema, { type: "string" }),
  contains: described("At least one item of a list matches this schema.", schema, { const: "owner" }),
  properties: described("The schemas of the members of an object.", schemaMap, { text: { type: "string" } }),
  patternProperties: described("The schemas of members whose names match a regular expression.", schemaMap, {
    "^x-": { type: "string" },
  }),
  additionalProperties: described("The schema of all other members; `false` allows none.", schema, false),
  propertyNames: described("The schema of the names of an object's members.", schema, { maxLength: 40 }),
  dependentSchemas: described("Schemas for the object if a member is there.", schemaMap, {
    card: { required: ["address"] },
  }),
  if: described("If the value matches this schema, `then` must match; otherwise `else`.", schema, {
    required: ["card"],
  }),
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: described("See `if`.", schema, { required: ["address"] }),
  else: described("See `if`.", schema, { required: ["account"] }),
  allOf: described("The value matches all of these schemas.", schemaList, [
    { $ref: "#/schemas/Person" },
    { required: ["mail"] },
  ]),
  anyOf: described("The value matches at least one of these schemas.", schemaList, [
    { $ref: "#/schemas/Person" },
    { type: "null" },
  ]),
  oneOf: described("The value matches exactly one of these schemas.", schemaList, [
    { $ref: "#/schemas/Circle" },
    { $ref: "#/schemas/Square" },
  ]),
  not: described("The value does not match this schema.", schema, { const: "" }),
  unevaluatedItems: described("The schema of the items that no other keyword has checked.", schema, false),
  unevaluatedProperties: described(
    "The schema of the members that no other keyword has checked; `false` allows none.",
    schema,
    false,
  ),
  contentEncoding: described(
    "`base64` beside `type: string`: bytes, a `Uint8Array` in code, base64 in JSON. Any other value is a comment.",
    text,
    "base64",
  ),
  contentMediaType: described("The kind of data in a string: a comment in the types.", text, "image/png"),
  contentSchema: described(`The schema of the data in a string: ${note}`, schema, { type: "object" }),
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
