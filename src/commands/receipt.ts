import { createHash } from "node:crypto";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { builtAt, readReceiptFile, writeReceiptFile } from "../fs/receipt-file.js";
import type { SpecSource } from "../spec/read-spec.js";
import type { Tree, TreePath } from "../tree/tree.js";
import { wsgenVersion } from "./package-info.js";
import type { CommandResult } from "./result.js";

/**
 * That a project is up to date, as `wsgen generate` left it: while not a byte of the spec, of the code and of wsgen
 * differs, there is nothing to work out. It holds the whole answer, so that nobody can tell the difference but by the time.
 */
export interface Receipt {
  /** SHA-256 of the spec: while it is another, nothing else needs to be looked at. */
  readonly spec: string;
  /** SHA-256 of everything that the answer depends on. */
  readonly digest: string;
  readonly unchanged: readonly TreePath[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the answer of `generate` and `check` depends on. */
export interface ReceiptInput {
  readonly spec: SpecSource;
  readonly files: Tree;
  readonly templates: ReadonlyMap<string, string>;
}

export function digestOf({ spec, files, templates }: ReceiptInput): string {
  const hash = createHash("sha256");
  const add = (name: string, content: string | Uint8Array) =>
    hash
      .update(`${JSON.stringify(name)} ${typeof content === "string" ? "text" : "bytes"} ${content.length}\n`)
      .update(content);
  add(wsgenVersion(), String(builtAt()));
  add(spec.file, spec.bytes);
  for (const [name, text] of templates) add(name, text);
  for (const [path, content] of [...files].sort(byPath)) add(path, content);
  return hash.digest("hex");
}

export const specDigestOf = ({ file, bytes }: SpecSource): string =>
  createHash("sha256").update(JSON.stringify(file)).update(bytes).digest("hex");

type Entry = readonly [string, unknown];
const byPath = ([one]: Entry, [other]: Entry): number => (one < other ? -1 : 1);

/** What is worth knowing and asks for nothing: it is said by every command alike. */
export const isNote = ({ severity }: Diagnostic): boolean => severity === "note";

/** Reads the receipt of a project; undefined without one. What is not a receipt is none. */
export async function readReceipt(root: string): Promise<Receipt | undefined> {
  const text = await readReceiptFile(root);
  try {
    const receipt: Partial<Receipt> = JSON.parse(text ?? "{}");
    const isWhole = [receipt.unchanged, receipt.diagnostics].every(Array.isArray);
    return typeof receipt.spec === "string" && typeof receipt.digest === "string" && isWhole
      ? (receipt as Receipt)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the receipt of a run that left nothing to do. */
export const keepReceipt = (root: string, receipt: Receipt): Promise<void> =>
  writeReceiptFile(root, JSON.stringify(receipt));

/** The result of a run that had nothing to do. */
export const resultOf = (
  { unchanged, diagnostics }: Receipt,
  { command, written }: Pick<CommandResult, "command" | "written">,
): CommandResult => ({
  command,
  written,
  diagnostics,
  next: [],
  changes: unchanged.map((path) => ({ path, change: "unchanged", before: undefined, after: undefined })),
});
