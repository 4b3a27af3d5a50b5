import { basename, dirname, resolve } from "node:path";
import { hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { type CommitChange, type CommitOptions, commit } from "../fs/commit.js";
import { readFiles } from "../fs/read-project.js";
import { isOutside } from "../fs/read-spec-file.js";
import type { FileChange, Tree, TreePath } from "../project-files/tree.js";
import { toCommitChanges } from "./compare.js";

/** Reads files of the project, and those outside it: the spec and the clients can be there. */
export function readWithOutside(cwd: string, paths: Iterable<TreePath>): Tree {
  const all = [...paths];
  const inside = readFiles(
    cwd,
    all.filter((path) => !isOutside(path)),
  );
  const outside = all.filter(isOutside).flatMap((path) => {
    const { folder, name } = splitPath(cwd, path);
    return [...readFiles(folder, [name]).values()].map((content) => [path, content] as const);
  });
  return new Map([...inside, ...outside]);
}

/** The changes of one folder, which are written all or none. */
interface Part {
  readonly folder: string;
  readonly changes: readonly CommitChange[];
}

/**
 * Commits the changes of a run. Each folder outside the project is a commit of its own, before that of the project. If one
 * fails, those before it are undone. If the process ends between two, `wsgen generate` updates the code to the spec.
 */
export async function commitWithOutside(
  cwd: string,
  changes: readonly FileChange[],
  options: CommitOptions,
): Promise<Outcome<true>> {
  const all = toCommitChanges(changes);
  const parts = new Map<string, CommitChange[]>();
  for (const change of all.filter(({ path }) => isOutside(path))) {
    const { folder, name } = splitPath(cwd, change.path);
    parts.set(folder, [...(parts.get(folder) ?? []), { ...change, path: name }]);
  }
  const done: Part[] = [];
  for (const [folder, own] of parts) {
    const part = { folder, changes: own };
    const written = await commit(folder, own);
    if (hasErrors(written.diagnostics)) return undo(done, written);
    done.push(part);
  }
  const inside = all.filter(({ path }) => !isOutside(path));
  const committed = await commit(cwd, inside, options);
  return hasErrors(committed.diagnostics) ? undo(done, committed) : committed;
}

async function undo(parts: readonly Part[], failure: Outcome<true>): Promise<Outcome<true>> {
  const diagnostics = [...failure.diagnostics];
  for (const { folder, changes } of [...parts].reverse()) {
    const back = changes.map(({ path, before, after }) => ({ path, before: after, after: before }));
    diagnostics.push(...(await commit(folder, back)).diagnostics);
  }
  return { ...failure, diagnostics };
}

const splitPath = (cwd: string, path: TreePath) => ({
  folder: dirname(resolve(cwd, path)),
  name: basename(path),
});
