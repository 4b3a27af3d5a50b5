/**
 * The encoders of everything from the spec that reaches TypeScript: a value becomes a JSON literal, text
 * becomes a comment, and nothing else of the spec is printed.
 */
import type { Json } from "../spec-file/spec.js";

/**
 * Characters that are always escaped in a literal or a comment: line ends of ECMAScript (U+2028/2029),
 * the byte-order mark, and the controls that reorder text on the screen (CVE-2021-42574).
 */
const unsafeCharacter = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

const escapeUnit = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

const quote = (text: string): string => JSON.stringify(text).replace(unsafeCharacter, escapeUnit);

/**
 * Prints a JSON value as a TypeScript expression.
 * @throws {TypeError} for a value that JSON does not have: NaN, an infinity, undefined. That is a defect of the caller.
 */
export function literal(value: Json): string {
  if (typeof value === "string") return quote(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (isList(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") throw new TypeError(`not a JSON value: ${typeof value}`);
  const members = Object.entries(value).map(([key, member]) => `${objectKey(key)}: ${literal(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`not a JSON value: ${value}`);
  // JSON.stringify(-0) is "0".
  return Object.is(value, -0) ? "-0" : String(value);
}

// `Array.isArray` does not narrow a readonly array.
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Prints a property name for a type: quoted unless it is an identifier. */
export const memberKey = (name: string): string => (identifier.test(name) ? name : quote(name));

/** Prints a property name for an object literal, in which a plain `__proto__` would set the prototype. */
export const objectKey = (name: string): string => (name === "__proto__" ? '["__proto__"]' : memberKey(name));

/** The width of generated lines, if it can be kept. */
export const lineWidth = 100;

/**
 * Prints a doc comment, with a final newline; empty without text. Lines that are too long are
 * wrapped at spaces; line ends within a line begin a new one.
 */
export function docComment(lines: readonly string[], indent = ""): string {
  const width = Math.max(40, lineWidth - indent.length - 3);
  const text = lines.flatMap((line) => commentText(line).split("\n")).flatMap((line) => wrap(line, width));
  while (text[0] === "") text.shift();
  while (text.at(-1) === "") text.pop();
  const [only] = text;
  if (only === undefined) return "";
  if (text.length === 1 && only.length <= width - 3) return `${indent}/** ${only} */\n`;
  return `${indent}/**\n${text.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/**
 * Text for the inside of a comment: it cannot end the comment, and it cannot give the compiler an order
 * (`@ts-expect-error` is obeyed in a doc comment too).
 */
export const commentText = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, " ")
    .replace(unsafeCharacter, escapeUnit)
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replaceAll("*/", "*\\/")
    .replace(/@(?=ts-)/gi, "@ ");

function wrap(line: string, width: number): readonly string[] {
  const rows: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    if (space <= 0) break;
    rows.push(rest.slice(0, space).trimEnd());
    rest = rest.slice(space + 1);
  }
  return [...rows, rest];
}
