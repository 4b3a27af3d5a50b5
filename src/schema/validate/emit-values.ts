import type { Json } from "../../spec-file/spec.js";
import { literal } from "../encode.js";
import { type Keywords, readLeastBytes, readMostBytes } from "../keywords.js";
import { block, ifElse, type Lines, type ValueLocation } from "./code-lines.js";
import type { Emitter, FunctionScope } from "./function-scope.js";

/** `type`, `const` and `enum`, and the keywords of strings and numbers. */

/** The expression that is true for values of a JSON type; it narrows the value's type if TypeScript can. */
export function printTypeTest(kind: string, value: string, scope: FunctionScope): string {
  if (kind === "null") return `${value} === null`;
  if (kind === "integer") return `typeof ${value} === "number" && Number.isInteger(${value})`;
  // `1e999` is read as Infinity, which JSON cannot write back.
  if (kind === "number") return `typeof ${value} === "number" && Number.isFinite(${value})`;
  if (kind === "array") return `${scope.helper("isArray")}(${value})`;
  if (kind === "object") return `${scope.helper("isObject")}(${value})`;
  if (kind === "bytes") return `${scope.helper("isBytes")}(${value})`;
  return `typeof ${value} === ${literal(kind)}`;
}

/** The expression that is true for values of one of several JSON types. */
export const printTypesTest = (kinds: readonly string[], value: string, scope: FunctionScope): string =>
  kinds.map((kind) => grouped(printTypeTest(kind, value, scope), kinds.length > 1)).join(" || ");

const grouped = (test: string, isOneOfMany: boolean): string =>
  isOneOfMany && test.includes("&&") ? `(${test})` : test;

const articles: Readonly<Record<string, string>> = {
  array: "an array",
  bytes: "bytes (in JSON: base64 with padding)",
  integer: "an integer",
  null: "null",
  object: "an object",
};

export const describeTypes = (kinds: readonly string[]): string =>
  `must be ${kinds.map((kind) => articles[kind] ?? `a ${kind}`).join(" or ")}`;

/** The statement for a value of none of the types. */
export const failType = (kinds: readonly string[], place: ValueLocation, scope: FunctionScope): string =>
  kinds.includes("bytes")
    ? scope.failBytes(place, describeTypes(kinds))
    : scope.fail(place, "type", describeTypes(kinds));

const isSimple = (value: Json): boolean => typeof value !== "object" || value === null;

/** Up to this many constants are compared one by one; more are looked up. */
const comparedOneByOne = 6;

/** The expression that is true for one of the values. */
export function printValuesTest(values: readonly Json[], value: string, scope: FunctionScope): string {
  const simple = values.filter(isSimple);
  const tests = values
    .filter((constant) => !isSimple(constant))
    .map((constant) => {
      return `${scope.helper("isEqual")}(${value}, ${scope.file.constant("constant", literal(constant), "unknown")})`;
    });
  if (simple.length <= comparedOneByOne) {
    return [...simple.map((constant) => `${value} === ${literal(constant)}`), ...tests].join(" || ");
  }
  const set = scope.file.constant("allowed", `new Set<unknown>(${literal(simple)})`);
  return [`${set}.has(${value})`, ...tests].join(" || ");
}

/** The most characters of allowed values in a message. */
const longestList = 120;

export function emitConstants(schema: Keywords, place: ValueLocation, { scope }: Emitter): Lines {
  const check = (keyword: string, start: string, values: readonly Json[]): Lines =>
    ifElse(
      printValuesTest(values, place.value, scope),
      [],
      [scope.fail(place, keyword, listValues(start, values))],
    );
  return [
    ...(schema.const === undefined ? [] : check("const", "must be", [schema.const])),
    ...(Array.isArray(schema.enum) ? check("enum", "must be one of", schema.enum) : []),
  ];
}

function listValues(start: string, values: readonly Json[]): string {
  const list = values.map((value) => JSON.stringify(value)).join(", ");
  return list.length > longestList ? `${start} ${list.slice(0, longestList)}…` : `${start} ${list}`;
}

/** The keywords of strings, for a string. A pattern never runs on a string that is too long. */
export function emitString(schema: Keywords, place: ValueLocation, { scope }: Emitter): Lines {
  const { value } = place;
  const text: string[] = [];
  if (typeof schema.pattern === "string") {
    const pattern = scope.file.constant("pattern", `new RegExp(${literal(schema.pattern)}, "u")`);
    const failure = scope.fail(place, "pattern", `must match ${schema.pattern}`);
    text.push(...block(`if (!${pattern}.test(${value}))`, [failure]));
  }
  if (typeof schema.format === "string") {
    const [helper, description] = getFormatCheck(schema.format);
    const failure = scope.fail(place, "format", `must be ${description}`);
    text.push(...block(`if (!${scope.helper(helper)}(${value}))`, [failure]));
  }
  const { minLength, maxLength } = schema;
  const lines: string[] = [];
  if (typeof minLength === "number" && minLength > 0) {
    const message = `must have at least ${countUnits(minLength, "character")}`;
    // A character has at most two UTF-16 units: longer texts need no counting.
    const count = minLength === 1 ? "" : `${scope.helper("characterCount")}(${value})`;
    const isShort =
      minLength === 1
        ? `${value}.length === 0`
        : `${value}.length < ${minLength * 2} && ${count} < ${minLength}`;
    lines.push(...block(`if (${isShort})`, [scope.fail(place, "minLength", message)]));
  }
  if (typeof maxLength !== "number") return [...lines, ...text];
  const count = `${scope.helper("characterCount")}(${value})`;
  const message = `must have at most ${countUnits(maxLength, "character")}`;
  const isLong = `${value}.length > ${maxLength} && ${count} > ${maxLength}`;
  return [...lines, ...ifElse(isLong, [scope.fail(place, "maxLength", message)], text)];
}

/** The length of bytes counts the characters of their base64, so that it is the same in every codec. */
export function emitBytes(
  { minLength, maxLength }: Keywords,
  place: ValueLocation,
  { scope }: Emitter,
): Lines {
  const check = (keyword: string, operator: "<" | ">", count: number): Lines => {
    const most = operator === ">" ? "at most" : "at least";
    const failure = scope.fail(place, keyword, `must have ${most} ${countUnits(count, "byte")}`);
    return block(`if (${place.value}.length ${operator} ${count})`, [failure]);
  };
  return [
    ...(typeof minLength === "number" && minLength > 0
      ? check("minLength", "<", readLeastBytes(minLength))
      : []),
    ...(typeof maxLength === "number" ? check("maxLength", ">", readMostBytes(maxLength)) : []),
  ];
}

export const countUnits = (count: number, unit: string): string => {
  if (count === 1) return `1 ${unit}`;
  return unit.endsWith("y") ? `${count} ${unit.slice(0, -1)}ies` : `${count} ${unit}s`;
};

/** The keywords of numbers, for a number. */
export function emitNumber(schema: Keywords, place: ValueLocation, { scope }: Emitter): Lines {
  const { value } = place;
  const bounds = [
    { keyword: "minimum", operator: "<", phrase: "at least" },
    { keyword: "exclusiveMinimum", operator: "<=", phrase: "more than" },
    { keyword: "maximum", operator: ">", phrase: "at most" },
    { keyword: "exclusiveMaximum", operator: ">=", phrase: "less than" },
  ];
  const lines = bounds.flatMap(({ keyword, operator, phrase }) => {
    const bound = schema[keyword];
    if (typeof bound !== "number") return [];
    const failure = scope.fail(place, keyword, `must be ${phrase} ${bound}`);
    return block(`if (${value} ${operator} ${literal(bound)})`, [failure]);
  });
  if (typeof schema.multipleOf !== "number") return lines;
  const failure = scope.fail(place, "multipleOf", `must be a multiple of ${schema.multipleOf}`);
  const isMultiple = `${scope.helper("isMultipleOf")}(${value}, ${literal(schema.multipleOf)})`;
  return [...lines, ...block(`if (!${isMultiple})`, [failure])];
}

/** The function of `wsgen-runtime/validation` that checks a format, and the format's name in messages. */
const formats = new Map<string, readonly [helper: string, description: string]>([
  ["date", ["isDate", "a date (2021-04-22)"]],
  ["date-time", ["isDateTime", "a date-time (2021-04-22T22:00:00Z)"]],
  ["duration", ["isDuration", "a duration (PT30M)"]],
  ["email", ["isEmail", "an email address"]],
  ["hostname", ["isHostname", "a host name"]],
  ["ipv4", ["isIpv4", "an IPv4 address"]],
  ["ipv6", ["isIpv6", "an IPv6 address"]],
  ["json-pointer", ["isJsonPointer", "a JSON Pointer"]],
  ["regex", ["isRegex", "a regular expression"]],
  ["relative-json-pointer", ["isRelativeJsonPointer", "a relative JSON Pointer"]],
  ["time", ["isTime", "a time (22:00:00Z)"]],
  ["uri", ["isUri", "a URI"]],
  ["uri-reference", ["isUriReference", "a URI reference"]],
  ["uri-template", ["isUriTemplate", "a URI template"]],
  ["uuid", ["isUuid", "a UUID"]],
]);

/** How a format is checked. @throws {TypeError} for one that is not known; those were refused before. */
function getFormatCheck(format: string): readonly [helper: string, description: string] {
  const known = formats.get(format);
  if (known === undefined) throw new TypeError(`unknown format ${format}`);
  return known;
}
