import type { SourceFile } from "ts-morph";
import type { Splice } from "./splice.js";

/** A splice and the file that it belongs to. */
export interface Replacement {
  readonly file: SourceFile;
  readonly splice: Splice;
}

export function splicesByFile(
  replacements: readonly Replacement[],
): ReadonlyMap<SourceFile, readonly Splice[]> {
  const byFile = new Map<SourceFile, Splice[]>();
  for (const { file, splice } of replacements) byFile.set(file, [...(byFile.get(file) ?? []), splice]);
  return byFile;
}

/** Where an offset of a text is when the splices are made; none of them holds it. */
export const offsetAfter = (splices: readonly Splice[], offset: number): number =>
  splices
    .filter(({ end }) => end <= offset)
    .reduce((moved, { start, end, text }) => moved + text.length - (end - start), offset);
