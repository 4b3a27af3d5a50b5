import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { formatNames } from "./json-schema-format.js";
import { jsonObject } from "./source-tree.js";
import type { Json, JsonObject, JsonSchema } from "./spec.js";

/**
 * The JSON Schema of an object from fields in shorthand: `text:string` (required), `count:integer?` or `count?:integer` (may be
 * absent), `tags:string[]` (a list), `sentAt:date-time` (a format), `level:low|high` (one of these strings),
 * `from:Person` (a shared schema). Errors: `invalid-value`, one for each invalid field.
 */
export function parseFields(fields: readonly string[]): Outcome<JsonSchema> {
  const diagnostics: Diagnostic[] = [];
  const properties = new Map<string, Json>();
  const required: string[] = [];
  for (const text of fields) {
    const field = parseField(text);
    if ("problem" in field) diagnostics.push(reportField(text, field.problem));
    else if (properties.has(field.name))
      diagnostics.push(reportField(text, `the name '${field.name}' is already used`));
    else {
      properties.set(field.name, field.schema);
      if (field.isRequired) required.push(field.name);
    }
  }
  if (diagnostics.length > 0) return failed(diagnostics);
  const schema = {
    type: "object",
    ...(required.length > 0 && { required }),
    properties: jsonObject(properties),
  };
  return { value: schema, diagnostics };
}

type Field =
  | { readonly name: string; readonly schema: Json; readonly isRequired: boolean }
  | { readonly problem: string };

function parseField(text: string): Field {
  const colon = text.indexOf(":");
  if (colon === -1) return { problem: "it has no ':' between name and type" };
  const isOptional = text[colon - 1] === "?";
  const name = text.slice(0, isOptional ? colon - 1 : colon);
  if (name === "" || /[\s\u0000-\u001f]/.test(name))
    return { problem: "its name is empty or contains blanks" };
  const type = text.slice(colon + 1).replace(/\?$/, "");
  const schema = parseType(type);
  return typeof schema === "string"
    ? { problem: schema }
    : { name, schema, isRequired: !isOptional && !text.endsWith("?") };
}

const types = ["string", "integer", "number", "boolean", "object", "array", "null"];

/** The schema of a type, or the problem with it. */
function parseType(type: string): JsonObject | string {
  if (type.endsWith("[][][][][]")) return "lists of lists of lists of lists of lists are not supported";
  if (type.endsWith("[]")) {
    const items = parseType(type.slice(0, -2));
    return typeof items === "string" ? items : { type: "array", items };
  }
  if (type.includes("|")) {
    const choices = type.split("|");
    const isDistinct = new Set(choices).size === choices.length;
    return choices.includes("") || !isDistinct
      ? `the choices '${type}' are empty or repeated`
      : { enum: choices };
  }
  if (types.includes(type)) return { type };
  if ((formatNames as readonly string[]).includes(type)) return { type: "string", format: type };
  if (type === "any") return {};
  if (/^[A-Z][A-Za-z0-9]*$/.test(type)) return { $ref: `#/schemas/${type}` };
  return `unknown type '${type}'${didYouMean(suggest(type, [...types, ...formatNames, "any"]))}`;
}

const reportField = (field: string, reason: string): Diagnostic =>
  problem("invalid-value", {
    message: `The field '${field}' is invalid: ${reason}${/[?.]$/.test(reason) ? "" : "."}`,
    fix: "Write `name:type`, such as `text:string`, `count:integer?`, `tags:string[]`, `sentAt:date-time`, `level:low|high` or `from:Person`.",
  });
