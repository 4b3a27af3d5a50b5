import { dirname } from "node:path";
import { type FileSystem, isErrorWithCode } from "./file-system.js";

/** Makes the project's own folder, and the folders above it; `undo` removes those again as far as they are empty. */
export async function makeRoot(fileSystem: FileSystem, root: string): Promise<{ undo(): Promise<void> }> {
  const missing: string[] = [];
  for (let folder = root; !(await fileSystem.lstat(folder)); folder = dirname(folder))
    missing.unshift(folder);
  const undo = async (): Promise<void> => {
    for (const folder of missing.toReversed()) await fileSystem.rmdir(folder).catch(() => undefined);
  };
  try {
    for (const folder of missing) await fileSystem.mkdir(folder);
  } catch (error) {
    await undo();
    if (!isErrorWithCode(error, "EEXIST")) throw error;
    return makeRoot(fileSystem, root);
  }
  return { undo };
}
