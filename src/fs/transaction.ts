import { dirname, join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { CommitError, toDiagnostic } from "./commit-error.js";
import { type ContainPath, containIn, stateFolder, type Target } from "./contain-path.js";
import { type FileSystem, ifExists, isErrorWithCode, makeFolders } from "./file-system.js";
import {
  computeHash,
  type Journal,
  type JournalEntry,
  journalFile,
  newJournalId,
  stagedFile,
  writeJournal,
} from "./journal.js";

/** One effective change: its entry in the journal, and the bytes before and after. */
export interface Change {
  readonly entry: JournalEntry;
  /** Undefined if the file did not exist. */
  readonly before: Uint8Array | undefined;
  /** Undefined deletes the file. */
  readonly after: Uint8Array | undefined;
}

interface Project {
  readonly fileSystem: FileSystem;
  readonly root: string;
}

interface Transaction extends Project {
  readonly journal: Journal;
  readonly contain: ContainPath;
}

/**
 * Writes changes under the lock that the caller holds, all or none:
 * 1. checks that each target still has the content that was read;
 * 2. stages the new contents in the state folder;
 * 3. writes the journal, which decides the commit: from here on the next run completes a run that is killed;
 * 4. moves the new contents to their places one by one; a failure rolls back the moved files;
 * 5. removes the journal.
 * @returns warnings about files that are left to clean up after a complete commit
 * @throws CommitError or the system's error, after everything was restored
 */
export async function runTransaction({
  fileSystem,
  root,
  changes,
  signal,
}: Project & { readonly changes: readonly Change[]; readonly signal: AbortSignal }): Promise<Diagnostic[]> {
  const journal: Journal = { id: newJournalId(), entries: changes.map(({ entry }) => entry) };
  const transaction: Transaction = { fileSystem, root, journal, contain: await containIn(fileSystem, root) };
  const steps: (Change & Pick<Target, "stats">)[] = [];
  for (const change of changes) {
    const { stats } = await assertUnchanged(transaction, change.entry);
    steps.push({ ...change, stats });
  }
  const folders = await missingFolders(transaction);
  let begun = 0;
  try {
    for (const [index, { after, stats }] of steps.entries()) {
      await assertNotInterrupted(signal);
      const staged = stagedFile(root, journal, index, "new");
      if (after) await fileSystem.createFile(staged, after, { like: stats, isDurable: true });
    }
    await assertNotInterrupted(signal);
    await writeJournal(fileSystem, root, journal);
    for (const [index, { entry }] of changes.entries()) {
      await assertUnchanged(transaction, entry);
      begun = index + 1;
      await place(transaction, entry, index);
    }
  } catch (error) {
    await rollBack(transaction, steps.slice(0, begun), folders);
    throw error;
  }
  return complete(transaction).catch((error: unknown) => {
    // All files of the commit are in place. The next run removes the remaining files.
    const failure = toDiagnostic(error, `Everything was written, but files are left in ${stateFolder}`);
    return [{ ...failure, severity: "warning" as const }];
  });
}

/**
 * Completes an interrupted commit. It can itself be interrupted and run again. A target that was changed since
 * the interruption is left as it is.
 */
export async function redo(fileSystem: FileSystem, root: string, journal: Journal): Promise<Diagnostic[]> {
  const transaction = { fileSystem, root, journal, contain: await containIn(fileSystem, root) };
  const warnings: Diagnostic[] = [];
  for (const [index, entry] of journal.entries.entries()) {
    const { hash } = await readTarget(transaction, entry);
    if (hash === entry.after) continue;
    const isStaged = (await fileSystem.lstat(stagedFile(root, journal, index, "new"))) !== undefined;
    const isOurs = hash === entry.before || hash === null;
    if (isOurs && (isStaged || entry.after === null)) await place(transaction, entry, index);
    else
      warnings.push({
        code: "changed-meanwhile",
        severity: "warning",
        message: `${entry.path} was changed after a run was interrupted, so it was not written.`,
      });
  }
  await complete(transaction);
  return warnings;
}

async function readTarget(
  { fileSystem, contain }: Transaction,
  { path }: JournalEntry,
): Promise<{ target: Target; hash: string | null }> {
  const target = await contain(path);
  return { target, hash: target.stats ? computeHash(await fileSystem.readFile(target.absolute)) : null };
}

/** @throws CommitError `changed-meanwhile` */
async function assertUnchanged(transaction: Transaction, entry: JournalEntry): Promise<Target> {
  const { target, hash } = await readTarget(transaction, entry);
  if (hash === entry.before) return target;
  const what = entry.before === null ? "was created" : hash === null ? "was removed" : "was changed";
  throw new CommitError(
    "changed-meanwhile",
    `${entry.path} ${what} by another program while wsgen was running.`,
    "Nothing was written. Run the command again.",
  );
}

/** Lets pending signals arrive first, because the calls to the disk are synchronous. */
async function assertNotInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise(setImmediate);
  if (signal.aborted)
    throw new CommitError(
      "interrupted",
      "wsgen was interrupted; all changes were undone.",
      "Run the command again.",
    );
}

/** Moves the new content of one entry to its place, or removes the file. */
async function place(transaction: Transaction, entry: JournalEntry, index: number): Promise<void> {
  const { fileSystem, root, journal, contain } = transaction;
  const { absolute } = await contain(entry.path);
  if (entry.after === null) return void (await ifExists(fileSystem.unlink(absolute)));
  await makeFolders(fileSystem, dirname(absolute));
  await move(fileSystem, stagedFile(root, journal, index, "new"), absolute);
}

/** Renames a file. To another disk, which a folder of the project may be on, it first copies the file beside the target. */
async function move(fileSystem: FileSystem, from: string, to: string): Promise<void> {
  try {
    await fileSystem.rename(from, to);
  } catch (error) {
    if (!isErrorWithCode(error, "EXDEV")) throw error;
    const copy = join(dirname(to), `.wsgen-${from.slice(dirname(from).length + 1)}`);
    await copyTo(fileSystem, from, copy);
    await fileSystem.rename(copy, to);
    await fileSystem.unlink(from);
  }
}

async function copyTo(fileSystem: FileSystem, from: string, copy: string): Promise<void> {
  await ifExists(fileSystem.unlink(copy));
  const like = await fileSystem.lstat(from);
  try {
    await fileSystem.createFile(copy, await fileSystem.readFile(from), { like, isDurable: true });
  } catch (error) {
    await ifExists(fileSystem.unlink(copy));
    throw error;
  }
}

/**
 * Rolls back the changes that were started; the last one may have had no effect. Removes `folders`, which did not exist,
 * and then removes the journal. So if this run is killed before the end, the next one completes it.
 * @throws CommitError `write-failed` if the rollback fails; the journal stays. `changed-meanwhile`: everything is restored
 * except files that were changed after they were written
 */
async function rollBack(
  transaction: Transaction,
  changes: readonly (Change & Pick<Target, "stats">)[],
  folders: readonly string[],
): Promise<void> {
  const { fileSystem, root } = transaction;
  const left: string[] = [];
  try {
    for (const [index, change] of [...changes.entries()].reverse()) {
      if (!(await restore(transaction, change, index))) left.unshift(change.entry.path);
    }
    await removeEmpty(fileSystem, folders);
    await ifExists(fileSystem.unlink(journalFile(root)));
  } catch (error) {
    if (error instanceof CommitError) throw error;
    const { message } = toDiagnostic(error, "Writing failed, and the changes could not be undone");
    const fix = "Fix the cause, then run the command again: it completes this run first.";
    throw new CommitError("write-failed", message, fix);
  }
  if (left.length > 0)
    throw new CommitError(
      "changed-meanwhile",
      left.map((path) => `${path} was changed after wsgen wrote it, so it was not restored.`).join(" "),
      "Compare these files with your version control, then run the command again.",
    );
}

/**
 * Restores the old content of one entry if the new content is in its place. Stages the new content again.
 * @returns whether the old content is in place now
 */
async function restore(
  transaction: Transaction,
  { entry, before, after, stats }: Change & Pick<Target, "stats">,
  index: number,
): Promise<boolean> {
  const { fileSystem, root, journal } = transaction;
  const { target, hash } = await readTarget(transaction, entry);
  if (hash !== entry.after) return hash === entry.before;
  const [old, now] = [stagedFile(root, journal, index, "old"), stagedFile(root, journal, index, "new")];
  if (before === undefined) {
    await move(fileSystem, target.absolute, now);
    return true;
  }
  const attributes = { like: stats, isDurable: true };
  await fileSystem.createFile(old, before, attributes);
  // It is still staged if it was only copied to another disk.
  if (after && !(await fileSystem.lstat(now))) await fileSystem.createFile(now, after, attributes);
  await move(fileSystem, old, target.absolute);
  return true;
}

/** Removes folders that a commit has emptied, then its journal. Staged files are removed with the lock. */
async function complete({ fileSystem, root, journal, contain }: Transaction): Promise<never[]> {
  const written = new Set<string>();
  const emptied = new Set<string>();
  for (const { path, after } of journal.entries) {
    const folder = dirname((await contain(path)).absolute);
    if (after !== null) written.add(folder);
    else for (const each of ancestors(path)) emptied.add(dirname((await contain(`${each}/any`)).absolute));
  }
  await removeEmpty(fileSystem, emptied);
  for (const folder of written) await fileSystem.syncFolder(folder);
  await fileSystem.unlink(journalFile(root));
  return [];
}

/** The missing folders that the changes need. */
async function missingFolders({ fileSystem, journal, contain }: Transaction): Promise<string[]> {
  const missing = new Set<string>();
  for (const { path, after } of journal.entries) {
    for (const folder of after === null ? [] : ancestors(path)) {
      const { absolute } = await contain(`${folder}/any`);
      if (!(await fileSystem.lstat(dirname(absolute)))) missing.add(dirname(absolute));
    }
  }
  return [...missing];
}

/** `a/b/c.ts` → `a/b`, `a` */
function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [parent, ...ancestors(parent)];
}

/** Removes empty folders, the deepest first. The others contain files of the user and stay. */
async function removeEmpty(fileSystem: FileSystem, folders: Iterable<string>): Promise<void> {
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      await ifExists(fileSystem.rmdir(folder));
    } catch (error) {
      if (!isErrorWithCode(error, "ENOTEMPTY", "EEXIST", "EBUSY", "EPERM", "EACCES")) throw error;
    }
  }
}
