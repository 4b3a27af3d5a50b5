import type { Diagnostic } from "./diagnostic.js";
import { createBlanks, cutLongWords, escapeControls, measureWidth } from "./display-text.js";

/** How diagnostics are printed. */
export interface PrintOptions {
  /** Whether to use ANSI colours. */
  readonly color: boolean;
}

/**
 * One diagnostic for a person: `wsgen.yaml:12:5 error message [code]`, the offending line with a caret below,
 * and what to do. Lines are separated by `\n`, without one at the end. Nothing from a spec reaches the
 * terminal unescaped.
 */
export function printDiagnostic(diagnostic: Diagnostic, { color }: PrintOptions): string {
  const paint = (style: keyof typeof styles, text: string): string =>
    color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
  const { at, code, fix, severity } = diagnostic;
  const place = at === undefined ? "" : `${escapeControls(at.file)}:${at.line}:${at.column} `;
  const message = escapeControls(cutLongWords(diagnostic.message));
  const lines = [
    `${paint("bold", place)}${paint(severity, severity)} ${message} ${paint("dim", `[${code}]`)}`,
  ];
  const marked = markExcerpt(diagnostic);
  if (marked) lines.push(`  ${marked.line}`, `  ${marked.blanks}${paint(severity, marked.caret)}`);
  // A fix may be code to add, and so have lines of its own.
  if (fix !== undefined)
    lines.push(`  ${paint("fix", "fix:")} ${cutLongWords(fix).split("\n").map(escapeControls).join("\n  ")}`);
  return lines.join("\n");
}

/** A diagnostic as a plain object with its keys in a fixed order, for `--json`. */
export function diagnosticToJson(diagnostic: Diagnostic): Record<string, unknown> {
  const { code, severity, message, fix, at, excerpt } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(fix !== undefined && { fix }),
    ...(at !== undefined && {
      at: { file: at.file, line: at.line, column: at.column, length: at.length },
    }),
    ...(excerpt !== undefined && { excerpt }),
  };
}

const styles = { error: 31, warning: 33, note: 36, bold: 1, dim: 2, fix: 32 } as const;

/** Wider lines are shown as a window around the caret. */
const excerptWidth = 120;

function markExcerpt({
  at,
  excerpt,
}: Diagnostic): { line: string; blanks: string; caret: string } | undefined {
  if (at === undefined || excerpt === undefined) return undefined;
  const start = at.column - 1;
  const from = Math.max(0, Math.min(start - excerptWidth / 2, excerpt.length - excerptWidth));
  const to = Math.min(excerpt.length, from + excerptWidth);
  const before = `${from > 0 ? "…" : ""}${escapeControls(excerpt.slice(from, start))}`;
  const marked = escapeControls(excerpt.slice(start, Math.min(to, start + at.length)));
  const after = escapeControls(excerpt.slice(Math.min(to, start + at.length), to));
  return {
    line: `${before}${marked}${after}${to < excerpt.length ? "…" : ""}`,
    blanks: createBlanks(before),
    caret: "^".repeat(Math.max(1, measureWidth(marked))),
  };
}
