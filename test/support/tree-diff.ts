import { changeDiff, type DiffOptions } from "../../src/project-files/diff.js";
import type { Tree } from "../../src/project-files/tree.js";

/** The diffs of all files of two trees, in the order of their paths. */
export const treeDiff = (before: Tree, after: Tree, options: DiffOptions = {}): string =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((path) => changeDiff({ path, before: before.get(path), after: after.get(path) }, options))
    .join("");
