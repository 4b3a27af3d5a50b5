import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import type { FileContent } from "../fs/file-system.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readTemplates, wsgenVersion } from "../fs/own-files.js";
import { readLinked, readProject } from "../fs/read-project.js";
import type { Generated } from "../generate.js";
import { filesOf, layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import { understand } from "../read-model.js";
import type { Orphan } from "../scan/find-orphans.js";
import { type Survey, survey } from "../scan/scan-project.js";
import type { Tree, TreePath } from "../tree/tree.js";
import { compareWithDisk, putInPlace } from "./compare.js";
import { danglingImports } from "./dangling-imports.js";
import { explainGaps } from "./explain-gaps.js";
import type { GlobalOptions } from "./global-options.js";
import { commitWithSpec, readWithSpec } from "./outside-spec.js";
import type { Reworked, Work } from "./project-command.js";
import { type CommandResult, refusal } from "./result.js";

/** The one flow of every command that works on a project: generate, compare, and commit all or nothing. */
export async function carryOut(
  work: Work,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const understood = understand(work.spec);
  if (understood.value === undefined) return refusal(work.command, understood.diagnostics);
  const disk = await readDisk(work, options);
  const linked = await addLinked(disk, work, { ...options, model: understood.value });
  const reworked = await rework(work, understood.value, new Map([...disk, ...work.provided]));
  if (reworked.value === undefined) return refusal(work.command, reworked.diagnostics);

  const { files, moves } = reworked.value;
  const stuck = [...moves.keys()].filter((path) => linked.has(path));
  if (stuck.length > 0) return refusal(work.command, stuck.map(behindLink));
  const surveyed = await survey(reworked.value.model, files, {
    before: work.rework ? undefined : work.before,
    scope: work.scope,
  });
  const [pruned, kept] = partition(surveyed.orphans, work.prune ?? (() => false));
  const generated = await generateFrom(surveyed, { work, options, reworked: reworked.value, pruned });
  const changes = [
    ...putInPlace(work.provided, disk),
    ...compareWithDisk(generated, { files, disk, moves }).filter(({ path }) => !work.provided.has(path)),
  ];
  const { model, listings, summaries } = surveyed;
  const found = { changes, generated, files, model, listings, orphans: kept, summaries };
  const diagnostics = [
    ...[understood, reworked, generated].flatMap((stage) => stage.diagnostics),
    ...danglingImports(found, options),
    ...(work.readOnly ? [] : await explainGaps(found)),
    ...((await work.review?.(found)) ?? []),
  ];
  if (hasErrors(diagnostics)) return refusal(work.command, diagnostics, changes);

  const result = { command: work.command, changes, next: work.next?.(model) ?? [] };
  if (options.dryRun || work.readOnly) return { ...result, diagnostics, written: false };
  const committed = await commitWithSpec(options.cwd, changes, lock === undefined ? {} : { lock });
  if (hasErrors(committed.diagnostics)) {
    return refusal(work.command, [...diagnostics, ...committed.diagnostics], changes);
  }
  return { ...result, diagnostics: [...diagnostics, ...committed.diagnostics], written: true };
}

async function readDisk(
  { packages, provided, rework }: Work,
  { cwd }: GlobalOptions,
): Promise<Map<TreePath, FileContent>> {
  const found = await readProject(cwd, { accept: packages ? () => true : rework ? isAnyCode : isOfInterest });
  const isOutput = (path: TreePath): boolean => found.has(path.replace(/\.([cm]?)jsx?$/, ".$1ts"));
  return new Map([
    ...[...found].filter(([path]) => packages || rework || !/\.[cm]?jsx?$/.test(path) || !isOutput(path)),
    ...(await readWithSpec(cwd, [...provided.keys()])),
  ]);
}

/**
 * Adds the files of the spec that are behind a link in the project, and takes them away from where they really are: a class
 * is in one place. Returns their paths.
 */
async function addLinked(
  disk: Map<TreePath, FileContent>,
  { before, packages }: Work,
  { cwd, model }: Pick<GlobalOptions, "cwd"> & { readonly model: Model },
): Promise<ReadonlySet<TreePath>> {
  const expected = new Set([...filesOf(model).keys(), ...(before ? filesOf(before).keys() : [])]);
  const missing = packages ? [] : [...expected].filter((path) => !disk.has(path));
  const linked = await readLinked(cwd, missing);
  for (const [path, { real, content }] of linked) {
    disk.set(path, content);
    if (!expected.has(real)) disk.delete(real);
  }
  return new Set(linked.keys());
}

const behindLink = (path: TreePath): Diagnostic => ({
  code: "unexpected-shape",
  severity: "error",
  message: `${path} is behind a symbolic link, and wsgen does not move such files; nothing was changed.`,
  fix: "Put the folder that the link leads to in its place, then run the command again.",
  at: { file: path, line: 1, column: 1, length: 1 },
});

/** Source, tests and clients, wherever the user moved them, and the files at the top that wsgen manages. */
const isOfInterest = (path: TreePath): boolean =>
  /^(src|test|client)\/.*\.[cm]?tsx?$/.test(path) ||
  /^src\/.*\.[cm]?jsx?$/.test(path) ||
  path === layout.specSchema;

/** A rename has to know of every reference, in whatever folder of the user's: a page's own source, its scripts. */
const isAnyCode = (path: TreePath): boolean =>
  isOfInterest(path) || (/\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path));

async function rework(work: Work, model: Model, present: Tree): Promise<Outcome<Reworked>> {
  const files = new Map(
    [...present].filter((entry): entry is [TreePath, string] => typeof entry[1] === "string"),
  );
  return (
    (await work.rework?.({ files, before: work.before, model })) ?? {
      value: { files, model, moves: new Map() },
      diagnostics: [],
    }
  );
}

interface GenerateFrom {
  readonly work: Work;
  readonly options: GlobalOptions;
  readonly reworked: Reworked;
  readonly pruned: readonly Orphan[];
}

/** Loaded here: a spec with an error gets along without the templates' engine and all that stands behind it. */
async function generateFrom(
  { model, listings }: Survey,
  { work, options, reworked, pruned }: GenerateFrom,
): Promise<Generated> {
  const { generate } = await import("../generate.js");
  return generate({
    model,
    files: reworked.files,
    templates: await readTemplates(),
    version: wsgenVersion(),
    // A new project has its own copy, whatever it was made from.
    spec: work.packages ? work.packages.spec : work.spec.file,
    scope: work.scope,
    listings,
    orphans: pruned,
    force: options.force,
    ...(work.before && { before: work.before }),
    ...(work.packages && { packages: work.packages }),
  });
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
