import type { ProjectTexts } from "./project-service.js";
import { applySplices, type Splice } from "./splice.js";

/** A splice and the file that it belongs to. */
export interface Replacement {
  readonly path: string;
  readonly splice: Splice;
}

/** The texts with everything replaced. */
export function applyReplacements(
  texts: ProjectTexts,
  replacements: readonly Replacement[],
): Map<string, string> {
  const result = new Map(texts);
  for (const [path, splices] of splicesByPath(replacements)) {
    result.set(path, applySplices(texts.get(path) ?? "", splices));
  }
  return result;
}

export function splicesByPath(replacements: readonly Replacement[]): ReadonlyMap<string, readonly Splice[]> {
  const byPath = new Map<string, Splice[]>();
  for (const { path, splice } of replacements) byPath.set(path, [...(byPath.get(path) ?? []), splice]);
  return byPath;
}

/** Where an offset of a text is when the splices are made; none of them holds it. */
export const offsetAfter = (splices: readonly Splice[], offset: number): number =>
  splices
    .filter(({ end }) => end <= offset)
    .reduce((moved, { start, end, text }) => moved + text.length - (end - start), offset);
