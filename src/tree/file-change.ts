import type { TreePath } from "./tree.js";

/** What a run does, or would do, to one file. */
export interface FileChange {
  readonly path: TreePath;
  readonly change: "created" | "replaced" | "edited" | "renamed" | "deleted" | "unchanged" | "conflict";
  /** The path that a renamed file had before. */
  readonly from?: TreePath;
  /** What was read; undefined where there was no file. The commit checks that it is still so. */
  readonly before: string | Uint8Array | undefined;
  /** What is to be there; undefined for a file that goes. */
  readonly after: string | Uint8Array | undefined;
}
