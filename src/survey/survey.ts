import { layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";
import { findOrphans, type Orphan } from "./find-orphans.js";
import { locateCode } from "./locate-code.js";
import { Summaries } from "./summaries.js";

export interface Survey {
  /** The model with the paths and class names that the user's code has now. */
  readonly model: Model;
  readonly orphans: readonly Orphan[];
}

/** Compares the model with the code that is there: where it is now, and what of it the spec does not have. */
export async function survey(model: Model, files: ReadonlyMap<TreePath, string>): Promise<Survey> {
  const summaries = new Summaries(files);
  const located = await locateCode(model, files, { main: layout.main, summaries });
  const orphans = await findOrphans(files, expectedPaths(located), {
    model: located,
    main: layout.main,
    summaries,
  });
  return { model: located, orphans };
}

const expectedPaths = (model: Model): ReadonlySet<TreePath> =>
  new Set([
    ...(model.schemas.length > 0 ? [layout.schemas] : []),
    ...model.modules.flatMap(({ moduleFile, generatedFile, commands }) => [
      moduleFile,
      generatedFile,
      ...commands.map(({ file }) => file),
    ]),
  ]);
