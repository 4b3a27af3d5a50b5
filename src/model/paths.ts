import { posix } from "node:path";
import { parseRoute } from "../spec-file/route-pattern.js";
import type { TreePath } from "../tree/tree.js";
import type { ModuleModel } from "./model.js";

/** The clause between `import` and `from` that imports a class under a given name: `{ Say }`, `Say`, `{ Talk as Say }`. */
export const importClause = (className: string, exportedAs: string = className): string =>
  exportedAs === "default"
    ? className
    : `{ ${exportedAs === className ? "" : `${exportedAs} as `}${className} }`;

/** The module specifier with which `from` imports `to`: relative, forward slashes, `.js` for a `.ts` file. */
export function importPath(from: TreePath, to: TreePath): string {
  const relative = posix.relative(posix.dirname(from), to).replace(/\.ts$/, ".js");
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** A path that the first route of a module serves, for samples: `rooms/:room` of chat becomes `/chat/rooms/room`. */
export function samplePath({ flag, urls: [url = ""] }: Pick<ModuleModel, "flag" | "urls">): string {
  const route = parseRoute(url);
  const segments = "segments" in route ? route.segments : [];
  const filled = segments.map((segment) => {
    if (segment.kind === "static") return segment.text;
    return segment.kind === "parameter" ? segment.prefix + segment.name : segment.name;
  });
  return `/${[flag, ...filled].filter((text) => text !== "").join("/")}`;
}
