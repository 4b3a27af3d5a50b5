import { commentText, lineWidth, literal } from "../schema/encode.js";
import type { OptionCall } from "./option-calls.js";

/** A call of a functional option as an expression. */
export const callSource = ({ callee, args }: OptionCall): string =>
  `${callee}(${args.map(literal).join(", ")})`;

/** Expressions as one array, one a line when there is more than one. */
export function arraySource(sources: readonly string[]): string {
  if (sources.length < 2) return `[${sources.join("")}]`;
  return `[\n${sources.map((source) => `  ${source},\n`).join("")}]`;
}

/** Text for the inside of a comment of one line. */
export const oneLineComment = (text: string): string => commentText(text).replace(/\s+/g, " ");

/** Text as one line of Markdown that means nothing but itself. */
export const markdownText = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\\`*_[\]<>|&#!~]/g, (character) => `\\${character}`)
    .trim();

/** An import of a generated file: values and types (`type Message`), sorted; nothing where there is none. */
export function importSource(names: readonly string[], from: string): string {
  if (names.length === 0) return "";
  const isTypeOnly = names.every((name) => name.startsWith(typeMark));
  const listed = (isTypeOnly ? names.map((name) => name.slice(typeMark.length)) : [...names]).sort(byName);
  const head = `import ${isTypeOnly ? "type " : ""}{`;
  const line = `${head} ${listed.join(", ")} } from ${literal(from)};\n`;
  if (line.length <= lineWidth) return line;
  return `${head}\n${listed.map((name) => `  ${name},\n`).join("")}} from ${literal(from)};\n`;
}

const typeMark = "type ";

const byName = (one: string, other: string): number => (sortKey(one) < sortKey(other) ? -1 : 1);

const sortKey = (name: string): string => name.replace(typeMark, "").toLowerCase();
