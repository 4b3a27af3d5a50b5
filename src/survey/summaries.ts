import { type FileSummary, summarizeFile } from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";
import { importTarget } from "./import-target.js";

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

  /** The files that the classes of a list come from. */
  async targetsOf(
    path: TreePath,
    list: (summary: FileSummary) => FileSummary["served"],
  ): Promise<readonly TreePath[]> {
    const summary = await this.of(path);
    const references = (summary && list(summary)) ?? [];
    return references.flatMap(({ from }) =>
      from === undefined ? [path] : (importTarget(this.#files, path, from) ?? []),
    );
  }
}
