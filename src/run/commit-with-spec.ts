import { basename, dirname, resolve } from "node:path";
import { hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { type CommitChange, type CommitOptions, commit } from "../fs/commit.js";
import { readFiles } from "../fs/read-project.js";
import { isOutside } from "../fs/read-spec-file.js";
import type { FileChange, Tree, TreePath } from "../project-files/tree.js";
import { toCommitChanges } from "./compare.js";

/** Reads files of the project, and the spec, which may be outside it. */
export function readWithSpec(cwd: string, paths: readonly TreePath[]): Tree {
  const inside = readFiles(
    cwd,
    paths.filter((path) => !isOutside(path)),
  );
  const outside = paths.filter(isOutside).flatMap((path) => {
    const { folder, name } = splitPath(cwd, path);
    return [...readFiles(folder, [name]).values()].map((content) => [path, content] as const);
  });
  return new Map([...inside, ...outside]);
}

/**
 * Commits the changes of a run. A spec outside the project and each of its files are separate commits, before the project's.
 * If one fails, those before it are undone. If the process ends between two, `wsgen generate` updates the code to the spec.
 */
export async function commitWithSpec(
  cwd: string,
  changes: readonly FileChange[],
  options: CommitOptions,
): Promise<Outcome<true>> {
  const all = toCommitChanges(changes);
  const inside = all.filter(({ path }) => !isOutside(path));
  const written: CommitChange[] = [];
  for (const change of all.filter(({ path }) => isOutside(path))) {
    const committed = await commitOutside(cwd, change);
    if (hasErrors(committed.diagnostics)) return undo(cwd, written, committed);
    written.push(change);
  }
  const committed = await commit(cwd, inside, options);
  return hasErrors(committed.diagnostics) ? undo(cwd, written, committed) : committed;
}

/** Restores files outside the project after a failed commit. */
async function undo(
  cwd: string,
  written: readonly CommitChange[],
  failure: Outcome<true>,
): Promise<Outcome<true>> {
  const diagnostics = [...failure.diagnostics];
  for (const change of written) {
    const undone = await commitOutside(cwd, { ...change, before: change.after, after: change.before });
    diagnostics.push(...undone.diagnostics);
  }
  return { ...failure, diagnostics };
}

function commitOutside(cwd: string, change: CommitChange): Promise<Outcome<true>> {
  const { folder, name } = splitPath(cwd, change.path);
  return commit(folder, [{ ...change, path: name }]);
}

const splitPath = (cwd: string, path: TreePath) => ({
  folder: dirname(resolve(cwd, path)),
  name: basename(path),
});
