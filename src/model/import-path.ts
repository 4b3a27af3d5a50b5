import { posix } from "node:path";
import type { TreePath } from "../tree/tree.js";

/** What stands between `import` and `from` to have a class by a name of its own: `{ Say }`, `Say`, `{ Talk as Say }`. */
export const importClause = (className: string, exportedAs: string = className): string =>
  exportedAs === "default"
    ? className
    : `{ ${exportedAs === className ? "" : `${exportedAs} as `}${className} }`;

/** The module specifier with which `from` imports `to`: relative, forward slashes, `.js` for a `.ts` file. */
export function importPath(from: TreePath, to: TreePath): string {
  const relative = posix.relative(posix.dirname(from), to).replace(/\.ts$/, ".js");
  return relative.startsWith(".") ? relative : `./${relative}`;
}
