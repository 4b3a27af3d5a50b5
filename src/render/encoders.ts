import type { OptionCall } from "../model/model.js";
import { commentText, literal } from "../schema/encode.js";

/** Calls of functional options as one array expression, one call a line when there is more than one. */
export function optionList(calls: readonly OptionCall[]): string {
  const sources = calls.map((call) => `${call.callee}(${call.args.map(literal).join(", ")})`);
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
