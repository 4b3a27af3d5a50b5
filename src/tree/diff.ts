import { styleText } from "node:util";
import { structuredPatch } from "diff";
import type { FileChange, Tree, TreePath } from "./tree.js";

export interface DiffOptions {
  /** Unchanged lines around a change. Default: 3. */
  readonly context?: number;
  /** Uses the colours of `git diff`. Default: off. */
  readonly isColored?: boolean;
  /** Makes a line safe to show, so that no control characters reach the terminal. Default: unchanged, for a patch. */
  readonly escapeLine?: (line: string) => string;
}

/**
 * The difference between two trees as a unified diff, sorted by path; empty if they are equal. Without `escapeLine` and
 * colours it is a patch for `git apply`.
 */
export function unifiedDiff(before: Tree, after: Tree, options: DiffOptions = {}): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => fileDiff(path, { before: before.get(path), after: after.get(path) }, options))
    .join("");
}

/** The diff of one change. A renamed file shows its old and new name, as in `git diff`. */
export function changeDiff({ path, from, before, after }: FileChange, options: DiffOptions = {}): string {
  if (from === undefined) return fileDiff(path, { before, after }, options);
  const { isColored = false, escapeLine = (line) => line } = options;
  const names = { from: escapeLine(quoted(from)), to: escapeLine(quoted(path)) };
  const header = [
    `diff --git ${escapeLine(quoted(`a/${from}`))} ${escapeLine(quoted(`b/${path}`))}`,
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
  const oldName = before === undefined ? "/dev/null" : escapeLine(quoted(`a/${from}`));
  const newName = after === undefined ? "/dev/null" : escapeLine(quoted(`b/${path}`));
  if (typeof (before ?? "") !== "string" || typeof (after ?? "") !== "string")
    return `${paint("bold", `Binary files ${oldName} and ${newName} differ`)}\n`;
  const lines = [paint("bold", `--- ${oldName}`), paint("bold", `+++ ${newName}`)];
  for (const hunk of diffHunks(String(before ?? ""), String(after ?? ""), options.context ?? 3)) {
    lines.push(
      paint("cyan", `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    );
    for (const line of hunk.lines)
      lines.push(paint(colorOf(line), line.slice(0, 1) + escapeLine(line.slice(1))));
  }
  return `${lines.join("\n")}\n`;
}

const colorOf = (line: string): Format =>
  line.startsWith("+") ? "green" : line.startsWith("-") ? "red" : [];

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`);

/** Quotes names with a quote, a backslash or a control character, as git does. */
const quoted = (name: string): string =>
  /[\u0000-\u001f\u007f"\\]/.test(name) ? JSON.stringify(name) : name;

function isEqual(left: Content, right: Content): boolean {
  if (left === undefined || right === undefined || (typeof left === "string" && typeof right === "string"))
    return left === right;
  return Buffer.compare(Buffer.from(left), Buffer.from(right)) === 0;
}

/** A run of changed lines with their context, as in a unified diff. Line numbers count from 1. */
interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each begins with a blank, `+`, `-` or a backslash ("No newline at end of file"); a CR is part of its line. */
  readonly lines: readonly string[];
}

/**
 * The most changed lines that are compared one by one. The time grows with lines × changes: 1,000 changes in
 * 100,000 lines take half a second.
 */
const maxChangedLines = 1_000;

/** The hunks between two texts. If too many lines differ, one hunk replaces everything between the equal ends. */
function diffHunks(before: string, after: string, context: number): readonly Hunk[] {
  if (before === after) return [];
  if (before !== "" && after !== "") {
    const patch = structuredPatch("", "", before, after, "", "", { context, maxEditLength: maxChangedLines });
    if (patch) return patch.hunks;
  }
  return [replacement(before, after, context)];
}

function replacement(before: string, after: string, context: number): Hunk {
  const [old, young] = [linesOf(before), linesOf(after)];
  const shared = Math.min(old.length, young.length);
  let head = 0;
  while (head < shared && old[head] === young[head]) head++;
  let tail = 0;
  while (tail < shared - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++;
  const from = Math.max(0, head - context);
  const behind = Math.min(tail, context);
  const marked = (mark: string, lines: readonly string[]): string[] =>
    lines.flatMap((line) => markLine(mark, line));
  const oldLines = old.length - tail - from + behind;
  const newLines = young.length - tail - from + behind;
  return {
    oldStart: oldLines === 0 ? from : from + 1,
    oldLines,
    newStart: newLines === 0 ? from : from + 1,
    newLines,
    lines: [
      ...marked(" ", old.slice(from, head)),
      ...marked("-", old.slice(head, old.length - tail)),
      ...marked("+", young.slice(head, young.length - tail)),
      ...marked(" ", old.slice(old.length - tail, old.length - tail + behind)),
    ],
  };
}

/** The lines with their line ends, so that a missing last line end is visible. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const markLine = (mark: string, line: string): string[] =>
  line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
