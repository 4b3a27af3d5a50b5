import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import { isNamed } from "../scan/summaries.js";
import { commentsIn, type FoundString, findStrings } from "../syntax/find-text.js";
import { isCode } from "../syntax/open-project.js";
import { lineAt, locate, parseSource } from "../syntax/parse-source.js";
import { type Files, type ProjectState, textsAfter } from "./project-command.js";

/** Words of the wire that were renamed, and that the user's own text may repeat. */
export interface OldWords {
  /** What a string literal may be equal to. */
  readonly names: readonly string[];
  /** What a path in a string literal may hold: `/chat/`. */
  readonly pathStart?: string;
  /** Names of classes and types, which a comment may have anywhere. */
  readonly classNames?: readonly string[];
  /** The file of what was renamed: its comments may have the name itself. */
  readonly own?: { readonly file: string; readonly name: string };
}

/** Tells where the old name still stands in a string or a comment of the user's: only a person knows whether it means what was renamed. */
export function findOldWords(files: Files, words: OldWords): readonly Diagnostic[] {
  const { names, pathStart, classNames = [], own } = words;
  const isMeant = (text: string): boolean =>
    names.includes(text) || (pathStart !== undefined && `${text}/`.includes(pathStart));
  return [...files].sort().flatMap(([path, text]) => {
    if (!isCode(path) || readGeneratedHeader(text) !== undefined) return [];
    const isCandidate = names.some((name) => text.includes(name));
    const strings = isCandidate ? findStrings(path, text).filter((found) => isMeant(found.text)) : [];
    const inComments = [...classNames, ...(own?.file === path ? [own.name] : [])];
    const found = [...strings, ...findInComments(path, text, inComments)];
    return found.sort(byPlace).map(({ text, at, excerpt }) => ({
      code: "old-name",
      severity: "note",
      message: `${JSON.stringify(text)} was not renamed. Change it by hand if it means what was renamed.`,
      at,
      excerpt,
    }));
  });
}

const byPlace = ({ at: one }: FoundString, { at: other }: FoundString): number =>
  one.line - other.line || one.column - other.column;

/** The first place in every comment that has one of the words. */
function findInComments(path: string, text: string, words: readonly string[]): FoundString[] {
  const present = words.filter((word) => text.includes(word));
  if (present.length === 0) return [];
  const source = parseSource(path, text);
  return commentsIn(source).flatMap((comment) => {
    const found = present
      .map((word) => ({ word, index: indexOfWord(comment.text, word) }))
      .find(({ index }) => index >= 0);
    if (found === undefined) return [];
    const start = comment.start + found.index;
    return [
      { text: found.word, at: locate(source, start, found.word.length), excerpt: lineAt(source, start) },
    ];
  });
}

function indexOfWord(text: string, word: string): number {
  const isPart = (character: string | undefined): boolean => /[\w$]/.test(character ?? "");
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return at;
  return -1;
}

/** Tells where the user's own text repeats a flag that has just followed the spec: the path of a test, for example. */
export async function findOldFlags(found: ProjectState): Promise<readonly Diagnostic[]> {
  const old = new Set<string>();
  for (const { files, className, flag } of found.model.modules) {
    const summary = await found.summaries.of(files.module);
    const before = summary?.modules.find((module) => isNamed(module, className))?.flag;
    if (before !== undefined && before !== flag) old.add(before);
  }
  // One that another module has now means that one as well.
  for (const { flag } of found.model.modules) old.delete(flag);
  const texts = old.size === 0 ? new Map() : textsAfter(found);
  return [...old].flatMap((flag) => findOldWords(texts, { names: [flag], pathStart: `/${flag}/` }));
}
