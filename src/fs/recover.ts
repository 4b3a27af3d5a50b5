import { resolve } from "node:path";
import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { type FileSystem, nodeFileSystem } from "./file-system.js";
import { journalFile, readJournal } from "./journal.js";
import { type LockOptions, lockProject, type ProjectLock } from "./lock-project.js";
import { describeLeft, finish, type LeftAlone, openTransaction, undo } from "./swap-files.js";

export interface RecoverOptions extends LockOptions {
  /** A lock that the caller holds already. */
  readonly lock?: ProjectLock;
}

/** True when an earlier run was cut off while it was writing. Reads only, so a dry run may ask. */
export async function hasUnfinishedCommit(root: string): Promise<boolean> {
  const found = await Promise.all(
    (["open", "done"] as const).map((state) => nodeFileSystem.lstat(journalFile(resolve(root), state))),
  );
  return found.some((stats) => stats !== undefined);
}

/**
 * Puts a project in order after a run that was killed: undoes it, or finishes it when it had become final. Without
 * such a run nothing is touched. The diagnostics say what was done; the value is true when there was something to do.
 */
export async function recover(root: string, options: RecoverOptions = {}): Promise<Outcome<boolean>> {
  const { fileSystem = nodeFileSystem } = options;
  if (!(await hasUnfinishedCommit(root))) return { value: false, diagnostics: [] };
  try {
    const lock = options.lock ?? (await lockProject(resolve(root), options));
    try {
      return { value: true, diagnostics: await putInOrder(fileSystem, resolve(root)) };
    } finally {
      if (!options.lock) await lock.release();
    }
  } catch (error) {
    return { value: undefined, diagnostics: [toDiagnostic(error, `${root} could not be put in order`)] };
  }
}

/** The same for a caller that holds the lock. */
export async function putInOrder(fileSystem: FileSystem, root: string): Promise<Diagnostic[]> {
  const found = await readJournal(fileSystem, root);
  if (!found) return [];
  const { journal, state } = found;
  const transaction = await openTransaction(fileSystem, root, journal);
  const left = state === "open" ? await undo(transaction) : [];
  if (state === "done") await finish(transaction);
  await fileSystem.unlink(journalFile(root, state));
  const what = state === "open" ? "undone" : "finished";
  const note: Diagnostic = {
    code: "unfinished-commit",
    severity: "note",
    message: `An earlier run was cut off while it was writing; it was ${what}.`,
  };
  return [note, ...left.map(leftAlone)];
}

const leftAlone = (left: LeftAlone): Diagnostic => ({
  code: "changed-meanwhile",
  severity: "warning",
  message: describeLeft(left),
});
