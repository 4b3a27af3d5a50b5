import type { Stats } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { TreePath } from "../project-files/tree.js";
import { CommitError } from "./commit-error.js";
import { type FileSystem, ifExists } from "./file-system.js";

/** The folder of the project with the lock and journal of a running commit. */
export const stateFolder = ".wsgen";

/** A file of the project as it is on the disk. */
export interface Target {
  readonly path: TreePath;
  /** The real path, with links resolved; inside the project. */
  readonly absolute: string;
  /** Undefined if the file does not exist yet. */
  readonly stats: Stats | undefined;
}

/**
 * Finds the real path and ensures that it is a file inside the project, or can become one. This is the
 * only check between a name and the disk. A parent folder may be a link inside the project; the file may not.
 * @throws CommitError `outside-project`, `write-failed`
 */
export type ContainPath = (path: TreePath) => Promise<Target>;

/** Creates the check for one project. It caches the folders that it has checked: a quarter fewer calls to the disk. */
export async function createContainPath(fileSystem: FileSystem, root: string): Promise<ContainPath> {
  const realRoot = await fileSystem.realpath(root);
  const folders = new Map<string, string>();
  return async (path) => {
    assertTreePath(path);
    const parent = dirname(join(realRoot, path));
    const folder = folders.get(parent) ?? (await findRealFolder(fileSystem, parent));
    assertInside(realRoot, folder, path);
    folders.set(parent, folder);
    const absolute = join(folder, path.slice(path.lastIndexOf("/") + 1));
    const stats = await fileSystem.lstat(absolute);
    return { path, absolute, stats: assertFile(path, stats) };
  };
}

/** @throws CommitError `outside-project` for anything that is not a plain relative path, whatever is on the disk. */
export function assertTreePath(path: TreePath): void {
  const parts = path.split("/");
  const isPlain = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\0\\]/.test(part));
  const isDrive = /^[A-Za-z]:/.test(path);
  if (!isPlain || isDrive || parts[0] === stateFolder)
    throw new CommitError(
      "outside-project",
      `'${path}' is not a path of a file in the project.`,
      "Use a path inside the project's folder.",
    );
}

/** The real path of a folder. For a missing folder, the real path of its nearest ancestor plus the rest. */
async function findRealFolder(fileSystem: FileSystem, folder: string): Promise<string> {
  const real = await ifExists(fileSystem.realpath(folder));
  if (real !== undefined) return real;
  // A dangling link exists but has no real path. Creating a folder at its place would follow it.
  const stats = await fileSystem.lstat(folder);
  if (stats) throw new CommitError("outside-project", `${folder} is a broken link.`, "Remove the link.");
  return join(
    await findRealFolder(fileSystem, dirname(folder)),
    folder.slice(dirname(folder).length).replace(/^[\\/]/, ""),
  );
}

function assertInside(root: string, place: string, path: TreePath): void {
  const way = relative(root, place);
  if (way === ".." || way.startsWith(`..${sep}`) || /^[A-Za-z]:/.test(way) || way.startsWith(sep))
    throw new CommitError(
      "outside-project",
      `${path} leaves the project: it leads to ${place}.`,
      "Replace the link with a folder or file of the project.",
    );
}

function assertFile(path: TreePath, stats: Stats | undefined): Stats | undefined {
  if (!stats || stats.isFile()) return stats;
  const kind = stats.isDirectory() ? "a folder" : stats.isSymbolicLink() ? "a link" : "not a regular file";
  throw new CommitError(
    "write-failed",
    `${path} is ${kind}; wsgen writes to files only.`,
    "Move it away, then run the command again.",
  );
}
