/** A path relative to the project's root, with forward slashes, never leaving it: `src/main.ts`. */
export type TreePath = string;

/** Files by path. Text keeps every byte: byte-order mark, CRLF and a missing final newline included. */
export type Tree = ReadonlyMap<TreePath, string | Uint8Array>;

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

/** Whether the lines of a text end with CRLF, as its first one does. */
export const usesCrlf = (text: string): boolean => text[text.indexOf("\n") - 1] === "\r";

export const withCrlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");
