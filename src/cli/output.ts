import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { escapeControls } from "../diagnostics/display-text.js";
import { diagnosticToJson, printDiagnostic } from "../diagnostics/print.js";
import type { FileChange } from "../project-files/tree.js";
import type { GlobalOptions } from "../run/global-options.js";
import { type CommandResult, exitCodes, getExitCode } from "../run/result.js";

/** The output of a command: results on standard output, findings on standard error. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface PrintOptions extends Pick<GlobalOptions, "json" | "diff" | "quiet" | "verbose" | "color"> {
  /** Prints a JSON document on one line, so that several can follow each other. */
  readonly isOneLine?: boolean;
}

/** Prints a result in the form that the options select. */
export async function printResult(
  result: CommandResult,
  options: PrintOptions,
  { out, err }: Streams,
): Promise<void> {
  if (options.json) {
    out(`${JSON.stringify(await toJson(result, options), null, options.isOneLine ? 0 : 2)}\n`);
    return;
  }
  for (const diagnostic of result.diagnostics) printFinding(diagnostic, options, err);
  if (result.answer?.notes !== undefined) err(result.answer.notes);
  if (options.diff) {
    const { changeDiff } = await import("../project-files/diff.js");
    for (const change of result.changes)
      out(changeDiff(change, { isColored: options.color, escapeLine: escapeControls }));
  }
  if (result.answer !== undefined) out(result.answer.text);
  else if (!options.quiet) out(printSummary(result, options));
}

function printFinding(diagnostic: Diagnostic, options: PrintOptions, err: Streams["err"]): void {
  if (options.quiet && diagnostic.severity !== "error") return;
  err(`${printDiagnostic(diagnostic, { color: options.color })}\n`);
}

function printSummary(result: CommandResult, { verbose }: PrintOptions): string {
  const isRefused = getExitCode(result) !== exitCodes.done;
  const isShown = ({ change }: FileChange): boolean =>
    isRefused ? change === "conflict" || change === "deleted" : verbose || change !== "unchanged";
  const lines = result.changes.filter(isShown).map((change) => printChange(change, isRefused));
  lines.push(printClosingLine(result));
  if (!isRefused && result.next.length > 0) {
    lines.push("", "Next:", ...result.next.map((step) => `  ${step}`));
  }
  return `${lines.join("\n")}\n`;
}

/** The line of a change. A refused deletion is shown too, so that the user can read it before using `--force`. */
function printChange({ path, from, change }: FileChange, isRefused: boolean): string {
  const label = isRefused && change === "deleted" ? "to delete" : change;
  return `${label.padEnd(9)}  ${from === undefined ? "" : `${from} → `}${path}`;
}

function printClosingLine(result: CommandResult): string {
  const { command, changes, diagnostics, written } = result;
  const findBy = (severity: Diagnostic["severity"]) => diagnostics.filter((one) => one.severity === severity);
  if (getExitCode(result) !== exitCodes.done && !written) {
    // A check without changes did not reach the comparison.
    if (command !== "check" || changes.length === 0) return "Nothing was changed.";
    const count = findBy("error").length;
    return `The spec and the code differ in ${count === 1 ? "1 place" : `${count} places`}.`;
  }
  const count = changes.filter(({ change }) => change !== "unchanged").length;
  if (count === 0)
    return findBy("warning").length > 0 ? "The rest is up to date." : "Everything is up to date.";
  const files = count === 1 ? "1 file" : `${count} files`;
  return written ? `${files} written.` : `${files} would be written; nothing was.`;
}

/** The document of `--json`. Its shape is stable: keys are added, never changed. */
async function toJson(result: CommandResult, options: PrintOptions) {
  const createDiff = options.diff ? (await import("../project-files/diff.js")).changeDiff : undefined;
  return {
    command: result.command,
    ok: getExitCode(result) === exitCodes.done,
    exitCode: getExitCode(result),
    written: result.written,
    files: result.changes.map((file) => ({
      path: file.path,
      change: file.change,
      ...(file.from !== undefined && { from: file.from }),
      ...(createDiff && { diff: createDiff(file) }),
    })),
    diagnostics: result.diagnostics.map(diagnosticToJson),
    next: result.next,
    ...result.answer?.json,
  };
}
