import { structuredPatch } from "diff";

/** A run of changed lines with their context, as in a unified diff. Line numbers count from 1. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each begins with a blank, `+`, `-` or a backslash ("No newline at end of file"); a CR is part of its line. */
  readonly lines: readonly string[];
}

/**
 * More changed lines than this are not compared one by one: the time grows with lines × changes. 1,000 changes in
 * 100,000 lines take half a second.
 */
const maxChangedLines = 1_000;

/** The hunks between two texts. Two that differ in too many lines give one hunk that replaces all between the equal ends. */
export function diffHunks(before: string, after: string, context: number): readonly Hunk[] {
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

/** Lines with their ends, so that a missing last one shows. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const markLine = (mark: string, line: string): string[] =>
  line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
