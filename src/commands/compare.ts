import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Generated } from "../generate.js";
import type { FileOperation } from "../plan/plan.js";
import type { FileChange } from "../tree/file-change.js";
import type { Tree, TreePath } from "../tree/tree.js";

/** Holds what the files should be against what they are. */
export function compareWithDisk(generated: Generated, files: Tree): FileChange[] {
  const conflicts = conflictingPaths(generated.diagnostics);
  return generated.plan.operations.map((operation) => {
    const before = files.get(operation.path);
    const after = generated.tree.get(operation.path) ?? before;
    const change = conflicts.has(operation.path) ? "conflict" : changeOf(operation, before === after, before);
    return { path: operation.path, change, before, after };
  });
}

const conflictingPaths = (diagnostics: readonly Diagnostic[]): ReadonlySet<TreePath | undefined> =>
  new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ at }) => at?.file));

function changeOf(
  operation: FileOperation,
  isSame: boolean,
  before: string | Uint8Array | undefined,
): FileChange["change"] {
  if (isSame) return "unchanged";
  if (before === undefined) return "created";
  return operation.action === "edit" ? "edited" : "replaced";
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
