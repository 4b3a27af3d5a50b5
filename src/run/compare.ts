import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { CommitChange } from "../fs/commit.js";
import type { Generated } from "../generate.js";
import type { FileOperation } from "../plan/plan.js";
import type { FileChange, Tree, TreePath } from "../tree/tree.js";

/** The files that the stages worked on, and those on the disk. After a rename they differ. */
export interface Comparison {
  readonly files: Tree;
  readonly disk: Tree;
  /** Moved files: old path → new path. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
}

/** Compares the generated files with those on the disk. */
export function compareWithDisk(generated: Generated, comparison: Comparison): FileChange[] {
  const { files, disk, moves } = comparison;
  const conflicts = conflictingPaths(generated.diagnostics);
  const { operations } = generated.plan;
  const planned = operations.map((operation) => {
    const before = disk.get(operation.path);
    const kept = operation.action === "delete" ? undefined : files.get(operation.path);
    const after = generated.tree.get(operation.path) ?? kept;
    const change = conflicts.has(operation.path) ? "conflict" : changeOf(operation, before, after);
    return { path: operation.path, change, before, after };
  });
  const others = otherFiles(new Set(operations.map(({ path }) => path)), comparison);
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
export const commitChanges = (changes: readonly FileChange[]): readonly CommitChange[] =>
  changes.flatMap(({ path, from, before, after }) =>
    from === undefined
      ? [{ path, before, after }]
      : [
          { path: from, before, after: undefined },
          { path, before: undefined, after },
        ],
  );

/** The changes of a rename in files that are not in the plan. */
function otherFiles(planned: ReadonlySet<TreePath>, { files, disk }: Comparison): FileChange[] {
  const paths = new Set([...files.keys(), ...disk.keys()]);
  return [...paths].sort().flatMap((path): FileChange[] => {
    const [before, after] = [disk.get(path), files.get(path)];
    if (planned.has(path) || before === after || typeof before === "object") return [];
    const change = before === undefined ? "created" : after === undefined ? "deleted" : "edited";
    return [{ path, change, before, after }];
  });
}

const conflictingPaths = (diagnostics: readonly Diagnostic[]): ReadonlySet<TreePath | undefined> =>
  new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ at }) => at?.file));

function changeOf(
  operation: FileOperation,
  before: FileContent | undefined,
  after: FileContent | undefined,
): FileChange["change"] {
  if (before === after) return "unchanged";
  const isBlank = before === undefined || (typeof before === "string" && before.trim() === "");
  if (before === undefined || (isBlank && operation.action === "create")) return "created";
  if (operation.action === "delete") return "deleted";
  // An existing file that is created once is only changed by a rename.
  return operation.action === "replace" ? "replaced" : "edited";
}

/** Compares provided files, which are written as they are, with the existing ones. */
export function putInPlace(provided: Tree, files: Tree): FileChange[] {
  return [...provided].map(([path, after]) => {
    const before = files.get(path);
    return { path, change: changeOfProvided(before, after), before, after };
  });
}

function changeOfProvided(before: FileContent | undefined, after: FileContent): FileChange["change"] {
  if (before === undefined) return "created";
  if (isSame(before, after)) return "unchanged";
  // The spec is edited as text; tarballs are replaced.
  return typeof before === "string" && typeof after === "string" ? "edited" : "replaced";
}

type FileContent = string | Uint8Array;

const isSame = (one: string | Uint8Array, other: string | Uint8Array): boolean =>
  Buffer.from(one).equals(Buffer.from(other));
