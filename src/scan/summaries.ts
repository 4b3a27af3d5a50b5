import type { TreePath } from "../project-files/tree.js";
import { resolveImport } from "../syntax/resolve-import.js";
import {
  type FileSummary,
  type ListSummary,
  type ModuleSummary,
  type NameReference,
  summarizeFile,
} from "../syntax/summarize-file.js";

/** The file that declares a class, and its name there: `default` for a class without a name. */
export interface Declaration {
  readonly path: TreePath;
  readonly className: string;
}

/** Whether a class of a file is the one that a model names. A class without a name matches, too. */
export const isNamed = (found: { readonly className: string }, className: string): boolean =>
  found.className === className || found.className === "default";

/** The modules and commands in the user's files. Each file is parsed once; a broken one counts as empty. */
export class Summaries {
  readonly files: ReadonlyMap<TreePath, string>;
  readonly #expected: ReadonlyMap<TreePath, unknown>;
  readonly #known = new Map<TreePath, FileSummary | undefined>();

  /** @param expected files that should exist: an import of one resolves to it even if it is missing */
  constructor(files: ReadonlyMap<TreePath, string>, expected: ReadonlyMap<TreePath, unknown> = new Map()) {
    this.files = files;
    this.#expected = expected;
  }

  get(path: TreePath): FileSummary | undefined {
    const text = this.files.get(path);
    if (text !== undefined && !this.#known.has(path)) this.#known.set(path, summarizeFile(path, text).value);
    return this.#known.get(path);
  }

  /** The class of a module in its file. */
  getModule(path: TreePath, className: string): ModuleSummary | undefined {
    return this.get(path)?.modules.find((module) => isNamed(module, className));
  }

  /** Finds the first file with a match. Files that contain none of the words are not parsed. */
  find<T>(
    paths: readonly TreePath[],
    words: readonly string[],
    pick: (summary: FileSummary) => T | undefined,
  ): { path: TreePath; value: T } | undefined {
    for (const path of paths) {
      const text = this.files.get(path);
      if (text === undefined || !words.some((word) => text.includes(word))) continue;
      const summary = this.get(path);
      const value = summary && pick(summary);
      if (value !== undefined) return { path, value };
    }
    return undefined;
  }

  /** Finds the files that declare the names of a list. */
  findTargets(path: TreePath, list: ListSummary | undefined): readonly TreePath[] {
    const imported = list?.names.filter(({ from }) => from !== undefined) ?? [];
    return imported.flatMap((name) => this.findDeclaration(path, name)?.path ?? []);
  }

  /** Finds the declaration of a class that a file refers to; undefined if it is not in a file of the project. */
  findDeclaration(
    file: TreePath,
    { from, className, owner }: Pick<NameReference, "from" | "className" | "owner">,
  ): Declaration | undefined {
    const path = from === undefined ? file : this.#resolve(file, from);
    if (path === undefined) return undefined;
    const found = this.#follow({ path, className }, new Set());
    if (found !== undefined || owner === undefined) return found ?? { path, className };
    // The class is not visible from here, but the object that it is a member of is.
    return { path: this.#follow({ path, className: owner }, new Set())?.path ?? path, className };
  }

  #resolve(file: TreePath, specifier: string): TreePath | undefined {
    return resolveImport(this.files, file, specifier) ?? resolveImport(this.#expected, file, specifier);
  }

  /** Follows re-exports and exports under other names to the file that declares the class. A file whose text declares it is not parsed. */
  #follow({ path, className }: Declaration, seen: Set<string>): Declaration | undefined {
    const key = `${path} ${className}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (declaresClass(this.files.get(path) ?? "", className)) return { path, className };
    const summary = this.get(path);
    const local = summary?.exports.get(className);
    if (summary?.reExports.every(({ exported }) => exported !== className) && local !== undefined)
      return { path, className: local };
    for (const { exported, name, from } of summary?.reExports ?? []) {
      if (exported !== className && exported !== "*") continue;
      const target = this.#resolve(path, from);
      const wanted = exported === "*" ? className : name;
      const found = target && this.#follow({ path: target, className: wanted }, seen);
      if (found) return found;
    }
    return undefined;
  }
}

/** Whether a text declares a class with exactly this name. Comments do not count. */
export function declaresClass(text: string, className: string): boolean {
  const words = `class ${className}`;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const before = text.slice(text.lastIndexOf("\n", at) + 1, at);
    if (!/^\s*(\/\/|\/?\*)/.test(before) && !/[\w$]/.test(text[at + words.length] ?? "")) return true;
  }
  return false;
}
