/** A path relative to the project's root, with forward slashes, never leaving it: `src/main.ts`. */
export type TreePath = string;

/** Files by path. Text keeps every byte: byte-order mark, CRLF and a missing final newline included. */
export type Tree = ReadonlyMap<TreePath, string | Uint8Array>;
