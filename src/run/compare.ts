import type { CommitChange } from "../fs/commit.js";
import type { Generated } from "../generate.js";
import type { FileOperation } from "../plan/plan-files.js";
import type { FileChange, Tree, TreePath } from "../project-files/tree.js";

/** The files that the stages worked on, and those on the disk. After a rename they differ. */
export interface Comparison {
  readonly files: Tree;
  readonly disk: Tree;
  /** Moved files: old path → new path. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
}

/** Compares the generated files with those on the disk. */
export function compareWithDisk(generated: Generated, { files, disk, moves }: Comparison): FileChange[] {
  const errors = generated.diagnostics.filter(({ severity }) => severity === "error");
  const conflicts = new Set(errors.map(({ at }) => at?.file));
  const { operations } = generated.plan;
  const planned = operations.map((operation): FileChange => {
    const { path, action } = operation;
    const before = disk.get(path);
    const after = generated.tree.get(path) ?? (action === "delete" ? undefined : files.get(path));
    const change = conflicts.has(path) ? "conflict" : nameChange(operation, before, after);
    return { path, change, before, after };
  });
  // A rename also changes files that are not in the plan.
  const done = new Set(operations.map(({ path }) => path));
  const others = [...new Set([...files.keys(), ...disk.keys()])].sort().flatMap((path): FileChange[] => {
    const [before, after] = [disk.get(path), files.get(path)];
    if (done.has(path) || before === after || typeof before === "object") return [];
    const change = before === undefined ? "created" : after === undefined ? "deleted" : "edited";
    return [{ path, change, before, after }];
  });
  return joinMoves([...planned, ...others], moves);
}

/** Joins the deletion and the creation of a moved file to one change. */
function joinMoves(changes: readonly FileChange[], moves: Comparison["moves"]): FileChange[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const gone = new Set<TreePath>();
  const origin = new Map([...moves].map(([from, to]) => [to, byPath.get(from)]));
  const joined = changes.map((change) => {
    const old = origin.get(change.path);
    if (change.change !== "created" || old?.change !== "deleted") return change;
    gone.add(old.path);
    return { ...change, change: "renamed" as const, from: old.path, before: old.before };
  });
  return joined.filter(({ path }) => !gone.has(path));
}

/** The changes for a commit: a renamed file is deleted at the old path and created at the new one. */
export const toCommitChanges = (changes: readonly FileChange[]): readonly CommitChange[] =>
  changes.flatMap(({ path, from, before, after }) =>
    from === undefined
      ? [{ path, before, after }]
      : [
          { path: from, before, after: undefined },
          { path, before: undefined, after },
        ],
  );

function nameChange(
  { action }: FileOperation,
  before: FileChange["before"],
  after: FileChange["after"],
): FileChange["change"] {
  if (before === after) return "unchanged";
  const isBlank = typeof before === "string" && before.trim() === "";
  if (before === undefined || (isBlank && action === "create")) return "created";
  if (action === "delete") return "deleted";
  // An existing file that is created once is only changed by a rename.
  return action === "replace" ? "replaced" : "edited";
}

/** Compares provided files, which are written as they are, with the existing ones. */
export const compareProvided = (provided: Tree, disk: Tree): FileChange[] =>
  [...provided].map(([path, after]) => {
    const before = disk.get(path);
    const isSame = before !== undefined && Buffer.from(before).equals(Buffer.from(after));
    // The spec is edited as text; tarballs are replaced.
    const isText = typeof before === "string" && typeof after === "string";
    const change = before === undefined ? "created" : isSame ? "unchanged" : isText ? "edited" : "replaced";
    return { path, change, before, after };
  });
