import { escapeToken } from "../../spec-file/json.js";
import { literal } from "../encode.js";

/** Lines of TypeScript without a common indentation, the result of every part of the code generator. */
export type Lines = readonly string[];

export const indented = (lines: Lines): Lines => lines.map((line) => `  ${line}`);

/** `head { … }`; empty with an empty body. */
export const block = (head: string, body: Lines): Lines =>
  body.length === 0 ? [] : [`${head} {`, ...indented(body), "}"];

/** An `if` without its empty branches. `condition` is an expression without side effects. */
export function ifElse(condition: string, yes: Lines, no: Lines): Lines {
  if (no.length === 0) return block(`if (${condition})`, yes);
  if (yes.length === 0) return block(`if (${negated(condition)})`, no);
  const head = [`if (${condition}) {`, ...indented(yes)];
  const [first = ""] = no;
  if (isOneIf(no)) return [...head, `} else ${first}`, ...no.slice(1)];
  return [...head, "} else {", ...indented(no), "}"];
}

/** Whether the lines are one `if` with its `else` branches. */
function isOneIf(lines: Lines): boolean {
  const outer = lines.filter((line) => !line.startsWith(" "));
  return lines[0]?.startsWith("if (") === true && outer.indexOf("}") === outer.length - 1;
}

const shortIf = /^( *)if \(.*\) \{$/;

/** Puts an `if` of one short statement on one line. */
export function shortened(lines: Lines, width: number): Lines {
  const short: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [head = "", body = "", end] = lines.slice(at, at + 3);
    const indent = shortIf.exec(head)?.[1];
    const line = `${head.slice(0, -1)}${body.trim()}`;
    const fits = indent !== undefined && end === `${indent}}` && body.endsWith(";") && line.length <= width;
    short.push(fits ? line : head);
    if (fits) at += 2;
  }
  return short;
}

const comparison = /^((?:typeof )?\w+) === ("(?:[^"\\]|\\.)*"|[\w.-]+)$/;
const checkedNumber = /^typeof (\w+) === "number" && Number\.(isInteger|isFinite)\(\w+\)$/;
const call = /^[\w.]+\([^()"]*\)$/;

/** The opposite of an expression, as a person would write it. */
export function negated(condition: string): string {
  const [, left, right] = comparison.exec(condition) ?? [];
  if (left !== undefined) return `${left} !== ${right}`;
  const [, number, test] = checkedNumber.exec(condition) ?? [];
  if (number !== undefined) return `typeof ${number} !== "number" || !Number.${test}(${number})`;
  return call.test(condition) ? `!${condition}` : `!(${condition})`;
}

/** A literal, or a word of code. */
const literalOrWord = /"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*/g;

/** The words of code, without those of its literals. */
export function wordsIn(lines: Lines): ReadonlySet<string> {
  const words = new Set<string>();
  for (const line of lines) for (const found of line.match(literalOrWord) ?? []) words.add(found);
  return words;
}

export const uses = (lines: Lines, name: string): boolean =>
  lines.some((line) => line.includes(name) && wordsIn([line]).has(name));

/** A value in generated code: its variable, and its place in the checked value. */
export interface ValueLocation {
  readonly value: string;
  readonly path: readonly PathPart[];
}

/** A piece of a JSON Pointer: known text, or an expression of a string or a number. */
type PathPart = { readonly text: string } | { readonly code: string };

export const textPart = (name: string): PathPart => ({ text: `/${escapeToken(name)}` });

/** A part that is known at run time: an index or an escaped name. */
export const codePart = (code: string): readonly PathPart[] => [{ text: "/" }, { code }];

/** The expression of a pointer: `"/items/" + i1 + "/name"`. */
export function pathCode(path: readonly PathPart[]): string {
  const terms: string[] = [];
  let text = "";
  for (const part of path) {
    if ("text" in part) {
      text += part.text;
      continue;
    }
    terms.push(literal(text), part.code);
    text = "";
  }
  return text === "" && terms.length > 0 ? terms.join(" + ") : [...terms, literal(text)].join(" + ");
}
