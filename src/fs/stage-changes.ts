import { join } from "node:path";
import type { TreePath } from "../tree/tree.js";
import type { Target } from "./contain-path.js";
import { type FileSystem, isErrorWithCode } from "./file-system.js";
import { sideFiles } from "./journal.js";
import { ancestors, type Transaction } from "./swap-files.js";

/** The folders that are not there yet, parents first. */
export async function missingFolders(
  fileSystem: FileSystem,
  root: string,
  paths: readonly TreePath[],
): Promise<TreePath[]> {
  const folders = new Set(paths.flatMap((path) => ancestors(path).reverse()));
  const missing: TreePath[] = [];
  for (const folder of folders) if (!(await fileSystem.lstat(join(root, folder)))) missing.push(folder);
  return missing;
}

export async function makeFolders({ fileSystem, root, journal }: Transaction): Promise<void> {
  for (const folder of journal.folders) {
    try {
      await fileSystem.mkdir(join(root, folder));
    } catch (error) {
      // Somebody else made it; the check before each write still holds the files inside of the project.
      if (!isErrorWithCode(error, "EEXIST")) throw error;
    }
  }
}

/** Writes the new content of one entry beside its target, with the target's mode and owner. */
export async function stageEntry(
  transaction: Transaction,
  index: number,
  staging: { target: Target; content: Uint8Array },
): Promise<void> {
  const { fileSystem, journal } = transaction;
  const { target, content } = staging;
  const { staged } = sideFiles(journal, index, target.absolute);
  // Only what replaces something can lose something when the power goes between the rename and the content.
  await fileSystem.createFile(staged, content, { like: target.stats, isDurable: target.stats !== undefined });
}
