import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.js";
import type { FileChange } from "../project-files/tree.js";

/** The done or planned work of a command: the one value from which text, diff and JSON are printed. */
export interface CommandResult {
  /** The words of the command: `add command`. */
  readonly command: string;
  readonly changes: readonly FileChange[];
  readonly diagnostics: readonly Diagnostic[];
  /** False for a dry run, a check, or if an error prevented all changes. */
  readonly written: boolean;
  /** Suggested next commands. */
  readonly next: readonly string[];
  /** The answer of a command that only reports: as text, and as keys of the JSON document. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly text: string;
  /** For standard error. */
  readonly notes?: string;
  readonly json: object;
}

/** Exit codes of the command line. 130 is a shell's code for an interrupted program (128 + SIGINT). */
export const exitCodes = { done: 0, refused: 1, usage: 2, defect: 70, interrupted: 130 } as const;

/** Codes of diagnostics with a special exit code. */
const ownExitCodes = [
  ["defect", exitCodes.defect],
  ["usage", exitCodes.usage],
  ["interrupted", exitCodes.interrupted],
] as const;

export function getExitCode({ diagnostics }: CommandResult): number {
  const own = ownExitCodes.find(([code]) => diagnostics.some((diagnostic) => diagnostic.code === code));
  return own?.[1] ?? (hasErrors(diagnostics) ? exitCodes.refused : exitCodes.done);
}

/** The result of a command that found an error and changed nothing. */
export const refuse = (
  command: string,
  diagnostics: readonly Diagnostic[],
  changes: readonly FileChange[] = [],
): CommandResult => ({ command, changes, diagnostics, written: false, next: [] });

/** The result of a command that only reports. */
export const createTextResult = (command: string, answer: Answer): CommandResult => ({
  ...refuse(command, []),
  answer,
});
