import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { CommitChange } from "../fs/commit.js";
import type { Generated } from "../generate.js";
import type { FileOperation } from "../plan/plan.js";
import type { FileChange, Tree, TreePath } from "../tree/tree.js";

/** The files that the stages worked on, and those that are on the disk: a rename makes them differ. */
export interface Comparison {
  readonly files: Tree;
  readonly disk: Tree;
  /** Files that got another path: old path → new path. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
}

/** Holds what the files should be against what they are. */
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

/** A file that is gone in one place and new in another is one change. */
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

/** What a commit does: a renamed file goes in one place and comes in the other. */
export const commitChanges = (changes: readonly FileChange[]): readonly CommitChange[] =>
  changes.flatMap(({ path, from, before, after }) =>
    from === undefined
      ? [{ path, before, after }]
      : [
          { path: from, before, after: undefined },
          { path, before: undefined, after },
        ],
  );

/** What a rename changed in files that are not in the plan. */
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
  // A file that is created once and is there is only changed by a rename.
  return operation.action === "replace" ? "replaced" : "edited";
}

/** Files that are given as they are, held against what is there. */
export function putInPlace(provided: Tree, files: Tree): FileChange[] {
  return [...provided].map(([path, after]) => {
    const before = files.get(path);
    return { path, change: changeOfProvided(before, after), before, after };
  });
}

function changeOfProvided(before: FileContent | undefined, after: FileContent): FileChange["change"] {
  if (before === undefined) return "created";
  if (isSame(before, after)) return "unchanged";
  // The spec is edited in its text; tarballs are not.
  return typeof before === "string" && typeof after === "string" ? "edited" : "replaced";
}

type FileContent = string | Uint8Array;

const isSame = (one: string | Uint8Array, other: string | Uint8Array): boolean =>
  Buffer.from(one).equals(Buffer.from(other));
