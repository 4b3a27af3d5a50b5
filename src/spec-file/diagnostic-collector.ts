import {
  type Diagnostic,
  type DiagnosticCode,
  hasErrors,
  type Location,
  sortByPosition,
} from "../diagnostics/diagnostic.js";
import { addExcerpts, type SourceText, type Span } from "../diagnostics/source-text.js";

/** Collects all problems of one spec. */
export class DiagnosticCollector {
  readonly source: SourceText;
  readonly #found = new Map<string, Diagnostic>();
  /** The last line of the text of each problem, by its place. */
  readonly #lastLines = new Map<Location | undefined, number>();
  #suppressed = 0;

  constructor(source: SourceText) {
    this.source = source;
  }

  get hasErrors(): boolean {
    return hasErrors([...this.#found.values()]);
  }

  /** The same problem at the same place is kept once: an aliased part of the spec is checked for each use. */
  add(code: DiagnosticCode, span: Span, message: string, fix: string): void {
    this.#add({ code, severity: "error", message, fix }, span);
  }

  /** Reports an allowed value that is probably a mistake. */
  warn(code: DiagnosticCode, span: Span, message: string, fix: string): void {
    this.#add({ code, severity: "warning", message, fix }, span);
  }

  #add(found: Diagnostic, span: Span): void {
    const key = `${span.start} ${found.code} ${found.message}`;
    if (this.#found.has(key)) return;
    if (this.#found.size >= maxFindings) {
      this.#suppressed++;
      return;
    }
    const at = this.source.locate(span);
    this.#lastLines.set(at, this.source.locate({ start: span.end, end: span.end }).line);
    this.#found.set(key, { ...found, at });
  }

  /** The problems of text that ends above a line, in the order of the text. */
  endingBefore(line: number): readonly Diagnostic[] {
    return this.sorted().filter((diagnostic) => (this.#lastLines.get(diagnostic.at) ?? line) < line);
  }

  /** All problems in the order of the text, each with its line. */
  sorted(): readonly Diagnostic[] {
    const inOrder = sortByPosition([...this.#found.values()]);
    const last = inOrder.at(-1);
    if (this.#suppressed > 0 && last) {
      inOrder.push({
        ...last,
        severity: "note",
        message: `${this.#suppressed} more problems are not shown.`,
      });
    }
    return addExcerpts(inOrder, [this.source]);
  }
}

/** Limits the output: a hostile spec could cause hundreds of thousands of problems. */
const maxFindings = 1_000;
