import type { Edit } from "../edit/edit.js";
import type { View } from "../render/render.js";
import type { Orphan } from "../scan/find-orphans.js";
import type { TreePath } from "../tree/tree.js";

/** The planned operation on one file, as data: a dry run shows it before anything is written. */
export type FileOperation = CreateFile | ReplaceFile | EditFile | DeleteFile;

/** Creates a file of the user. A file that already exists is left, without an error. */
export interface CreateFile {
  readonly action: "create";
  readonly path: TreePath;
  readonly view: View;
}

/** Writes a generated file again. A file that was changed by hand is an error, unless forced. */
interface ReplaceFile {
  readonly action: "replace";
  readonly path: TreePath;
  readonly view: View;
}

/** Splices into a file of the user. A file that is broken or has another shape is an error with the lines to add. */
export interface EditFile {
  readonly action: "edit";
  readonly path: TreePath;
  readonly edits: readonly Edit[];
}

/** Deletes a file that no longer belongs to the spec. A file with the user's own code is an error, unless forced. */
export interface DeleteFile {
  readonly action: "delete";
  readonly path: TreePath;
  readonly kind: Orphan["kind"];
}

export interface Plan {
  readonly operations: readonly FileOperation[];
}
