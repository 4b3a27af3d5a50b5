import type { Model } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";
import { importTarget } from "./import-target.js";
import type { Summaries } from "./summaries.js";

/** A file that wsgen made, or a person after its pattern, for something that the spec does not have (any more). */
export interface Orphan {
  readonly path: TreePath;
  readonly kind: "module" | "command" | "generated" | "test";
  /** The lists that its class stands in. */
  readonly registrations: readonly Registration[];
}

/** A class of an orphan in `getCommandList()` of a module, or in `newWebsocketServe(…)`. */
export interface Registration {
  readonly file: TreePath;
  readonly element: string;
  /** The module's class; undefined for `newWebsocketServe(…)`. */
  readonly listOwner: string | undefined;
}

type Files = ReadonlyMap<TreePath, string>;

const patterns: readonly (readonly [Orphan["kind"], RegExp])[] = [
  ["module", /^src\/.*\.module\.ts$/],
  ["command", /^src\/.*\.command\.ts$/],
  ["generated", /^(src|client)\/.*\.gen\.ts$/],
];

/**
 * Finds the orphans by the names of their files, and the tests that have no other subject than an orphan module.
 * `expected` are the files that the spec accounts for.
 */
export async function findOrphans(
  files: Files,
  expected: ReadonlySet<TreePath>,
  { model, main, summaries }: { model: Model; main: TreePath; summaries: Summaries },
): Promise<readonly Orphan[]> {
  const found = new Map<TreePath, Orphan["kind"]>();
  for (const path of files.keys()) {
    const pattern = expected.has(path) ? undefined : patterns.find(([, form]) => form.test(path));
    if (pattern !== undefined) found.set(path, pattern[0]);
  }
  if (found.size === 0) return [];
  for (const path of files.keys()) {
    if (path.startsWith("test/") && testsOnly(files, path, found)) found.set(path, "test");
  }
  const registrations = await findRegistrations(files, { model, main, summaries });
  return [...found].sort().map(([path, kind]) => ({
    path,
    kind,
    registrations: registrations
      .filter(({ target }) => target === path)
      .map(({ registration }) => registration),
  }));
}

const moduleImport = /from\s+["'](\.[^"']*\.module\.js)["']/g;

/** Whether all modules that a test imports are orphans. */
function testsOnly(files: Files, path: TreePath, orphans: ReadonlyMap<TreePath, Orphan["kind"]>): boolean {
  const targets = [...(files.get(path) ?? "").matchAll(moduleImport)].map(([, specifier = ""]) =>
    importTarget(files, path, specifier),
  );
  return (
    targets.length > 0 && targets.every((target) => target !== undefined && orphans.get(target) === "module")
  );
}

async function findRegistrations(
  files: Files,
  { model, main, summaries }: { model: Model; main: TreePath; summaries: Summaries },
): Promise<{ target: TreePath | undefined; registration: Registration }[]> {
  const lists = [
    { file: main, listOwner: undefined as string | undefined, elements: (await summaries.of(main))?.served },
  ];
  for (const { moduleFile, className } of model.modules) {
    const module = (await summaries.of(moduleFile))?.modules.find((each) => each.className === className);
    lists.push({ file: moduleFile, listOwner: className, elements: module?.commands });
  }
  return lists.flatMap(({ file, listOwner, elements = [] }) =>
    elements.map(({ className, from }) => ({
      target: from === undefined ? undefined : importTarget(files, file, from),
      registration: { file, listOwner, element: className },
    })),
  );
}
