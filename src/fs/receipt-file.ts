import { statSync } from "node:fs";
import { lstat, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where tools keep what they can do without: nobody commits it, and a fresh installation has none. */
const cache = ["node_modules", ".cache", "wsgen"] as const;
const file = "receipt.json";

/** The text of the project's receipt; undefined where there is none, or none that can be read. */
export async function readReceiptFile(root: string): Promise<string | undefined> {
  return readFile(join(root, ...cache, file), "utf8").catch(() => undefined);
}

/**
 * Puts the receipt where the next run looks for it. Only into folders, never through links, which may lead out of the
 * project; where that cannot be done, or nothing is installed, the next run has none and works everything out.
 */
export async function writeReceiptFile(root: string, text: string): Promise<void> {
  try {
    if (!(await isFolder(join(root, cache[0])))) return;
    for (let depth = 2; depth <= cache.length; depth += 1) {
      const folder = join(root, ...cache.slice(0, depth));
      await mkdir(folder, { recursive: true });
      if (!(await isFolder(folder))) return;
    }
    const staged = join(root, ...cache, `${file}.${process.pid}`);
    await writeFile(staged, text);
    await rename(staged, join(root, ...cache, file));
  } catch {
    // A receipt saves time and nothing else.
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => undefined))?.isDirectory() === true;

/** When this wsgen was built: of two builds with one version, as its developers have, neither trusts the other's receipt. */
export const builtAt = (): number => statSync(fileURLToPath(import.meta.url)).mtimeMs;
