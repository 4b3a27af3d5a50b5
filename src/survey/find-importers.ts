import type { TreePath } from "../tree/tree.js";
import { importTargets } from "./import-target.js";

/** A file and one of those that it imports. */
export interface Import {
  readonly importer: TreePath;
  readonly target: TreePath;
  /** Offset of the specifier. */
  readonly start: number;
}

/** Which files import one of `targets`, other than these themselves. */
export const findImporters = (
  files: ReadonlyMap<TreePath, string>,
  targets: ReadonlySet<TreePath>,
): readonly Import[] =>
  [...files.keys()]
    .filter((importer) => !targets.has(importer))
    .flatMap((importer) =>
      importTargets(files, importer)
        .filter(({ target }) => targets.has(target))
        .map((found) => ({ importer, ...found })),
    );
