import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import type { FileContent } from "../fs/file-system.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readTemplates, wsgenVersion } from "../fs/own-files.js";
import { readLinked, readProject } from "../fs/read-project.js";
import type { Generated } from "../generate.js";
import { filesOf, layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import { readModel } from "../read-model.js";
import type { Orphan } from "../scan/find-orphans.js";
import { type ProjectScan, scanProject } from "../scan/scan-project.js";
import type { Tree, TreePath } from "../tree/tree.js";
import { compareWithDisk, putInPlace } from "./compare.js";
import { danglingImports } from "./dangling-imports.js";
import { explainGaps } from "./explain-gaps.js";
import type { GlobalOptions } from "./global-options.js";
import { commitWithSpec, readWithSpec } from "./outside-spec.js";
import type { ProjectCommand, Refactored } from "./project-command.js";
import { type CommandResult, refusal } from "./result.js";

/**
 * Runs a command on a project. Writes all of its changes, or none.
 * 1. Reads the spec into a model, and the files of the project.
 * 2. Renames in the user's code, if the command does that.
 * 3. Scans the code for its present places, and for parts that the spec does not declare.
 * 4. Generates the new content of each file, and compares it with the disk.
 * 5. Collects the diagnostics; an error ends the command here.
 * 6. Commits, unless the command only shows its changes.
 */
export async function runProjectCommand(
  work: ProjectCommand,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const parsed = readModel(work.spec);
  if (parsed.value === undefined) return refusal(work.command, parsed.diagnostics);
  const disk = await readDisk(work, options);
  const linked = await addLinked(disk, work, { ...options, model: parsed.value });
  const refactored = await refactor(work, parsed.value, new Map([...disk, ...work.provided]));
  if (refactored.value === undefined) return refusal(work.command, refactored.diagnostics);

  const { files, moves } = refactored.value;
  const stuck = [...moves.keys()].filter((path) => linked.has(path));
  if (stuck.length > 0) return refusal(work.command, stuck.map(behindLink));
  const scanned = await scanProject(refactored.value.model, files, {
    before: work.refactor ? undefined : work.before,
    scope: work.scope,
  });
  const [pruned, kept] = partition(scanned.orphans, work.prune ?? (() => false));
  const generated = await generateFrom(scanned, { work, options, refactored: refactored.value, pruned });
  const changes = [
    ...putInPlace(work.provided, disk),
    ...compareWithDisk(generated, { files, disk, moves }).filter(({ path }) => !work.provided.has(path)),
  ];
  const { model, listings, summaries } = scanned;
  const found = { changes, generated, files, model, listings, orphans: kept, summaries };
  const diagnostics = [
    ...[parsed, refactored, generated].flatMap((stage) => stage.diagnostics),
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
  { packages, provided, refactor }: ProjectCommand,
  { cwd }: GlobalOptions,
): Promise<Map<TreePath, FileContent>> {
  const found = await readProject(cwd, {
    accept: packages ? () => true : refactor ? isAnyCode : isOfInterest,
  });
  const isOutput = (path: TreePath): boolean => found.has(path.replace(/\.([cm]?)jsx?$/, ".$1ts"));
  return new Map([
    ...[...found].filter(([path]) => packages || refactor || !/\.[cm]?jsx?$/.test(path) || !isOutput(path)),
    ...(await readWithSpec(cwd, [...provided.keys()])),
  ]);
}

/**
 * Adds the files of the spec that are reached through a link in the project, and removes their real paths, because a class
 * must be in one place. Returns their paths.
 */
async function addLinked(
  disk: Map<TreePath, FileContent>,
  { before, packages }: ProjectCommand,
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
  message: `${path} is behind a symbolic link, and wsgen does not move such files. Nothing was changed.`,
  fix: "Replace the link with the folder itself, then run the command again.",
  at: { file: path, line: 1, column: 1, length: 1 },
});

/** True for source, tests and clients, wherever the user moved them, and for top-level files that wsgen manages. */
const isOfInterest = (path: TreePath): boolean =>
  /^(src|test|client)\/.*\.[cm]?tsx?$/.test(path) ||
  /^src\/.*\.[cm]?jsx?$/.test(path) ||
  path === layout.specSchema;

/** True for code in any folder: a rename needs every reference, also those in a web page's source or in scripts. */
const isAnyCode = (path: TreePath): boolean =>
  isOfInterest(path) || (/\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path));

async function refactor(work: ProjectCommand, model: Model, present: Tree): Promise<Outcome<Refactored>> {
  const files = new Map(
    [...present].filter((entry): entry is [TreePath, string] => typeof entry[1] === "string"),
  );
  return (
    (await work.refactor?.({ files, before: work.before, model })) ?? {
      value: { files, model, moves: new Map() },
      diagnostics: [],
    }
  );
}

interface GenerateFrom {
  readonly work: ProjectCommand;
  readonly options: GlobalOptions;
  readonly refactored: Refactored;
  readonly pruned: readonly Orphan[];
}

/** Generates the files. Loads the template engine and its dependencies only here, because a spec with an error does not need them. */
async function generateFrom(
  { model, listings }: ProjectScan,
  { work, options, refactored, pruned }: GenerateFrom,
): Promise<Generated> {
  const { generate } = await import("../generate.js");
  return generate({
    model,
    files: refactored.files,
    templates: await readTemplates(),
    version: wsgenVersion(),
    // A new project has its own copy of the spec, wherever it came from.
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
