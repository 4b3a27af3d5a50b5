import type { Edit } from "../edit/edit.js";
import type { View } from "../render/render.js";
import type { Orphan } from "../scan/find-orphans.js";
import type { TreePath } from "../tree/tree.js";

/** The planned operation on one file, as data: a dry run shows it before anything is written. */
export type FileOperation = CreateFile | ReplaceFile | EditFile | DeleteFile;

/** Creates a file of the user's. Already there: left alone, never an error. */
export interface CreateFile {
  readonly action: "create";
  readonly path: TreePath;
  readonly view: View;
}

/** Writes a generated file anew. Changed by hand since: an error, unless forced. */
interface ReplaceFile {
  readonly action: "replace";
  readonly path: TreePath;
  readonly view: View;
}

/** Splices into a file of the user's. Broken or of another shape: an error with the lines to add. */
export interface EditFile {
  readonly action: "edit";
  readonly path: TreePath;
  readonly edits: readonly Edit[];
}

/** Removes a file that the spec no longer accounts for. Written in by the user: an error, unless forced. */
export interface DeleteFile {
  readonly action: "delete";
  readonly path: TreePath;
  readonly kind: Orphan["kind"];
}

export interface Plan {
  readonly operations: readonly FileOperation[];
}
