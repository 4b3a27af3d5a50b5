import { posix } from "node:path";
import type { TreePath } from "../tree/tree.js";

/** The file of the project that a relative import brings, as NodeNext finds it; undefined when it is not there. */
export function importTarget(
  files: { has(path: TreePath): boolean },
  importer: TreePath,
  specifier: string,
): TreePath | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(importer), specifier);
  const candidates = [path.replace(/\.([cm]?)js$/, ".$1ts"), `${path}.ts`, `${path}/index.ts`, path];
  return candidates.find((candidate) => files.has(candidate));
}
