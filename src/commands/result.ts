import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.js";
import type { FileChange } from "../tree/file-change.js";

/** What a command did, or would do: the one value from which text, diff and JSON are printed. */
export interface CommandResult {
  /** The words of the command: `add command`. */
  readonly command: string;
  readonly changes: readonly FileChange[];
  readonly diagnostics: readonly Diagnostic[];
  /** False for a dry run, a check, or when an error kept everything as it was. */
  readonly written: boolean;
  /** What a person may do next, as commands to type. */
  readonly next: readonly string[];
  /** What a command that only tells has to tell: as text, and as keys of the JSON document. */
  readonly answer?: { readonly text: string; readonly json: object };
}

/** Exit codes of the command line. */
export const exitCodes = { done: 0, refused: 1, usage: 2, defect: 70 } as const;

export const exitCodeOf = (result: CommandResult): number =>
  hasErrors(result.diagnostics) ? exitCodes.refused : exitCodes.done;

export const countChanges = (changes: readonly FileChange[]): number =>
  changes.filter(({ change }) => change !== "unchanged").length;

/** The result of a command that found an error and left everything as it was. */
export const refusal = (
  command: string,
  diagnostics: readonly Diagnostic[],
  changes: readonly FileChange[] = [],
): CommandResult => ({ command, changes, diagnostics, written: false, next: [] });
