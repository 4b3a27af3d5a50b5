import { resolve } from "node:path";
import { failed, type Outcome } from "../diagnostics/diagnostic.js";
import type { TreePath } from "../project-files/tree.js";
import { toDiagnostic } from "./commit-error.js";
import { type FileContent, makeRoot, nodeFileSystem, toBytes } from "./file-system.js";
import { computeHash } from "./journal.js";
import type { LockOptions, ProjectLock } from "./lock-project.js";
import { type Change, runTransaction } from "./transaction.js";
import { listenForInterruption, openForWriting } from "./with-locked-project.js";

/** A change of one file. Equal contents, or two absent ones, are not a change. */
export interface CommitChange {
  readonly path: TreePath;
  /** The content that was read; undefined if the file did not exist. A target with other content stops the commit. */
  readonly before: FileContent | undefined;
  /** The new content; undefined deletes the file. */
  readonly after: FileContent | undefined;
}

export interface CommitOptions extends LockOptions {
  /** A lock that the caller already holds, since before it read the project. Default: taken and released here. */
  readonly lock?: ProjectLock;
  /** Stops and undoes the commit, as SIGINT, SIGTERM and SIGHUP do. */
  readonly signal?: AbortSignal;
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
    if ("code" in made) return failed([made]);
    const { diagnostics, close } = await openForWriting(folder, options);
    try {
      const project = { fileSystem, root: folder };
      diagnostics.push(...(await runTransaction(project, effective, interruption.signal)));
    } finally {
      await close();
    }
    return { value: true, diagnostics };
  } catch (error) {
    if ("undo" in made) await made.undo();
    return failed([toDiagnostic(error, `Writing to ${root} failed; all changes were undone`)]);
  } finally {
    interruption.stop();
  }
}

function toChange({ path, before, after }: CommitChange): Change[] {
  if (before === after) return [];
  const [old, content] = [before, after].map((side) => (side === undefined ? undefined : toBytes(side)));
  const entry = { path, before: old ? computeHash(old) : null, after: content ? computeHash(content) : null };
  return entry.before === entry.after ? [] : [{ entry, before: old, after: content }];
}
