import { didYouMean, suggest } from "../diagnostics/suggest.js";
import type { FormatSchema, JsonType } from "./format-schema.js";
import type { ScalarNode, SourceNode } from "./source-tree.js";
import { printInline } from "./yaml-text.js";

type Scalar = ScalarNode["value"];

/** A problem with a value of the right type, as the rest of a sentence. */
export interface ValueProblem {
  readonly message: string;
  readonly fix: string;
}

/** Whether a value has one of the format's types. An `enum` means a string. */
export function hasType(node: SourceNode, format: FormatSchema): boolean {
  const types = readTypes(format);
  if (types.length === 0) return true;
  if (node.kind === "map") return types.includes("object");
  if (node.kind === "list") return types.includes("array");
  const { value } = node;
  if (value === null) return types.includes("null");
  if (typeof value !== "number") return types.includes(typeof value as JsonType);
  return types.includes("number") || (types.includes("integer") && Number.isInteger(value));
}

function readTypes({ type, enum: values }: FormatSchema): readonly JsonType[] {
  if (type === undefined) return values === undefined ? [] : ["string"];
  return typeof type === "string" ? [type] : type;
}

/** Checks the value of a scalar of the right type. */
export function checkScalar(value: Scalar, format: FormatSchema): ValueProblem | undefined {
  if (format.const !== undefined && value !== format.const) return expected(value, format);
  if (typeof value === "number" && format.enum?.includes(value) === false) return expected(value, format);
  if (typeof value === "number") return isInRange(value, format) ? undefined : expected(value, format);
  if (typeof value !== "string") return undefined;
  if (format.enum && !format.enum.includes(value)) {
    const suggestion = suggest(value, format.enum.map(String));
    if (suggestion === undefined) return expected(value, format);
    return { ...expected(value, format, didYouMean(suggestion)), fix: `Write '${suggestion}'.` };
  }
  if (value.length < (format.minLength ?? 0))
    return { message: "must not be empty.", fix: `Write ${describeFormat(format)}.` };
  if (value.length > (format.maxLength ?? Number.POSITIVE_INFINITY)) {
    const message = `must have at most ${format.maxLength} characters, found ${value.length}.`;
    return { message, fix: `Write at most ${format.maxLength} characters.` };
  }
  if (format.pattern !== undefined && !compilePattern(format.pattern).test(value))
    return expected(value, format);
  return undefined;
}

const patterns = new Map<string, RegExp>();

function compilePattern(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
  patterns.set(pattern, known);
  return known;
}

function isInRange(value: number, { minimum, maximum, exclusiveMinimum, type }: FormatSchema): boolean {
  if (type === "integer" && !Number.isInteger(value)) return false;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false;
  return value >= (minimum ?? Number.NEGATIVE_INFINITY) && value <= (maximum ?? Number.POSITIVE_INFINITY);
}

const expected = (value: Scalar, format: FormatSchema, end = "."): ValueProblem => ({
  message: `must be ${describeFormat(format)}, found ${describeScalar(value)}${end}`,
  fix: suggestExample(format) ?? `Write ${describeFormat(format)}.`,
});

/** Describes the values that a format allows, as a noun phrase. */
export function describeFormat(format: FormatSchema): string {
  if (format.title !== undefined) return format.title;
  if (format.enum) return `one of ${format.enum.join(", ")}`;
  const types = readTypes(format).filter((type) => type !== "null");
  const noun = types.map((type) => typeNouns[type]).join(" or ") || "something else";
  return `${noun}${describeRange(format)}`;
}

function describeRange({ minimum, maximum, exclusiveMinimum }: FormatSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  const above = exclusiveMinimum === undefined ? "" : ` above ${exclusiveMinimum}`;
  return maximum === undefined ? above : `${above} up to ${maximum}`;
}

const typeNouns: Readonly<Record<JsonType, string>> = {
  null: "null",
  boolean: "true or false",
  integer: "an integer",
  number: "a number",
  string: "a string",
  array: "a list",
  object: "a mapping",
};

/** Describes a value for messages. Long strings are shortened. */
export function describeNode(node: SourceNode): string {
  if (node.kind === "map") return "a mapping";
  return node.kind === "list" ? "a list" : describeScalar(node.value);
}

function describeScalar(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value !== "string") return String(value);
  return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
}

/** The fix for a value of the wrong type. */
export function suggestFix(node: SourceNode, format: FormatSchema): string {
  const types = (format.anyOf ?? [format]).flatMap(readTypes);
  if (node.kind === "scalar") {
    const { value } = node;
    const isNumeric = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
    if (isNumeric && (types.includes("integer") || types.includes("number")))
      return `Write \`${value}\` without quotes.`;
    if (typeof value === "string" && types.includes("boolean")) {
      if (/^(yes|on|y)$/i.test(value)) return "Write `true`, as YAML 1.2 requires.";
      if (/^(no|off|n)$/i.test(value)) return "Write `false`, as YAML 1.2 requires.";
    }
    if (types.includes("array") && /^[\w./:*-]+$/.test(String(value)) && value !== null)
      return `Write it as a list: \`[${value}]\`.`;
    const isText = (one: FormatSchema) =>
      readTypes(one).includes("string") && !checkScalar(String(value), one);
    if (value !== null && typeof value !== "string" && (format.anyOf ?? [format]).some(isText))
      return `Write it in quotes: \`'${value}'\`.`;
  }
  return suggestExample(format) ?? `Write ${describeFormat(format)}.`;
}

function suggestExample({ examples: [example] = [] }: FormatSchema): string | undefined {
  return example === undefined ? undefined : `Write \`${printInline(example)}\`, for example.`;
}
