/** A path relative to the project's root, with forward slashes, never leaving it: `src/main.ts`. */
export type TreePath = string;

/** Files by path. Text keeps every byte, including a byte-order mark, CRLF and a missing final newline. */
export type Tree = ReadonlyMap<TreePath, string | Uint8Array>;

/** The done or planned change of one file. */
export interface FileChange {
  readonly path: TreePath;
  readonly change: "created" | "replaced" | "edited" | "renamed" | "deleted" | "unchanged" | "conflict";
  /** The old path of a renamed file. */
  readonly from?: TreePath;
  /** The content that was read; undefined without a file. The commit checks that it is unchanged. */
  readonly before: string | Uint8Array | undefined;
  /** The new content; undefined for a deleted file. */
  readonly after: string | Uint8Array | undefined;
}

/** Whether a text uses CRLF, judged by its first line. */
export const usesCrlf = (text: string): boolean => text[text.indexOf("\n") - 1] === "\r";

export const withCrlf = (text: string): string => text.replaceAll(/\r?\n/g, "\r\n");
