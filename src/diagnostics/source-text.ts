import type { Diagnostic, Location } from "./diagnostic.js";

/** A half-open range of UTF-16 offsets in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A named text in which offsets can be turned into lines and columns. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** The place of a span. A span of several lines is marked to the end of its first line. */
  locate({ start, end }: Span): Location {
    const line = this.#findLine(start);
    const lineStart = this.#lineStarts[line - 1] ?? 0;
    const lineEnd = lineStart + this.line(line).length;
    const length = Math.max(1, Math.min(end, lineEnd) - start);
    return { file: this.file, line, column: start - lineStart + 1, length };
  }

  /** The place of a span with its line, as a diagnostic shows it. */
  mark(span: Span): Required<Pick<Diagnostic, "at" | "excerpt">> {
    const at = this.locate(span);
    return { at, excerpt: this.line(at.line) };
  }

  /** A line by its number from 1, without its line end; empty if there is no such line. */
  line(line: number): string {
    const start = this.#lineStarts[line - 1];
    if (start === undefined) return "";
    const next = this.#lineStarts[line];
    const text = this.text.slice(start, next === undefined ? undefined : next - 1);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  #findLine(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** Adds to each diagnostic of one of the texts the line that it points at. Very long lines are left out. */
export function addExcerpts(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceText[] = [],
): readonly Diagnostic[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  return diagnostics.map((diagnostic) => {
    const { at, excerpt } = diagnostic;
    const source = at && byFile.get(at.file);
    if (at === undefined || source === undefined || excerpt !== undefined) return diagnostic;
    const line = source.line(at.line);
    return line.length > maxExcerptLength ? diagnostic : { ...diagnostic, excerpt: line };
  });
}

/** A spec of one line may have megabytes, which no diagnostic should repeat. */
const maxExcerptLength = 2_000;

/** The place of the first character in which a text differs from another, with its line unless that is blank. */
export function firstDifference(
  file: string,
  text: string,
  other: string,
): Pick<Diagnostic, "at" | "excerpt"> {
  let start = 0;
  while (start < text.length && text[start] === other[start]) start += 1;
  const source = new SourceText(file, text);
  const at = source.locate({ start, end: start + 1 });
  const excerpt = source.line(at.line);
  return excerpt.trim() === "" ? { at } : { at, excerpt };
}
