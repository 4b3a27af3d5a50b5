import { resolve } from "node:path";
import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { type FileSystem, nodeFileSystem } from "./file-system.js";
import { journalFile, readJournal } from "./journal.js";
import { type LockOptions, lockProject, type ProjectLock } from "./lock-project.js";
import { redo } from "./transaction.js";

export interface RecoverOptions extends LockOptions {
  /** A lock that the caller already holds. */
  readonly lock?: ProjectLock;
}

/** True if an earlier run was interrupted while it was writing. Only reads, so a dry run may call it. */
export const hasUnfinishedCommit = async (root: string): Promise<boolean> =>
  (await nodeFileSystem.lstat(journalFile(resolve(root)))) !== undefined;

/**
 * Completes a run that was killed while it was writing; otherwise touches nothing. The diagnostics report what was
 * done. The value is true if there was such a run.
 */
export async function recover(root: string, options: RecoverOptions = {}): Promise<Outcome<boolean>> {
  const { fileSystem = nodeFileSystem } = options;
  if (!(await hasUnfinishedCommit(root))) return { value: false, diagnostics: [] };
  try {
    const lock = options.lock ?? (await lockProject(resolve(root), options));
    try {
      return { value: true, diagnostics: await completeEarlierRun(fileSystem, resolve(root)) };
    } finally {
      if (!options.lock) await lock.release();
    }
  } catch (error) {
    return { value: undefined, diagnostics: [toDiagnostic(error, `${root} could not be recovered`)] };
  }
}

/** As `recover`, for a caller that holds the lock. */
export async function completeEarlierRun(fileSystem: FileSystem, root: string): Promise<Diagnostic[]> {
  const journal = await readJournal(fileSystem, root);
  if (!journal) return [];
  const warnings = await redo(fileSystem, root, journal);
  const note: Diagnostic = {
    code: "unfinished-commit",
    severity: "note",
    message: "An earlier run was interrupted while it was writing. It is now completed.",
  };
  return [note, ...warnings];
}
