import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Tree, TreePath } from "../project-files/tree.js";
import { assertTreePath, stateFolder } from "./contain-path.js";
import { type FileContent, isErrorWithCode, toContent } from "./file-system.js";

/** Folders without source code of the project, at any depth. */
const foreignFolders: ReadonlySet<string> = new Set(["node_modules", ".git", stateFolder]);

/** Top-level folders with the output of tools. Deeper folders with these names may be the user's: a module can be called `logs`. */
const outputFolders: ReadonlySet<string> = new Set(["dist", "coverage", "logs", "vendor"]);

/** Larger files are not source code: a generated one of 1,000 commands has about 1 MB. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Reads files of a project. Absent files and those that are not regular files are not in the result.
 * The reads are synchronous, which takes a third of the CPU time of promises for a thousand small files.
 * @throws CommitError `outside-project` for an invalid path
 */
export function readFiles(root: string, paths: Iterable<TreePath>): Tree {
  const tree = new Map<TreePath, FileContent>();
  for (const path of paths) {
    assertTreePath(path);
    const content = readIfFile(join(root, path));
    if (content !== undefined) tree.set(path, content);
  }
  return tree;
}

/**
 * Reads a project's files in the order of their names, except for those larger than 16 MiB and the output of tools.
 * Links are not followed, so nothing outside is read.
 */
export function readProject(root: string, accept: (path: TreePath) => boolean = () => true): Tree {
  const tree = new Map<TreePath, FileContent>();
  const visit = (folder: string): void => {
    for (const entry of listFolder(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !foreignFolders.has(entry.name) && !outputFolders.has(path)) visit(path);
      const content = entry.isFile() && accept(path) ? readIfFile(join(root, path), maxFileBytes) : undefined;
      if (content !== undefined) tree.set(path, content);
    }
  };
  visit("");
  return tree;
}

/** Finds the paths that lead through a link, with the real path of each in the project. */
export function readLinked(
  root: string,
  paths: readonly TreePath[],
): ReadonlyMap<TreePath, { readonly real: TreePath; readonly content: FileContent }> {
  const found = new Map<TreePath, { real: TreePath; content: FileContent }>();
  for (const path of paths) {
    const content = readIfFile(join(root, path), maxFileBytes);
    if (content === undefined) continue;
    const real = relative(realpathSync.native(root), realpathSync.native(join(root, path)));
    if (!isAbsolute(real) && real.split(sep)[0] !== "..")
      found.set(path, { real: real.replaceAll(sep, "/"), content });
  }
  return found;
}

function listFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT")) return [];
    throw error;
  }
}

function readIfFile(path: string, maxBytes = Number.POSITIVE_INFINITY): FileContent | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= maxBytes ? toContent(readFileSync(path)) : undefined;
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}
