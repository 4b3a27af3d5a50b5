import { type Diagnostic, failed, type Outcome } from "../diagnostics/diagnostic.js";
import { toDiagnostic } from "./commit-error.js";
import { stateFolder } from "./contain-path.js";
import { nodeFileSystem } from "./file-system.js";
import { getJournalPath, readJournal } from "./journal.js";
import { type LockOptions, lockProject, type ProjectLock } from "./lock-project.js";
import { redo } from "./transaction.js";

/** True if an earlier run was interrupted while it was writing. Only reads, so a dry run may call it. */
export const hasUnfinishedCommit = async (root: string): Promise<boolean> =>
  (await nodeFileSystem.lstat(getJournalPath(root))) !== undefined;

/**
 * Runs work under the lock of a project: waits for another wsgen, completes an interrupted run, and always
 * releases the lock. A signal stops the work at its commit. Codes: `locked`, `unfinished-commit` (a note).
 */
export async function withLockedProject<T>(
  root: string,
  work: (lock: ProjectLock) => Promise<T>,
): Promise<Outcome<T>> {
  const opened = await openForWriting(root).catch((error: unknown) =>
    toDiagnostic(error, `${root} cannot be written to`),
  );
  if ("code" in opened) return failed([opened]);
  const interruption = listenForInterruption();
  try {
    const value = await work({ ...opened.lock, signal: interruption.signal });
    return { value, diagnostics: opened.diagnostics };
  } finally {
    interruption.stop();
    await opened.close();
  }
}

/** A project that this run may write to. */
interface OpenProject {
  readonly lock: ProjectLock;
  /** What was found and done; `close` can add a warning. */
  readonly diagnostics: Diagnostic[];
  /** Releases the lock, unless the caller brought it. */
  close(): Promise<void>;
}

/** Takes the lock of a project, unless the caller holds it, and completes a run that was killed while it was writing. */
export async function openForWriting(
  root: string,
  { lock: own, ...options }: LockOptions & { readonly lock?: ProjectLock } = {},
): Promise<OpenProject> {
  const { fileSystem = nodeFileSystem } = options;
  const lock = own ?? (await lockProject(root, options));
  const diagnostics: Diagnostic[] = [];
  const close = async (): Promise<void> => {
    // The work is done. A lock that cannot be removed does not undo it.
    if (!own) await lock.release().catch((error: unknown) => void diagnostics.push(reportStaysLocked(error)));
  };
  try {
    await lock.assertHeld();
    const journal = await readJournal(fileSystem, root);
    if (journal) diagnostics.push(completed, ...(await redo(fileSystem, root, journal)));
  } catch (error) {
    await close();
    throw error;
  }
  return { lock, diagnostics, close };
}

const completed: Diagnostic = {
  code: "unfinished-commit",
  severity: "note",
  message: "An earlier run was interrupted while it was writing. It is now completed.",
};

const reportStaysLocked = (error: unknown): Diagnostic => ({
  code: "locked",
  severity: "warning",
  message: `The lock of the project could not be removed: ${(error as Error).message}.`,
  fix: `Delete ${stateFolder}/lock, or the next run will wait for it.`,
});

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, and for an abort signal of the caller, so that unfinished work can be undone
 * first. `stop` removes the handlers, so that signals have their usual effect again.
 */
export function listenForInterruption(outer?: AbortSignal): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const abort = (signal: NodeJS.Signals): void => controller.abort(signal);
  for (const signal of signals) process.on(signal, abort);
  return {
    signal: outer ? AbortSignal.any([outer, controller.signal]) : controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
