import { dirname, join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { CommitError, toDiagnostic } from "./commit-error.js";
import { stateFolder, type Target } from "./contain-path.js";
import { type FileSystem, ifThere } from "./file-system.js";
import { type Journal, type JournalEntry, journalFile, newJournalId, writeJournal } from "./journal.js";
import { makeFolders, missingFolders, stageEntry } from "./stage-changes.js";
import {
  assertUnchanged,
  describeLeft,
  finish,
  openTransaction,
  swapIn,
  type Transaction,
  undo,
} from "./swap-files.js";

/** One effective change: what the journal says of it, and the bytes that are to be written. */
export interface Change {
  readonly entry: JournalEntry;
  /** Undefined deletes the file. */
  readonly content: Uint8Array | undefined;
}

export interface Work {
  readonly fileSystem: FileSystem;
  readonly root: string;
  readonly changes: readonly Change[];
  readonly signal: AbortSignal;
}

/**
 * Checks, stages and swaps under the lock that the caller holds; on a failure the project is as it was.
 * @returns warnings of what is left to clean up after a commit that is final
 * @throws CommitError or the system's error, after everything was put back
 */
export async function runTransaction({ fileSystem, root, changes, signal }: Work): Promise<Diagnostic[]> {
  const entries = changes.map(({ entry }) => entry);
  const id = newJournalId();
  const checking = await openTransaction(fileSystem, root, { id, entries, folders: [] });
  const targets: Target[] = [];
  for (const entry of entries) targets.push(await assertUnchanged(checking, entry));
  const paths = changes.filter(({ content }) => content).map(({ entry }) => entry.path);
  const journal: Journal = { id, entries, folders: await missingFolders(fileSystem, root, paths) };
  const transaction = { ...checking, journal };
  try {
    await writeJournal(fileSystem, root, journal);
    await write(transaction, { changes, targets, signal });
    await fileSystem.rename(journalFile(root, "open"), journalFile(root, "done"));
  } catch (error) {
    if (!(await isFinal(transaction))) {
      await putBack(transaction);
      throw error;
    }
  }
  return cleanUp(transaction);
}

interface Writing {
  readonly changes: readonly Change[];
  readonly targets: readonly Target[];
  readonly signal: AbortSignal;
}

async function write(transaction: Transaction, { changes, targets, signal }: Writing): Promise<void> {
  await makeFolders(transaction);
  for (const [index, { content }] of changes.entries()) {
    await assertNotInterrupted(signal);
    const target = targets[index];
    if (content && target) await stageEntry(transaction, index, { target, content });
  }
  for (const [index, { entry }] of changes.entries()) {
    await assertNotInterrupted(signal);
    await swapIn(transaction, entry, index);
  }
  const replaced = new Set(targets.filter(({ stats }) => stats).map(({ absolute }) => dirname(absolute)));
  for (const folder of replaced) await transaction.fileSystem.syncFolder(folder);
  await assertNotInterrupted(signal);
}

/** Lets signals arrive first: the calls to the disk are synchronous. */
async function assertNotInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise(setImmediate);
  if (signal.aborted)
    throw new CommitError(
      "interrupted",
      "wsgen was asked to stop; everything was put back.",
      "Run the command again.",
    );
}

/** The rename that makes a commit final may have happened although it was reported as failed. */
const isFinal = async ({ fileSystem, root }: Transaction): Promise<boolean> =>
  (await fileSystem.lstat(journalFile(root, "done")).catch(() => undefined)) !== undefined;

/** @throws CommitError `write-failed` when even that fails; the journal stays for the next run */
async function putBack(transaction: Transaction): Promise<void> {
  try {
    const left = await undo(transaction);
    await ifThere(transaction.fileSystem.unlink(journalFile(transaction.root, "open")));
    if (left.length > 0) {
      throw new CommitError(
        "changed-meanwhile",
        left.map(describeLeft).join(" "),
        "Compare these files with your version control, then run the command again.",
      );
    }
  } catch (error) {
    if (error instanceof CommitError) throw error;
    const { message } = toDiagnostic(error, "Writing failed, and so did putting everything back");
    throw new CommitError(
      "write-failed",
      message,
      "Mend the cause, then run the command again: it puts the project in order first.",
    );
  }
}

/** A final commit stays one whatever happens here; what is left behind is removed by the next run. */
async function cleanUp(transaction: Transaction): Promise<Diagnostic[]> {
  const { fileSystem, root } = transaction;
  try {
    await fileSystem.syncFolder(join(root, stateFolder));
    await finish(transaction);
    await fileSystem.unlink(journalFile(root, "done"));
    return [];
  } catch (error) {
    return [
      {
        ...toDiagnostic(error, "Everything was written, but old files are left beside the new ones"),
        severity: "warning",
      },
    ];
  }
}
