import { posix } from "node:path";
import type { TreePath } from "../tree/tree.js";

/** The module specifier with which `from` imports `to`: relative, forward slashes, `.js` for a `.ts` file. */
export function importPath(from: TreePath, to: TreePath): string {
  const relative = posix.relative(posix.dirname(from), to).replace(/\.ts$/, ".js");
  return relative.startsWith(".") ? relative : `./${relative}`;
}
