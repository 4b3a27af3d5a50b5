import { createHash, randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { TreePath } from "../tree/tree.js";
import { CommitError } from "./commit-error.js";
import { assertTreePath, stateFolder } from "./contain-path.js";
import { type FileSystem, ifThere } from "./file-system.js";

/**
 * What a commit is about to do, written before it does anything. `journal.json` means: undo it. Renaming it to
 * `done.json` is the one moment in which the commit becomes final; from then on only the leftovers are removed.
 */
export interface Journal {
  /** 16 hexadecimal digits; part of the names of the files that the commit puts beside its targets. */
  readonly id: string;
  readonly entries: readonly JournalEntry[];
  /** Folders that the commit makes, parents first. */
  readonly folders: readonly TreePath[];
}

export interface JournalEntry {
  readonly path: TreePath;
  /** SHA-256 of the content that was read, and of the content that is to be; null where there is no file. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What the names say about a commit that was cut off. */
export type JournalState = "open" | "done";

export const newJournalId = (): string => randomBytes(8).toString("hex");

export const hashOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Where the new content of an entry waits, and where its old file is kept: beside the target, on the same disk. */
export function sideFiles(
  { id }: Journal,
  index: number,
  absolute: string,
): { staged: string; kept: string } {
  const stem = join(dirname(absolute), `.wsgen-${id}-${index}`);
  return { staged: `${stem}.new`, kept: `${stem}.old` };
}

export const journalFile = (root: string, state: JournalState): string =>
  join(root, stateFolder, state === "open" ? "journal.json" : "done.json");

/** Writes the journal so that it is whole or absent, whenever the power goes. */
export async function writeJournal(fileSystem: FileSystem, root: string, journal: Journal): Promise<void> {
  const file = journalFile(root, "open");
  const draft = `${file}.${journal.id}`;
  try {
    await fileSystem.createFile(draft, Buffer.from(`${JSON.stringify(journal)}\n`), { isDurable: true });
    await fileSystem.rename(draft, file);
  } catch (error) {
    await ifThere(fileSystem.unlink(draft));
    throw error;
  }
  await fileSystem.syncFolder(dirname(file));
}

/** 10,000 files take about 2 MB. */
const maxJournalBytes = 64 * 1024 * 1024;

/**
 * The journal that a commit left behind. It may come with a repository, so it is checked like any input: it cannot
 * name a file outside of the project, nor the names of the side files.
 * @throws CommitError `write-failed` for one that wsgen did not write
 */
export async function readJournal(
  fileSystem: FileSystem,
  root: string,
): Promise<{ journal: Journal; state: JournalState } | undefined> {
  for (const state of ["done", "open"] as const) {
    const file = journalFile(root, state);
    const stats = await fileSystem.lstat(file);
    if (!stats) continue;
    const isReadable = stats.isFile() && stats.size <= maxJournalBytes;
    const journal = isReadable
      ? parseJournal(Buffer.from(await fileSystem.readFile(file)).toString())
      : undefined;
    if (journal) return { journal, state };
    throw new CommitError(
      "write-failed",
      `${stateFolder}/${state === "open" ? "journal" : "done"}.json is not a journal of wsgen.`,
      `Compare the project with your version control, then delete ${stateFolder}/.`,
    );
  }
  return undefined;
}

function parseJournal(text: string): Journal | undefined {
  try {
    const { id, entries, folders } = JSON.parse(text) as Partial<Journal>;
    if (
      typeof id !== "string" ||
      !/^[0-9a-f]{16}$/.test(id) ||
      !Array.isArray(entries) ||
      !Array.isArray(folders)
    )
      return undefined;
    if (!entries.every(isEntry) || !folders.every((folder) => typeof folder === "string")) return undefined;
    for (const path of [...folders, ...entries.map((entry) => entry.path)]) assertTreePath(path);
    return { id, entries, folders };
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is JournalEntry {
  const { path, before, after } = (entry ?? {}) as Partial<JournalEntry>;
  const isHash = (hash: unknown): boolean =>
    hash === null || (typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
  return typeof path === "string" && isHash(before) && isHash(after);
}
