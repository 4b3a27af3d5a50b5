import { dirname, join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { CommitError, toDiagnostic } from "./commit-error.js";
import { type ContainPath, createContainPath, stateFolder, type Target } from "./contain-path.js";
import { type FileSystem, ifExists, isErrorWithCode, makeFolders } from "./file-system.js";
import {
  computeHash,
  createJournalId,
  getJournalPath,
  getStagedPath,
  type Journal,
  type JournalEntry,
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

interface Transaction {
  readonly fileSystem: FileSystem;
  readonly root: string;
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
export async function runTransaction(
  { fileSystem, root }: Pick<Transaction, "fileSystem" | "root">,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const journal: Journal = { id: createJournalId(), entries: changes.map(({ entry }) => entry) };
  const transaction: Transaction = {
    fileSystem,
    root,
    journal,
    contain: await createContainPath(fileSystem, root),
  };
  const steps: (Change & Pick<Target, "stats">)[] = [];
  for (const change of changes) {
    const { stats } = await assertUnchanged(transaction, change.entry);
    steps.push({ ...change, stats });
  }
  const folders: string[] = [];
  for (const folder of await findFolders(transaction, "written"))
    if (!(await fileSystem.lstat(folder))) folders.push(folder);
  let begun = 0;
  try {
    for (const [index, { after, stats }] of steps.entries()) {
      await assertNotInterrupted(signal);
      const staged = getStagedPath(root, journal, index, "new");
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
  const transaction = { fileSystem, root, journal, contain: await createContainPath(fileSystem, root) };
  const warnings: Diagnostic[] = [];
  for (const [index, entry] of journal.entries.entries()) {
    const { hash } = await readTarget(transaction, entry);
    if (hash === entry.after) continue;
    const isStaged = (await fileSystem.lstat(getStagedPath(root, journal, index, "new"))) !== undefined;
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
  await move(fileSystem, getStagedPath(root, journal, index, "new"), absolute);
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
    await ifExists(fileSystem.unlink(getJournalPath(root)));
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
  const [old, now] = [getStagedPath(root, journal, index, "old"), getStagedPath(root, journal, index, "new")];
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
async function complete(transaction: Transaction): Promise<never[]> {
  const { fileSystem, root, journal, contain } = transaction;
  await removeEmpty(fileSystem, await findFolders(transaction, "deleted"));
  const written = journal.entries.filter(({ after }) => after !== null);
  const folders = new Set<string>();
  for (const { path } of written) folders.add(dirname((await contain(path)).absolute));
  for (const folder of folders) await fileSystem.syncFolder(folder);
  await fileSystem.unlink(getJournalPath(root));
  return [];
}

/** The real paths of the folders, at any depth, of the files that are written or deleted. */
async function findFolders(
  { journal, contain }: Transaction,
  kind: "written" | "deleted",
): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const { path, after } of journal.entries)
    for (const folder of (after === null) === (kind === "deleted") ? listAncestors(path) : [])
      folders.add(dirname((await contain(`${folder}/any`)).absolute));
  return folders;
}

/** `a/b/c.ts` → `a/b`, `a` */
function listAncestors(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [parent, ...listAncestors(parent)];
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
