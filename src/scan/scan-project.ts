import { filesOf } from "../model/layout.js";
import type { Model, Scope } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";
import { findListings, type Listings } from "./find-listings.js";
import { findOrphans, type Orphan } from "./find-orphans.js";
import { locateCode } from "./locate-code.js";
import { Summaries } from "./summaries.js";

export interface ProjectScan {
  /** The model with the paths and class names that the user's code has now. */
  readonly model: Model;
  readonly orphans: readonly Orphan[];
  readonly listings: Listings;
  /** What the files say, as far as it was read. */
  readonly summaries: Summaries;
}

type Files = ReadonlyMap<TreePath, string>;

/**
 * Compares the model with the code that is there: where it is now, and what of it the spec does not have. `before` is the
 * model of the spec as it was before it was edited: what only that had is an orphan too, wherever its files are.
 */
export async function scanProject(
  model: Model,
  files: Files,
  { before, scope = { of: "project" } }: { readonly before?: Model | undefined; readonly scope?: Scope } = {},
): Promise<ProjectScan> {
  const summaries = new Summaries(files, filesOf(model));
  const located = await locateCode(model, files, summaries);
  const locatedBefore = before && (await locateCode(before, files, summaries));
  const expected = filesOf(located);
  const orphans = await findOrphans(files, {
    summaries,
    model: located,
    expected: new Set(expected.keys()),
    left: new Map([...(locatedBefore ? filesOf(locatedBefore) : [])].filter(([path]) => !expected.has(path))),
  });
  const listings = await findListings(located, { files, summaries, scope });
  return { model: located, orphans, listings, summaries };
}
