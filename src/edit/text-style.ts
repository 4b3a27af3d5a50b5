/** How a file is written, as far as new text has to match it. */
export interface TextStyle {
  readonly lineEnd: "\n" | "\r\n";
  /** One level of indentation. */
  readonly indent: string;
  readonly quote: '"' | "'";
  readonly semicolon: ";" | "";
}

/** Reads the style from the file itself; what it does not show is as wsgen's templates have it. */
export function readTextStyle(text: string): TextStyle {
  return {
    lineEnd: readLineEnd(text),
    indent: readIndent(text),
    quote: readQuote(text),
    semicolon: readSemicolon(text),
  };
}

/** The white space that the line of an offset starts with. */
export function indentAt(text: string, position: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, position), position))?.[0] ?? "";
}

/** The offset of the first character of the line that holds `position`, after a byte-order mark. */
export function lineStart(text: string, position: number): number {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

function readLineEnd(text: string): "\n" | "\r\n" {
  const windows = text.split("\r\n").length - 1;
  const all = text.split("\n").length - 1;
  return windows * 2 > all ? "\r\n" : "\n";
}

/** The smallest indentation in the file; a single space is the middle of a block comment, not an indentation. */
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

/** A file without any semicolon at the end of a line is written without them; an empty one is not. */
function readSemicolon(text: string): ";" | "" {
  return text.trim() === "" || /;[ \t]*(?:\/[/*].*)?$/m.test(text) ? ";" : "";
}
