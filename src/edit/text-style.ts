import type { Source } from "../syntax/parse-source.js";

/** The style of a file that new text must match. */
interface TextStyle {
  readonly lineEnd: "\n" | "\r\n";
  /** One level of indentation. */
  readonly indent: string;
  readonly quote: '"' | "'";
  readonly semicolon: ";" | "";
}

/** A parsed file with its style. */
export interface StyledSource extends Source {
  readonly style: TextStyle;
}

/** Reads the style of a file. Properties that the file does not show are those of wsgen's templates. */
export function readTextStyle(text: string): TextStyle {
  return {
    lineEnd: readLineEnd(text),
    indent: readIndent(text),
    quote: readQuote(text),
    semicolon: readSemicolon(text),
  };
}

/** The white space at the start of the line of an offset. */
export function readIndentAt(text: string, position: number): string {
  return /^[ \t]*/.exec(text.slice(findLineStart(text, position), position))?.[0] ?? "";
}

/** The offset of the first character of the line at `position`, after a byte-order mark. */
export function findLineStart(text: string, position: number): number {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

function readLineEnd(text: string): "\n" | "\r\n" {
  const windows = text.split("\r\n").length - 1;
  const all = text.split("\n").length - 1;
  return windows * 2 > all ? "\r\n" : "\n";
}

/** The smallest indentation in the file. A single space is the inside of a block comment, not an indentation. */
function readIndent(text: string): string {
  let spaces = Number.POSITIVE_INFINITY;
  for (const [, found = ""] of text.matchAll(/^(\t| {2,})[^\s*]/gm)) {
    if (found === "\t") return "\t";
    spaces = Math.min(spaces, found.length);
  }
  return spaces === Number.POSITIVE_INFINITY ? "  " : " ".repeat(spaces);
}

function readQuote(text: string): '"' | "'" {
  const found = /\bfrom\s*(["'])/.exec(text) ?? /(["'])/.exec(text);
  return found?.[1] === "'" ? "'" : '"';
}

/** No semicolon if no line of the file ends with one. An empty file uses semicolons. */
function readSemicolon(text: string): ";" | "" {
  return text.trim() === "" || /;[ \t]*(?:\/[/*].*)?$/m.test(text) ? ";" : "";
}
