import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { escapeControls } from "../diagnostics/display-text.js";
import { printDiagnostic } from "../diagnostics/print.js";
import { type DiffOptions, unifiedDiff } from "../tree/diff.js";
import type { FileChange } from "../tree/file-change.js";
import type { Tree } from "../tree/tree.js";
import type { GlobalOptions } from "./global-options.js";
import { type CommandResult, countChanges, exitCodeOf, exitCodes } from "./result.js";

/** Where a command prints: results go to standard output, findings to standard error. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Prints a result as the options ask for it. */
export function printResult(result: CommandResult, options: GlobalOptions, streams: Streams): void {
  if (options.json) {
    streams.out(`${JSON.stringify(resultAsJson(result, options), null, 2)}\n`);
    return;
  }
  for (const diagnostic of result.diagnostics) printFinding(diagnostic, options, streams);
  if (options.diff) {
    for (const change of result.changes) {
      streams.out(diffOf(change, { isColored: options.color, escapeLine: escapeControls }));
    }
  }
  if (result.answer !== undefined) streams.out(result.answer.text);
  else if (!options.quiet) streams.out(summary(result, options));
}

function printFinding(diagnostic: Diagnostic, options: GlobalOptions, { err }: Streams): void {
  if (options.quiet && diagnostic.severity !== "error") return;
  err(`${printDiagnostic(diagnostic, { color: options.color })}\n`);
}

function summary(result: CommandResult, { verbose }: GlobalOptions): string {
  const isRefused = exitCodeOf(result) !== exitCodes.done;
  const isShown = ({ change }: FileChange): boolean =>
    isRefused ? change === "conflict" : verbose || change !== "unchanged";
  const shown = result.changes.filter(isShown);
  const lines = shown.map(({ path, change }) => `${change.padEnd(9)}  ${path}`);
  lines.push(closingLine(result));
  if (!isRefused && result.next.length > 0) {
    lines.push("", "Next:", ...result.next.map((step) => `  ${step}`));
  }
  return `${lines.join("\n")}\n`;
}

function closingLine(result: CommandResult): string {
  const count = countChanges(result.changes);
  if (exitCodeOf(result) !== 0) return "Nothing was changed.";
  if (count === 0) return "Everything is up to date.";
  const files = count === 1 ? "1 file" : `${count} files`;
  return result.written ? `${files} written.` : `${files} would be written; nothing was.`;
}

/** The document of `--json`. Its shape is a promise: keys are added, never changed. */
function resultAsJson(result: CommandResult, options: GlobalOptions) {
  return {
    command: result.command,
    ok: exitCodeOf(result) === 0,
    written: result.written,
    files: result.changes.map((change) => fileAsJson(change, options)),
    diagnostics: result.diagnostics,
    next: result.next,
    ...result.answer?.json,
  };
}

const fileAsJson = (file: FileChange, { diff }: GlobalOptions) => ({
  path: file.path,
  change: file.change,
  ...(diff && { diff: diffOf(file, {}) }),
});

function diffOf({ path, before, after }: FileChange, options: DiffOptions): string {
  const tree = (content: FileChange["before"]): Tree =>
    new Map(content === undefined ? [] : [[path, content]]);
  return unifiedDiff(tree(before), tree(after), options);
}
