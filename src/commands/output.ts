import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { printDiagnostic } from "../diagnostics/print.js";
import { unifiedDiff } from "../tree/diff.js";
import type { FileChange } from "../tree/file-change.js";
import type { GlobalOptions } from "./global-options.js";
import { type CommandResult, countChanges, exitCodeOf } from "./result.js";

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
    for (const { path, before, after } of result.changes) {
      streams.out(unifiedDiff({ path, before, after, color: options.color }));
    }
  }
  if (result.answer !== undefined) streams.out(result.answer.text);
  else if (!options.quiet) streams.out(summary(result, options));
}

function printFinding(diagnostic: Diagnostic, options: GlobalOptions, { err }: Streams): void {
  if (options.quiet && diagnostic.severity !== "error") return;
  err(printDiagnostic(diagnostic, { color: options.color }));
}

function summary(result: CommandResult, { verbose }: GlobalOptions): string {
  const shown = result.changes.filter(({ change }) => verbose || change !== "unchanged");
  const lines = shown.map(({ path, change }) => `${change.padEnd(9)}  ${path}`);
  lines.push(closingLine(result));
  if (exitCodeOf(result) === 0 && result.next.length > 0) {
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

const fileAsJson = ({ path, change, before, after }: FileChange, { diff }: GlobalOptions) => ({
  path,
  change,
  ...(diff && { diff: unifiedDiff({ path, before, after, color: false }) }),
});
