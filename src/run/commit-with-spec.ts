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
 * Commits the changes of a run. A spec outside the project is a separate, first commit. If the project's commit fails, the
 * spec is restored. If the process ends between the two, `wsgen generate` updates the code to the spec.
 */
export async function commitWithSpec(
  cwd: string,
  changes: readonly FileChange[],
  options: CommitOptions,
): Promise<Outcome<true>> {
  const all = toCommitChanges(changes);
  const spec = all.find(({ path }) => isOutside(path));
  const inside = all.filter((change) => change !== spec);
  if (spec === undefined) return commit(cwd, inside, options);
  const written = await commitOutside(cwd, spec);
  if (hasErrors(written.diagnostics)) return written;
  const committed = await commit(cwd, inside, options);
  if (!hasErrors(committed.diagnostics)) return committed;
  const undone = await commitOutside(cwd, { ...spec, before: spec.after, after: spec.before });
  return { ...committed, diagnostics: [...committed.diagnostics, ...undone.diagnostics] };
}

function commitOutside(cwd: string, change: CommitChange): Promise<Outcome<true>> {
  const { folder, name } = splitPath(cwd, change.path);
  return commit(folder, [{ ...change, path: name }]);
}

const splitPath = (cwd: string, path: TreePath) => ({
  folder: dirname(resolve(cwd, path)),
  name: basename(path),
});
