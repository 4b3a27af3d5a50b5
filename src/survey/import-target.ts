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

const specifiers = /\b(?:from|import|require)\b\s*\(?\s*["'](\.[^"'\n]*)["']/g;

/** A relative import: the file that it brings, and the offset of its specifier. */
export interface FoundImport {
  readonly target: TreePath;
  readonly start: number;
}

/** The files of the project that a file imports, found in its text without parsing it. */
export const importTargets = (files: ReadonlyMap<TreePath, string>, importer: TreePath): FoundImport[] =>
  [...(files.get(importer) ?? "").matchAll(specifiers)].flatMap(({ 0: whole, 1: specifier = "", index }) => {
    const target = importTarget(files, importer, specifier);
    return target === undefined ? [] : [{ target, start: index + whole.length - specifier.length - 2 }];
  });
