import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import { findStrings } from "../syntax/find-strings.js";
import { isCode } from "../syntax/project-service.js";
import type { Files } from "./work.js";

/** Words of the wire that were renamed, and that the user's own text may repeat. */
export interface OldWords {
  /** What a string literal may be equal to. */
  readonly names: readonly string[];
  /** What a path in a string literal may hold: `/chat/`. */
  readonly pathStart?: string;
}

/** Tells where the old name still stands as a string of the user's: only a person knows whether it means what was renamed. */
export function findOldWords(files: Files, { names, pathStart }: OldWords): readonly Diagnostic[] {
  const isMeant = (text: string): boolean =>
    names.includes(text) || (pathStart !== undefined && `${text}/`.includes(pathStart));
  return [...files].sort().flatMap(([path, text]) => {
    const isCandidate =
      isCode(path) && names.some((name) => text.includes(name)) && readGeneratedHeader(text) === undefined;
    return (isCandidate ? findStrings(path, text) : [])
      .filter((found) => isMeant(found.text))
      .map(({ text, at, excerpt }) => ({
        code: "old-name",
        severity: "note",
        message: `${JSON.stringify(text)} was left as it is; change it if it means what was renamed.`,
        at,
        excerpt,
      }));
  });
}
