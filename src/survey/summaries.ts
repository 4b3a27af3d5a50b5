import { resolveImport } from "../syntax/resolve-import.js";
import { type ClassReference, type FileSummary, summarizeFile } from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";

/** Where a class is declared, and its name there. */
export interface Declaration {
  readonly path: TreePath;
  readonly className: string;
}

/** What the user's files say about modules and commands; each is parsed once, and a broken one says nothing. */
export class Summaries {
  readonly #files: ReadonlyMap<TreePath, string>;
  readonly #known = new Map<TreePath, FileSummary | undefined>();

  constructor(files: ReadonlyMap<TreePath, string>) {
    this.#files = files;
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

  /** The files that declare the classes of a list. */
  async targetsOf(
    path: TreePath,
    list: (summary: FileSummary) => FileSummary["served"],
  ): Promise<readonly TreePath[]> {
    const summary = await this.of(path);
    const targets: TreePath[] = [];
    for (const reference of (summary && list(summary)) ?? []) {
      const declared = await this.declarationOf(path, reference);
      if (declared !== undefined) targets.push(declared.path);
    }
    return targets;
  }

  /** Where the class is declared that a file refers to; undefined when that is no file of the project. */
  async declarationOf(
    file: TreePath,
    { from, className }: Pick<ClassReference, "from" | "className">,
  ): Promise<Declaration | undefined> {
    const path = from === undefined ? file : resolveImport(this.#files, file, from);
    if (path === undefined) return undefined;
    return (await this.#follow({ path, className }, new Set())) ?? { path, className };
  }

  /** Follows re-exports to the file that has the class. One that has it in its text is not parsed. */
  async #follow(declaration: Declaration, seen: Set<TreePath>): Promise<Declaration | undefined> {
    const { path, className } = declaration;
    if (seen.has(path)) return undefined;
    seen.add(path);
    if (this.#files.get(path)?.includes(`class ${className}`)) return declaration;
    for (const { exported, name, from } of (await this.of(path))?.reExports ?? []) {
      if (exported !== className && exported !== "*") continue;
      const target = resolveImport(this.#files, path, from);
      const wanted = exported === "*" || name === "default" ? className : name;
      const found = target && (await this.#follow({ path: target, className: wanted }, seen));
      if (found) return found;
    }
    return undefined;
  }
}
