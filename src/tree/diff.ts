import { styleText } from "node:util";
import { diffHunks } from "./hunks.js";
import type { Tree, TreePath } from "./tree.js";

export interface DiffOptions {
  /** Unchanged lines around a change. Default: 3. */
  readonly context?: number;
  /** Colours as `git diff` has them. Default: off. */
  readonly isColored?: boolean;
  /** Makes a line safe to show: control characters would reach the terminal otherwise. Default: as it is, for a patch. */
  readonly escapeLine?: (line: string) => string;
}

/**
 * The difference between two trees as a unified diff, sorted by path; empty when they are equal. Without `escapeLine` and
 * colours it is a patch that `git apply` takes.
 */
export function unifiedDiff(before: Tree, after: Tree, options: DiffOptions = {}): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => fileDiff(path, { before: before.get(path), after: after.get(path) }, options))
    .join("");
}

type Format = Parameters<typeof styleText>[0];
type Content = string | Uint8Array | undefined;

function fileDiff(
  path: TreePath,
  { before, after }: { before: Content; after: Content },
  options: DiffOptions,
): string {
  if (isEqual(before, after)) return "";
  const { isColored = false, escapeLine = (line) => line } = options;
  const paint = (format: Format, line: string): string =>
    isColored ? styleText(format, line, { validateStream: false }) : line;
  const oldName = before === undefined ? "/dev/null" : escapeLine(quoted(`a/${path}`));
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

/** Names with a quote, a backslash or a control character are quoted, as git does. */
const quoted = (name: string): string =>
  /[\u0000-\u001f\u007f"\\]/.test(name) ? JSON.stringify(name) : name;

function isEqual(left: Content, right: Content): boolean {
  if (left === undefined || right === undefined || (typeof left === "string" && typeof right === "string"))
    return left === right;
  return Buffer.compare(Buffer.from(left), Buffer.from(right)) === 0;
}
