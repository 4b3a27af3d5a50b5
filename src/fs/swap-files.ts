import { dirname } from "node:path";
import { CommitError } from "./commit-error.js";
import { type ContainPath, containIn, type Target } from "./contain-path.js";
import { type FileSystem, ifThere, isErrorWithCode } from "./file-system.js";
import { hashOf, type Journal, type JournalEntry, sideFiles } from "./journal.js";

/** A commit on its way: everything that the steps below need, and what tells a test where it stands. */
export interface Transaction {
  readonly fileSystem: FileSystem;
  readonly root: string;
  readonly journal: Journal;
  readonly contain: ContainPath;
}

export const openTransaction = async (
  fileSystem: FileSystem,
  root: string,
  journal: Journal,
): Promise<Transaction> => ({
  fileSystem,
  root,
  journal,
  contain: await containIn(fileSystem, root),
});

/**
 * Makes sure that a target is still what was read.
 * @throws CommitError `changed-meanwhile`
 */
export async function assertUnchanged(
  { fileSystem, contain }: Transaction,
  { path, before }: JournalEntry,
): Promise<Target> {
  const target = await contain(path);
  const current = target.stats ? hashOf(await fileSystem.readFile(target.absolute)) : null;
  if (current === before) return target;
  const what = before === null ? "was created" : current === null ? "was removed" : "was changed";
  throw new CommitError(
    "changed-meanwhile",
    `${path} ${what} by somebody else while wsgen was working.`,
    "Nothing was written. Run the command again.",
  );
}

/** Puts the new content of one entry in its place, and keeps the old file beside it. */
export async function swapIn(transaction: Transaction, entry: JournalEntry, index: number): Promise<void> {
  const { fileSystem, journal } = transaction;
  const { absolute } = await assertUnchanged(transaction, entry);
  const { staged, kept } = sideFiles(journal, index, absolute);
  if (entry.after === null) return fileSystem.rename(absolute, kept);
  if (entry.before !== null) await keepOld(fileSystem, absolute, kept);
  await fileSystem.rename(staged, absolute);
}

/** A second name for the old file, so that the target is never absent; where links are not possible, it is for a moment. */
async function keepOld(fileSystem: FileSystem, absolute: string, kept: string): Promise<void> {
  try {
    await fileSystem.link(absolute, kept);
  } catch (error) {
    if (!isErrorWithCode(error, "EPERM", "EACCES", "ENOTSUP", "ENOSYS", "EMLINK", "EXDEV", "EINVAL"))
      throw error;
    await fileSystem.rename(absolute, kept);
  }
}

/** A target that somebody changed after the commit wrote it, and the place of its old content when it had one. */
export interface LeftAlone {
  readonly path: string;
  readonly kept: string | undefined;
}

export const describeLeft = ({ path, kept }: LeftAlone): string =>
  `${path} was changed after wsgen wrote it, so it was left as it is.${kept ? ` What it held before is in ${kept}.` : ""}`;

/**
 * Puts everything back, from whatever point the commit came to; it can itself be cut off and run again.
 * A target that somebody changed since then is left as it is.
 */
export async function undo(transaction: Transaction): Promise<LeftAlone[]> {
  const { journal } = transaction;
  const left: LeftAlone[] = [];
  for (const [index, entry] of [...journal.entries.entries()].reverse()) {
    const found = await undoEntry(transaction, entry, index);
    if (found) left.push(found);
  }
  await removeFolders(transaction, journal.folders.toReversed());
  return left;
}

async function undoEntry(
  transaction: Transaction,
  entry: JournalEntry,
  index: number,
): Promise<LeftAlone | undefined> {
  const { fileSystem, journal, contain } = transaction;
  const { absolute, stats } = await contain(entry.path);
  const { staged, kept } = sideFiles(journal, index, absolute);
  const isStaged = (await fileSystem.lstat(staged)) !== undefined;
  const isKept = (await fileSystem.lstat(kept)) !== undefined;
  if (isStaged) await ifThere(fileSystem.unlink(staged));
  const current = stats ? hashOf(await fileSystem.readFile(absolute)) : null;
  const isOurs = current === entry.after || current === entry.before || current === null;
  if (isKept && !isOurs) return { path: entry.path, kept };
  if (isKept) {
    await fileSystem.rename(kept, absolute);
    // Renaming a file to another name of the same file leaves both (POSIX rename).
    await ifThere(fileSystem.unlink(kept));
  } else if (entry.before === null && current !== null && !isStaged) {
    if (!isOurs) return { path: entry.path, kept: undefined };
    await fileSystem.unlink(absolute);
  }
  return undefined;
}

/** Removes what a finished commit leaves beside its targets, and the folders that its deletions emptied. */
export async function finish(transaction: Transaction): Promise<void> {
  const { fileSystem, journal, contain } = transaction;
  const emptied = new Set<string>();
  for (const [index, entry] of journal.entries.entries()) {
    if (entry.before === null) continue;
    const { absolute } = await contain(entry.path);
    await ifThere(fileSystem.unlink(sideFiles(journal, index, absolute).kept));
    if (entry.after === null) for (const folder of ancestors(entry.path)) emptied.add(folder);
  }
  const deepestFirst = [...emptied].sort((a, b) => b.length - a.length);
  await removeFolders(transaction, deepestFirst);
}

/** `a/b/c.ts` → `a/b`, `a` */
export function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === "." ? [] : [parent, ...ancestors(parent)];
}

/** Removes folders that are empty; the others hold something of the user's and stay. */
async function removeFolders(
  { fileSystem, contain }: Transaction,
  folders: readonly string[],
): Promise<void> {
  for (const folder of folders) {
    const { absolute } = await contain(`${folder}/any`);
    try {
      await ifThere(fileSystem.rmdir(dirname(absolute)));
    } catch (error) {
      if (!isErrorWithCode(error, "ENOTEMPTY", "EEXIST", "EBUSY", "EPERM", "EACCES")) throw error;
    }
  }
}
