/** The rules of a schema that a TypeScript type cannot express, as sentences for its doc comment. */

import { isRecord, toRecord } from "../spec-file/json.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";
import { literal } from "./encode.js";
import { isBytesSchema, type Keywords, readLeastBytes, readList, readMostBytes } from "./keywords.js";

/** The lines of a schema's doc comment: what its author wrote, then its constraints, then the tags. */
export function schemaDoc(schema: JsonSchema): readonly string[] {
  if (typeof schema !== "object") return [];
  const written = [readText(schema, "title"), readText(schema, "description")].filter((text) => text !== "");
  const notes = constraintNotes(schema);
  const tags = docTags(schema);
  const head = [...new Set(written), ...(notes === "" ? [] : [notes])];
  return head.length > 1 && tags.length > 0 ? [...head, "", ...tags] : [...head, ...tags];
}

const readText = (schema: Keywords, keyword: string): string => {
  const text = schema[keyword];
  return typeof text === "string" ? text.trim() : "";
};

/** One line: "1–500 characters; format `date-time`." Empty without rules. */
export function constraintNotes(schema: Keywords): string {
  const text = ownNotes(schema).concat(innerNotes(schema)).join("; ");
  return text === "" ? "" : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** The rules for the items of a list and the values of a map, which have no doc comment of their own. */
function innerNotes(schema: Keywords): readonly string[] {
  return (["items", "additionalProperties"] as const).flatMap((keyword) => {
    const notes = ownNotes(toRecord(schema[keyword]));
    return notes.length === 0 ? [] : [`each ${keyword === "items" ? "item" : "value"}: ${notes.join(", ")}`];
  });
}

function ownNotes(schema: Keywords): readonly string[] {
  return [
    ...numberNotes(schema),
    ...(isBytesSchema(schema)
      ? rangeNotes(toByteLimits(schema), { low: "minBytes", high: "maxBytes", unit: ["byte", "bytes"] })
      : rangeNotes(schema, { low: "minLength", high: "maxLength", unit: ["character", "characters"] })),
    ...patternNotes(schema),
    ...(schema.prefixItems === undefined ? rangeNotes(schema, itemRange) : []),
    ...(schema.uniqueItems === true ? ["no two items equal"] : []),
    ...rangeNotes(schema, { low: "minProperties", high: "maxProperties", unit: ["property", "properties"] }),
    ...checkedNotes(schema),
  ];
}

function numberNotes(schema: Keywords): readonly string[] {
  const bounds = [
    bound(schema, "minimum", "at least"),
    bound(schema, "exclusiveMinimum", "more than"),
    bound(schema, "maximum", "at most"),
    bound(schema, "exclusiveMaximum", "less than"),
    bound(schema, "multipleOf", "a multiple of"),
  ].filter((note) => note !== undefined);
  const type = schema.type;
  const isInteger =
    type === "integer" || (Array.isArray(type) && type.includes("integer") && !type.includes("number"));
  return isInteger ? [["an integer", ...bounds].join(", ")] : bounds.length > 0 ? [bounds.join(", ")] : [];
}

function bound(schema: Keywords, keyword: string, phrase: string): string | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? `${phrase} ${value}` : undefined;
}

interface Range {
  readonly low: string;
  readonly high: string;
  readonly unit: readonly [singular: string, plural: string];
}

const itemRange: Range = { low: "minItems", high: "maxItems", unit: ["item", "items"] };

function rangeNotes(schema: Keywords, range: Range): readonly string[] {
  const low = schema[range.low];
  const high = schema[range.high];
  const unit = (count: number): string => `${count} ${range.unit[count === 1 ? 0 : 1]}`;
  if (typeof high !== "number") return typeof low === "number" && low > 0 ? [`at least ${unit(low)}`] : [];
  if (typeof low !== "number" || low === 0) return [`at most ${unit(high)}`];
  return [low === high ? `exactly ${unit(high)}` : `${low}–${unit(high)}`];
}

function patternNotes(schema: Keywords): readonly string[] {
  const notes: string[] = [];
  if (typeof schema.format === "string") notes.push(`format \`${schema.format}\``);
  if (typeof schema.pattern === "string") notes.push(`matches \`${schema.pattern}\``);
  if (typeof schema.contentMediaType === "string") notes.push(`holds ${schema.contentMediaType}`);
  if (isBytesSchema(schema)) notes.push("base64 in JSON");
  else if (typeof schema.contentEncoding === "string") notes.push(`encoded as ${schema.contentEncoding}`);
  return notes;
}

/** The limits of the base64, in bytes. */
const toByteLimits = ({ minLength, maxLength }: Keywords): Keywords => ({
  ...(typeof minLength === "number" && { minBytes: readLeastBytes(minLength) }),
  ...(typeof maxLength === "number" && { maxBytes: readMostBytes(maxLength) }),
});

/** Keywords that only the validator can check. */
const checkedKeywords = [
  "propertyNames",
  "contains",
  "not",
  "if",
  "dependentRequired",
  "dependentSchemas",
  "unevaluatedItems",
  "unevaluatedProperties",
];

function checkedNotes(schema: Keywords): readonly string[] {
  const patterns = Object.keys(toRecord(schema.patternProperties));
  const names = patterns.map((pattern) => `\`${pattern}\``).join(" or ");
  const named = patterns.length === 0 ? [] : [`further rules for names like ${names}`];
  const found = checkedKeywords.filter((keyword) => schema[keyword] !== undefined);
  return found.length === 0
    ? named
    : [...named, `further rules: ${found.map((keyword) => `\`${keyword}\``).join(", ")}`];
}

/** A default or an example longer than this many characters is left out. */
const longestExample = 200;

function docTags(schema: Keywords): readonly string[] {
  return [
    ...(schema.default === undefined ? [] : valueTag("@default", schema.default)),
    ...readList(schema.examples).flatMap((example) => valueTag("@example", example)),
    ...(schema.deprecated === true ? ["@deprecated"] : []),
  ];
}

function valueTag(tag: string, value: Json): readonly string[] {
  const text = isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : literal(value);
  return text.length > longestExample ? [] : [`${tag} ${text}`];
}
