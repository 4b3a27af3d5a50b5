import { posix } from "node:path";
import type { TreePath } from "../project-files/tree.js";
import { joinRoute, parseRoute } from "../spec-file/route-pattern.js";
import type { Json } from "../spec-file/spec.js";
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

/** The addresses of a module on this machine, with the names of their parameters: `ws://localhost:10099/chat/rooms/:room`. */
export const listAddresses = ({
  port,
  flag,
  urls,
}: Pick<ModuleModel, "port" | "flag" | "urls">): readonly string[] =>
  urls.map((url) => `ws://localhost:${port}${joinRoute(flag, url)}`);

/**
 * A path that the first route of a module serves, with these values of its parameters: `rooms/:room` of chat becomes
 * `/chat/rooms/lobby`, or `/chat/rooms/room` without a value.
 */
export function samplePath(
  { flag, urls: [url = ""] }: Pick<ModuleModel, "flag" | "urls">,
  params: Readonly<Record<string, Json>> = {},
): string {
  const textOf = (name: string): string => String(Object.hasOwn(params, name) ? params[name] : name);
  const route = parseRoute(url);
  const segments = "segments" in route ? route.segments : [];
  const filled = segments.map((segment) => {
    if (segment.kind === "static") return segment.text;
    if (segment.kind === "parameter") return segment.prefix + encodeURIComponent(textOf(segment.name));
    // The value of a catch-all begins with a slash.
    return textOf(segment.name).replace(/^\//, "").split("/").map(encodeURIComponent).join("/");
  });
  return [joinRoute(flag, ""), ...filled.filter((text) => text !== "")].join("/");
}
