import { resolveImport } from "../syntax/resolve-import.js";
import {
  type FileSummary,
  type ListSummary,
  type NameReference,
  summarizeFile,
} from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";

/** Where a class is declared, and its name there: `default` for one without a name. */
export interface Declaration {
  readonly path: TreePath;
  readonly className: string;
}

/** Whether a class of a file is the one that a model names: a class without a name is the model's, too. */
export const isNamed = (found: { readonly className: string }, className: string): boolean =>
  found.className === className || found.className === "default";

/** What the user's files say about modules and commands; each is parsed once, and a broken one says nothing. */
export class Summaries {
  readonly #files: ReadonlyMap<TreePath, string>;
  readonly #expected: ReadonlyMap<TreePath, unknown>;
  readonly #known = new Map<TreePath, FileSummary | undefined>();

  /** @param expected files that should be there: an import of one means it, although it is missing */
  constructor(files: ReadonlyMap<TreePath, string>, expected: ReadonlyMap<TreePath, unknown> = new Map()) {
    this.#files = files;
    this.#expected = expected;
  }

  has(path: TreePath): boolean {
    return this.#files.has(path);
  }

  async of(path: TreePath): Promise<FileSummary | undefined> {
    const text = this.#files.get(path);
    if (text !== undefined && !this.#known.has(path)) {
      this.#known.set(path, (await summarizeFile(path, text)).value);
    }
    return this.#known.get(path);
  }

  /** The first of the files that has what is looked for. Those that mention none of the words are not parsed. */
  async find<T>(
    paths: readonly TreePath[],
    words: readonly string[],
    pick: (summary: FileSummary) => T | undefined,
  ): Promise<{ path: TreePath; value: T } | undefined> {
    for (const path of paths) {
      const text = this.#files.get(path);
      if (text === undefined || !words.some((word) => text.includes(word))) continue;
      const summary = await this.of(path);
      const value = summary && pick(summary);
      if (value !== undefined) return { path, value };
    }
    return undefined;
  }

  /** The files that declare what a list names. */
  async targetsOf(
    path: TreePath,
    list: (summary: FileSummary) => ListSummary | undefined,
  ): Promise<readonly TreePath[]> {
    const summary = await this.of(path);
    const targets: TreePath[] = [];
    for (const reference of (summary && list(summary))?.names ?? []) {
      const declared = reference.from === undefined ? undefined : await this.declarationOf(path, reference);
      if (declared !== undefined) targets.push(declared.path);
    }
    return targets;
  }

  /** Where the class is declared that a file refers to; undefined when that is no file of the project. */
  async declarationOf(
    file: TreePath,
    { from, className, owner }: Pick<NameReference, "from" | "className" | "owner">,
  ): Promise<Declaration | undefined> {
    const path =
      from === undefined
        ? file
        : (resolveImport(this.#files, file, from) ?? resolveImport(this.#expected, file, from));
    if (path === undefined) return undefined;
    const found = await this.#follow({ path, className }, new Set());
    if (found !== undefined || owner === undefined) return found ?? { path, className };
    // The class is not to be seen from here, but what it is a member of is.
    return { path: (await this.#follow({ path, className: owner }, new Set()))?.path ?? path, className };
  }

  /** Follows exports under other names and re-exports to the file that has the class. One that has it in its text is not parsed. */
  async #follow({ path, className }: Declaration, seen: Set<string>): Promise<Declaration | undefined> {
    const key = `${path} ${className}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (declaresClass(this.#files.get(path) ?? "", className)) return { path, className };
    const summary = await this.of(path);
    const local = summary?.exports.get(className);
    if (summary?.reExports.every(({ exported }) => exported !== className) && local !== undefined)
      return { path, className: local };
    for (const { exported, name, from } of summary?.reExports ?? []) {
      if (exported !== className && exported !== "*") continue;
      const target = resolveImport(this.#files, path, from) ?? resolveImport(this.#expected, path, from);
      const wanted = exported === "*" ? className : name;
      const found = target && (await this.#follow({ path: target, className: wanted }, seen));
      if (found) return found;
    }
    return undefined;
  }
}

/** Whether a text declares a class of just this name. What stands in a comment does not count. */
export function declaresClass(text: string, className: string): boolean {
  const words = `class ${className}`;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const before = text.slice(text.lastIndexOf("\n", at) + 1, at);
    if (!/^\s*(\/\/|\/?\*)/.test(before) && !/[\w$]/.test(text[at + words.length] ?? "")) return true;
  }
  return false;
}
