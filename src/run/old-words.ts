import { type Diagnostic, sortByPosition } from "../diagnostics/diagnostic.js";
import { isOutside } from "../fs/read-spec-file.js";
import type { FileChange } from "../project-files/tree.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import { type FoundString, findComments, findStrings } from "../syntax/find-text.js";
import { isCode } from "../syntax/open-project.js";
import { markAt, parseSource } from "../syntax/parse-source.js";
import { type Files, getTextsAfter, type ProjectState } from "./project-command.js";

/** Words of the wire that were renamed, and that the user's own text may repeat. */
export interface OldWords {
  /** Values that a whole string literal may have. */
  readonly names: readonly string[];
  /** A part that a path in a string literal may contain: `/chat/`. */
  readonly pathStart?: string;
  /** Names of parameters that the query of a URL in a string literal may contain. */
  readonly parameters?: readonly string[];
  /** Names of classes and types, which comments of any file may contain. */
  readonly classNames?: readonly string[];
  /** The file of the renamed entry: its comments may contain the name itself. */
  readonly own?: { readonly file: string; readonly name: string };
}

/** Reports the old name in strings and comments of the user. Only a person can decide whether it means the renamed entry. */
export function findOldWords(files: Files, words: OldWords): readonly Diagnostic[] {
  const { names, pathStart, parameters = [], classNames = [], own } = words;
  const isMeant = (text: string): boolean =>
    names.includes(text) ||
    (pathStart !== undefined && `${text}/`.includes(pathStart)) ||
    parameters.some((name) => text.includes(`?${name}=`) || text.includes(`&${name}=`));
  return [...files].sort().flatMap(([path, text]) => {
    if (!isCode(path) || readGeneratedHeader(text) !== undefined) return [];
    const isCandidate = names.some((name) => text.includes(name));
    const strings = isCandidate ? findStrings(path, text).filter((found) => isMeant(found.text)) : [];
    const inComments = [...classNames, ...(own?.file === path ? [own.name] : [])];
    const found = [...strings, ...findInComments(path, text, inComments)];
    return sortByPosition(
      found.map(({ text, ...place }) => ({
        code: "old-name",
        severity: "note",
        message: `'${text}' was not renamed: it may mean something else.`,
        fix: "Change it by hand if it means what was renamed.",
        ...place,
      })),
    );
  });
}

/** Reports that the uses of clients outside the project keep the old names: the project that has them was not read. */
export function reportOutsideUses({ changes, model: { clients } }: ProjectState): readonly Diagnostic[] {
  const { folder, at } = clients;
  const isRenamed = ({ path, change }: FileChange): boolean =>
    change !== "unchanged" && path.startsWith(`${folder}/`);
  if (!isOutside(folder) || !changes.some(isRenamed)) return [];
  return [
    {
      code: "old-name",
      severity: "note",
      message: `Uses of the clients in ${folder} that are outside this project were not searched.`,
      fix: "Compile the project that has this folder, and change its uses of the old name.",
      ...(at && { at }),
    },
  ];
}

/** Finds the first of the words in every comment. */
function findInComments(path: string, text: string, words: readonly string[]): FoundString[] {
  const present = words.filter((word) => text.includes(word));
  if (present.length === 0) return [];
  const source = parseSource(path, text);
  return findComments(source).flatMap((comment) => {
    const found = present
      .map((word) => ({ word, index: indexOfWord(comment.text, word) }))
      .find(({ index }) => index >= 0);
    if (found === undefined) return [];
    const { word, index } = found;
    return [{ text: word, ...markAt(source, comment.start + index, word.length) }];
  });
}

function indexOfWord(text: string, word: string): number {
  const isPart = (character: string | undefined): boolean => /[\w$]/.test(character ?? "");
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return at;
  return -1;
}

/** Reports the user's own text that repeats the old flag of a module whose flag now follows the spec, such as the path of a test. */
export function findOldFlags(found: ProjectState): readonly Diagnostic[] {
  const { modules } = found.model;
  const current = new Set(modules.map(({ flag }) => flag));
  const before = modules.map(
    ({ files, className }) => found.summaries.getModule(files.module, className)?.flag,
  );
  // If another module has this flag now, the text may mean that module.
  const old = new Set(before.flatMap((flag) => (flag === undefined || current.has(flag) ? [] : [flag])));
  if (old.size === 0) return [];
  const texts = getTextsAfter(found);
  return [...old].flatMap((flag) => findOldWords(texts, { names: [flag], pathStart: `/${flag}/` }));
}
