import { createHash, randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { TreePath } from "../project-files/tree.js";
import { CommitError } from "./commit-error.js";
import { assertTreePath, stateFolder } from "./contain-path.js";
import { type FileSystem, ifExists } from "./file-system.js";

/**
 * The changes of a commit. It is written when all new contents are on the disk and no file of the project has changed yet.
 * The journal decides the commit: a run that finds one completes it.
 */
export interface Journal {
  /** 16 hexadecimal digits; part of the names of the files that the commit stages. */
  readonly id: string;
  readonly entries: readonly JournalEntry[];
}

export interface JournalEntry {
  readonly path: TreePath;
  /** SHA-256 of the content that was read, and of the new content; null without a file. */
  readonly before: string | null;
  readonly after: string | null;
}

export const createJournalId = (): string => randomBytes(8).toString("hex");

export const computeHash = (content: Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

export const getJournalPath = (root: string): string => join(root, stateFolder, "journal.json");

/** The staged file with the new content of an entry (`new`), or the old content while a commit is rolled back (`old`). */
export const getStagedPath = (root: string, { id }: Journal, index: number, kind: "new" | "old"): string =>
  join(root, stateFolder, `${id}-${index}.${kind}`);

/** True for files that are only used with a journal, or by a run that was killed before it wrote one. */
export const isLeftover = (name: string): boolean =>
  /^(?:journal\.json\.[0-9a-f]{16}|[0-9a-f]{16}-\d+\.(?:new|old))$/.test(name);

/** Writes the journal atomically: after a power failure it is complete or absent. */
export async function writeJournal(fileSystem: FileSystem, root: string, journal: Journal): Promise<void> {
  const file = getJournalPath(root);
  const draft = `${file}.${journal.id}`;
  await fileSystem.createFile(draft, Buffer.from(`${JSON.stringify(journal)}\n`), { isDurable: true });
  await fileSystem.rename(draft, file);
  await fileSystem.syncFolder(dirname(file));
}

/** 10,000 files take about 2 MB. */
const maxJournalBytes = 64 * 1024 * 1024;

/**
 * Reads the journal of an interrupted commit. It may come from a repository, so it is checked like any input: it cannot
 * name a file outside the project, and does not choose the names of the staged files.
 * @throws CommitError `write-failed` for a journal that wsgen did not write
 */
export async function readJournal(fileSystem: FileSystem, root: string): Promise<Journal | undefined> {
  const file = getJournalPath(root);
  const stats = await fileSystem.lstat(file);
  if (!stats) return undefined;
  const isReadable = stats.isFile() && stats.size <= maxJournalBytes;
  const content = isReadable ? await ifExists(fileSystem.readFile(file)) : undefined;
  const journal = content && parseJournal(Buffer.from(content).toString());
  if (journal) return journal;
  throw new CommitError(
    "write-failed",
    `${stateFolder}/journal.json is not a journal of wsgen.`,
    `Compare the project with your version control, then delete ${stateFolder}/.`,
  );
}

function parseJournal(text: string): Journal | undefined {
  try {
    const { id, entries } = JSON.parse(text) as Partial<Journal>;
    if (typeof id !== "string" || !/^[0-9a-f]{16}$/.test(id)) return undefined;
    if (!Array.isArray(entries) || !entries.every(isEntry)) return undefined;
    for (const { path } of entries) assertTreePath(path);
    return { id, entries };
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
