import { resolve } from "node:path";
import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import type { TreePath } from "../tree/tree.js";
import { toDiagnostic } from "./commit-error.js";
import { type FileContent, type FileSystem, makeRoot, nodeFileSystem, toBytes } from "./file-system.js";
import { hashOf } from "./journal.js";
import { lockProject, type ProjectLock } from "./lock-project.js";
import { completeEarlierRun } from "./recover.js";
import { type Change, runTransaction } from "./transaction.js";
import { listenForInterruption } from "./with-locked-project.js";

/** A change of one file. Equal contents, or two absent ones, are not a change. */
export interface CommitChange {
  readonly path: TreePath;
  /** The content that was read; undefined if the file did not exist. A target with other content stops the commit. */
  readonly before: FileContent | undefined;
  /** The new content; undefined deletes the file. */
  readonly after: FileContent | undefined;
}

export interface CommitOptions {
  /** A lock that the caller already holds, since before it read the project. Default: taken and released here. */
  readonly lock?: ProjectLock;
  /** How long to wait for another wsgen, in milliseconds. Default: 10,000. */
  readonly lockWaitMs?: number;
  /** Stops and undoes the commit, as SIGINT, SIGTERM and SIGHUP do. */
  readonly signal?: AbortSignal;
  readonly fileSystem?: FileSystem;
}

/**
 * Writes changes to a project: all of them or none. Links that lead out of the project, targets that are not files and
 * targets that changed since they were read are found before the first write. After a failure or a signal everything is restored.
 * A process that is killed leaves the project as it was, or a journal by which the next run completes it.
 *
 * Touches nothing if there are no changes. Creates `root` if it is missing.
 * Codes: `outside-project`, `changed-meanwhile`, `write-failed`, `interrupted`, `locked`.
 */
export async function commit(
  root: string,
  changes: readonly CommitChange[],
  options: CommitOptions = {},
): Promise<Outcome<true>> {
  const folder = resolve(root);
  const effective = changes.flatMap(toChange);
  if (effective.length === 0) return { value: true, diagnostics: [] };
  const { fileSystem = nodeFileSystem } = options;
  const interruption = listenForInterruption(options.signal ?? options.lock?.signal);
  const made = await makeRoot(fileSystem, folder).catch((error: unknown) =>
    toDiagnostic(error, `${root} cannot be created`),
  );
  try {
    if ("code" in made) return { value: undefined, diagnostics: [made] };
    const diagnostics = await locked(folder, options, () =>
      runTransaction({ fileSystem, root: folder, changes: effective, signal: interruption.signal }),
    );
    return { value: true, diagnostics };
  } catch (error) {
    if ("undo" in made) await made.undo();
    return {
      value: undefined,
      diagnostics: [toDiagnostic(error, `Writing to ${root} failed; all changes were undone`)],
    };
  } finally {
    interruption.stop();
  }
}

/** Does the work under the lock, after an interrupted run has been completed. */
async function locked(
  root: string,
  options: CommitOptions,
  work: () => Promise<Diagnostic[]>,
): Promise<Diagnostic[]> {
  const { fileSystem = nodeFileSystem, lockWaitMs } = options;
  const waiting = lockWaitMs === undefined ? { fileSystem } : { fileSystem, waitMs: lockWaitMs };
  const lock = options.lock ?? (await lockProject(root, waiting));
  const diagnostics: Diagnostic[] = [];
  try {
    await lock.assertHeld();
    diagnostics.push(...(await completeEarlierRun(fileSystem, root)), ...(await work()));
  } finally {
    // The next run takes over a lock that could not be removed, so it does not turn a success into a failure.
    if (!options.lock)
      await lock.release().catch((error: unknown) => void diagnostics.push(releaseFailed(error)));
  }
  return diagnostics;
}

const releaseFailed = (error: unknown): Diagnostic => ({
  ...toDiagnostic(error, "Everything was written, but the lock of the project could not be removed"),
  severity: "warning",
});

function toChange({ path, before, after }: CommitChange): Change[] {
  if (before === after) return [];
  const [old, content] = [before, after].map((side) => (side === undefined ? undefined : toBytes(side)));
  const entry = { path, before: old ? hashOf(old) : null, after: content ? hashOf(content) : null };
  return entry.before === entry.after ? [] : [{ entry, before: old, after: content }];
}
