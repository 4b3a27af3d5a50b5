import type { DiagnosticCode } from "./codes.js";

/** A place in a text file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the marked text in UTF-16 units, for the caret; 1 when unknown. */
  readonly length: number;
}

/** One finding of a stage. Stages collect them; only the command line prints them. An error says what to do. */
export type Diagnostic = Finding &
  (
    | { readonly severity: "error"; readonly fix: string }
    | { readonly severity: "warning" | "note"; readonly fix?: string }
  );

interface Finding {
  readonly code: DiagnosticCode;
  /** What was found and what was expected, in one sentence. */
  readonly message: string;
  readonly at?: Location;
  /** The line of text that `at` points at, without its line end. */
  readonly excerpt?: string;
}

/** What a stage gives: a value when there is one to work with, and what it found. */
export interface Outcome<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");
