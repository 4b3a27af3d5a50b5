import type { Model, Scope } from "../model/model.js";
import { listFiles } from "../model/module-files.js";
import type { TreePath } from "../project-files/tree.js";
import { findListings, type Listings } from "./find-listings.js";
import { findOrphans, type Orphan } from "./find-orphans.js";
import { locateCode } from "./locate-code.js";
import { Summaries } from "./summaries.js";

export interface ProjectScan {
  /** The model with the present paths and class names of the user's code. */
  readonly model: Model;
  readonly orphans: readonly Orphan[];
  readonly listings: Listings;
  /** The summaries of the files that were read. */
  readonly summaries: Summaries;
}

/**
 * Compares the model with the existing code: finds its present places, and the parts that are not in the spec. `before` is
 * the model of the spec before its edit. Files that only belong to that are orphans too, wherever they are.
 */
export function scanProject(
  model: Model,
  files: ReadonlyMap<TreePath, string>,
  { before, scope = { of: "project" } }: { readonly before?: Model | undefined; readonly scope?: Scope } = {},
): ProjectScan {
  const summaries = new Summaries(files, listFiles(model));
  const located = locateCode(model, summaries);
  const locatedBefore = before && locateCode(before, summaries);
  const expected = listFiles(located);
  const orphans = findOrphans({
    summaries,
    model: located,
    expected: new Set(expected.keys()),
    left: new Map(
      [...(locatedBefore ? listFiles(locatedBefore) : [])].filter(([path]) => !expected.has(path)),
    ),
  });
  const listings = findListings(located, summaries, scope);
  return { model: located, orphans, listings, summaries };
}
