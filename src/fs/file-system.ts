import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** The operations of a commit. Each can fail; a test makes each fail in turn. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  /** Writes a file that must not exist yet. */
  createFile(path: string, content: Uint8Array, attributes: FileAttributes): Promise<void>;
  /** Undefined if nothing exists at the path. */
  lstat(path: string): Promise<Stats | undefined>;
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<string[]>;
  /** Makes one folder; its parent must exist. */
  mkdir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Removes an empty folder. */
  rmdir(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. Does nothing if the platform does not support it. */
  syncFolder(path: string): Promise<void>;
}

interface FileAttributes {
  /** The file with the mode and owner to copy. Default: the process's own, as for any new file. */
  readonly like?: Stats | undefined;
  /** Waits until the content is on the disk, so that a rename after it cannot leave an empty file. */
  readonly isDurable: boolean;
}

/** The disk. Its calls are synchronous, because promises take three times the CPU time for a thousand small files. */
export const nodeFileSystem: FileSystem = {
  readFile: async (path) => readFileSync(path),
  createFile: async (path, content, attributes) => createFile(path, content, attributes),
  lstat: async (path) => lstatSync(path, { throwIfNoEntry: false }),
  realpath: async (path) => realpathSync.native(path),
  readdir: async (path) => readdirSync(path),
  mkdir: async (path) => void mkdirSync(path),
  rename: async (from, to) => renameSync(from, to),
  unlink: async (path) => unlinkSync(path),
  rmdir: async (path) => rmdirSync(path),
  syncFolder: async (path) => syncFolder(path),
};

function createFile(path: string, content: Uint8Array, { like, isDurable }: FileAttributes): void {
  const file = openSync(path, "wx");
  try {
    writeFileSync(file, content);
    if (like && like.uid !== fstatSync(file).uid) setOwner(file, like);
    if (like) fchmodSync(file, like.mode & 0o7777);
    if (isDurable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Sets the owner of a file. Only root may do this; for others the owner cannot be kept. */
function setOwner(file: number, { uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if (!isErrorWithCode(error, "EPERM", "ENOTSUP", "ENOSYS", "EINVAL")) throw error;
  }
}

function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } catch (error) {
    // Some network and FUSE file systems refuse to sync a folder, and offer no stronger guarantee.
    if (!isErrorWithCode(error, "EINVAL", "ENOTSUP", "EBADF")) throw error;
  } finally {
    closeSync(folder);
  }
}

/** True for a system error with one of these codes, or with any code if none is given. */
export function isErrorWithCode(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" && (codes.length === 0 || codes.includes(code));
}

/** The result, or undefined if the file or one of its parent folders does not exist. */
export async function ifExists<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * Makes a folder and its missing parents; another program may make them meanwhile. Node's own `recursive` would report
 * a read-only disk as a missing folder.
 */
export async function makeFolders(fileSystem: FileSystem, folder: string): Promise<void> {
  if (await fileSystem.lstat(folder)) return;
  await makeFolders(fileSystem, dirname(folder));
  await fileSystem.mkdir(folder).catch((error: unknown) => {
    if (!isErrorWithCode(error, "EEXIST")) throw error;
  });
}

/** Creates the project's folder and its parents. `undo` removes the created folders that are empty. */
export async function makeRoot(fileSystem: FileSystem, root: string): Promise<{ undo(): Promise<void> }> {
  const missing: string[] = [];
  for (let folder = root; !(await fileSystem.lstat(folder)); folder = dirname(folder)) missing.push(folder);
  const undo = async (): Promise<void> => {
    for (const folder of missing) await fileSystem.rmdir(folder).catch(() => undefined);
  };
  try {
    await makeFolders(fileSystem, root);
  } catch (error) {
    await undo();
    throw error;
  }
  return { undo };
}

/** The content of a file in the tree: text, or bytes if it is not UTF-8. */
export type FileContent = string | Uint8Array;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text keeps its byte-order mark and line ends; bytes that are not UTF-8 stay bytes, so that nothing is lost. */
export function toContent(bytes: Uint8Array): FileContent {
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}

export const toBytes = (content: FileContent): Uint8Array =>
  typeof content === "string" ? Buffer.from(content, "utf8") : content;
