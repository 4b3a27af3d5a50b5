import type { TreePath } from "../project-files/tree.js";
import { resolveImport } from "../syntax/resolve-import.js";

/** A relative import: the imported file, and the offset of its specifier. */
interface FoundImport {
  readonly target: TreePath;
  readonly start: number;
}

/** Finds the files that import one of `targets`, except for these targets. */
export const findImporters = (
  files: ReadonlyMap<TreePath, string>,
  targets: ReadonlySet<TreePath>,
): readonly (FoundImport & { readonly importer: TreePath })[] =>
  [...files.keys()]
    .filter((importer) => !targets.has(importer))
    .flatMap((importer) =>
      findImports(files, importer)
        .filter(({ target }) => targets.has(target))
        .map((found) => ({ importer, ...found })),
    );

const specifiers = /\b(?:from|import|require)\b\s*\(?\s*["']([^"'\n]+)["']/g;

/** Finds the files of the project that a file imports, in its text, without parsing it. */
export const findImports = (files: ReadonlyMap<TreePath, string>, importer: TreePath): FoundImport[] =>
  [...(files.get(importer) ?? "").matchAll(specifiers)].flatMap(({ 0: whole, 1: specifier = "", index }) => {
    const target = resolveImport(files, importer, specifier);
    return target === undefined ? [] : [{ target, start: index + whole.length - specifier.length - 2 }];
  });
