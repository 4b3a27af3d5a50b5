import { styleText } from "node:util";
import { type StructuredPatchHunk, structuredPatch } from "diff";
import type { FileChange, TreePath } from "./tree.js";

export interface DiffOptions {
  /** Unchanged lines around a change. Default: 3. */
  readonly context?: number;
  /** Uses the colours of `git diff`. Default: off. */
  readonly isColored?: boolean;
  /** Makes a line safe to show, so that no control characters reach the terminal. Default: unchanged, for a patch. */
  readonly escapeLine?: (line: string) => string;
}

/**
 * The diff of one change; empty if nothing differs. A renamed file shows its old and new name, as in `git diff`. Without
 * `escapeLine` and colours it is a patch for `git apply`.
 */
export function changeDiff(
  { path, from, before, after }: Omit<FileChange, "change">,
  options: DiffOptions = {},
): string {
  if (from === undefined) return fileDiff(path, { before, after }, options);
  const { isColored = false, escapeLine = (line) => line } = options;
  const names = { from: escapeLine(quoteName(from)), to: escapeLine(quoteName(path)) };
  const header = [
    `diff --git ${escapeLine(quoteName(`a/${from}`))} ${escapeLine(quoteName(`b/${path}`))}`,
    `rename from ${names.from}`,
    `rename to ${names.to}`,
  ];
  const painted = header.map((line) =>
    isColored ? styleText("bold", line, { validateStream: false }) : line,
  );
  return `${painted.join("\n")}\n${fileDiff(path, { before, after, from }, options)}`;
}

type Format = Parameters<typeof styleText>[0];
type Content = string | Uint8Array | undefined;

function fileDiff(
  path: TreePath,
  { before, after, from = path }: { before: Content; after: Content; from?: TreePath },
  options: DiffOptions,
): string {
  if (isEqual(before, after)) return "";
  const { isColored = false, escapeLine = (line) => line } = options;
  const paint = (format: Format, line: string): string =>
    isColored ? styleText(format, line, { validateStream: false }) : line;
  const oldName = before === undefined ? "/dev/null" : escapeLine(quoteName(`a/${from}`));
  const newName = after === undefined ? "/dev/null" : escapeLine(quoteName(`b/${path}`));
  if (typeof (before ?? "") !== "string" || typeof (after ?? "") !== "string")
    return `${paint("bold", `Binary files ${oldName} and ${newName} differ`)}\n`;
  const lines = [paint("bold", `--- ${oldName}`), paint("bold", `+++ ${newName}`)];
  for (const hunk of diffHunks(String(before ?? ""), String(after ?? ""), options.context ?? 3)) {
    lines.push(
      paint("cyan", `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    );
    for (const line of hunk.lines)
      lines.push(paint(pickColor(line), line.slice(0, 1) + escapeLine(line.slice(1))));
  }
  return `${lines.join("\n")}\n`;
}

const pickColor = (line: string): Format =>
  line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : [];

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`);

/** Quotes names with a quote, a backslash or a control character, as git does. */
const quoteName = (name: string): string =>
  /[\u0000-\u001f\u007f"\\]/.test(name) ? JSON.stringify(name) : name;

function isEqual(left: Content, right: Content): boolean {
  if (left === undefined || right === undefined || (typeof left === "string" && typeof right === "string"))
    return left === right;
  return Buffer.compare(Buffer.from(left), Buffer.from(right)) === 0;
}

/**
 * The most changed lines that are compared one by one. The time grows with lines × changes: 1,000 changes in
 * 100,000 lines take half a second.
 */
const maxChangedLines = 1_000;

/** The hunks between two texts. If too many lines differ, one hunk replaces everything. */
function diffHunks(before: string, after: string, context: number): readonly StructuredPatchHunk[] {
  if (before === after) return [];
  if (before !== "" && after !== "") {
    const patch = structuredPatch("", "", before, after, "", "", { context, maxEditLength: maxChangedLines });
    if (patch) return patch.hunks;
  }
  const [old, now] = [splitLines(before), splitLines(after)];
  return [
    {
      oldStart: old.length === 0 ? 0 : 1,
      oldLines: old.length,
      newStart: now.length === 0 ? 0 : 1,
      newLines: now.length,
      lines: [...old.flatMap((line) => markLine("-", line)), ...now.flatMap((line) => markLine("+", line))],
    },
  ];
}

/** The lines with their line ends, so that a missing last line end is visible. */
const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const markLine = (mark: string, line: string): string[] =>
  line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
