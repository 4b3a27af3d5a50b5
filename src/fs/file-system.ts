import type { Stats } from "node:fs";
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rmdir,
  unlink,
} from "node:fs/promises";

/** The operations that a commit is made of. Each can fail; a test makes each fail in turn. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  /** Writes a file that must not exist yet. */
  createFile(path: string, content: Uint8Array, attributes: FileAttributes): Promise<void>;
  lstat(path: string): Promise<Stats>;
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<string[]>;
  /** Makes one folder; its parent must exist. */
  mkdir(path: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Removes an empty folder. */
  rmdir(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. Where the platform cannot, it does nothing. */
  syncFolder(path: string): Promise<void>;
}

export interface FileAttributes {
  /** Mode and owner come from this file; a new file gets the process's own. */
  readonly like?: Stats | undefined;
  /** Waits until the content is on the disk, so that a rename after it cannot leave an empty file. */
  readonly isDurable: boolean;
}

export const nodeFileSystem: FileSystem = {
  readFile,
  createFile,
  lstat,
  realpath,
  readdir,
  mkdir: async (path) => void (await mkdir(path)),
  link,
  rename,
  unlink,
  rmdir,
  syncFolder,
};

async function createFile(
  path: string,
  content: Uint8Array,
  { like, isDurable }: FileAttributes,
): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    if (like) {
      // Only root may give a file away; for others the owner is their own already, or cannot be kept.
      if (like.uid !== process.getuid?.()) await file.chown(like.uid, like.gid).catch(() => undefined);
      await file.chmod(like.mode & 0o7777);
    }
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Some network and FUSE file systems refuse to sync a folder; they have no stronger promise to give.
    if (!isErrorWithCode(error, "EINVAL", "ENOTSUP", "EBADF")) throw error;
  } finally {
    await folder.close();
  }
}

/** True for an error of the system with one of these codes, or with any code when none is given. */
export function isErrorWithCode(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" && (codes.length === 0 || codes.includes(code));
}

/** The result, or undefined when the file or a folder on the way to it is not there. */
export async function ifThere<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}
