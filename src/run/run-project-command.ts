import { posix, resolve } from "node:path";
import { type Diagnostic, fileStart, hasErrors, problem } from "../diagnostics/diagnostic.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readTemplates, wsgenVersion } from "../fs/own-files.js";
import { readLinked, readProject } from "../fs/read-project.js";
import { isFolder, isLink, isOutside } from "../fs/read-spec-file.js";
import type { Generated } from "../generate.js";

import type { ClientFolder, Model } from "../model/model.js";
import { clientCore, layout, listFiles } from "../model/module-files.js";
import type { Tree, TreePath } from "../project-files/tree.js";
import { readModel } from "../read-model.js";
import { type ProjectScan, scanProject } from "../scan/scan-project.js";
import { commitWithOutside, readWithOutside } from "./commit-with-outside.js";
import { compareProvided, compareWithDisk } from "./compare.js";
import type { GlobalOptions } from "./global-options.js";
import { reportMissingCode } from "./missing-code.js";
import { type ProjectCommand, selectTexts } from "./project-command.js";
import { type CommandResult, refuse } from "./result.js";
import { reportDanglingImports } from "./undeclared-code.js";

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
  command: ProjectCommand,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const { provided, before, prune = () => false } = command;
  const parsed = readModel(command.spec);
  if (parsed.value === undefined) return refuse(command.command, parsed.diagnostics);
  const wrongFolder = await checkClientFolder(options.cwd, parsed.value.clients);
  if (wrongFolder !== undefined) return refuse(command.command, [...parsed.diagnostics, wrongFolder]);
  const { disk, linked } = readDisk(command, parsed.value, options.cwd);
  const texts = selectTexts([...disk, ...provided]);
  const refactored = command.refactor?.({ files: texts, before, model: parsed.value }) ?? {
    value: { files: texts, model: parsed.value, moves: new Map<TreePath, TreePath>() },
    diagnostics: [],
  };
  if (refactored.value === undefined) return refuse(command.command, refactored.diagnostics);

  const { files, moves } = refactored.value;
  const linkedMoves = [...moves.keys()].filter((path) => linked.has(path));
  if (linkedMoves.length > 0) return refuse(command.command, linkedMoves.map(reportLinked));
  const scanned = scanProject(refactored.value.model, files, {
    before: command.refactor ? undefined : before,
    scope: command.scope,
  });
  const generated = await generateFiles(command, options, {
    ...scanned,
    orphans: scanned.orphans.filter(prune),
  });
  const changes = [
    ...compareProvided(provided, disk),
    ...compareWithDisk(generated, { files, disk, moves }).filter(({ path }) => !provided.has(path)),
  ];
  const orphans = scanned.orphans.filter((orphan) => !prune(orphan));
  const found = { ...scanned, orphans, changes, generated };
  const diagnostics = [
    ...[parsed, refactored, generated].flatMap((stage) => stage.diagnostics),
    ...reportDanglingImports(found, options),
    ...(command.readOnly ? [] : reportMissingCode(found)),
    ...(command.review?.(found) ?? []),
  ];
  if (hasErrors(diagnostics)) return refuse(command.command, diagnostics, changes);

  const result = { command: command.command, changes, next: command.next?.(scanned.model) ?? [] };
  if (options.dryRun || command.readOnly) return { ...result, diagnostics, written: false };
  const committed = await commitWithOutside(options.cwd, changes, lock === undefined ? {} : { lock });
  const all = [...diagnostics, ...committed.diagnostics];
  return hasErrors(committed.diagnostics)
    ? refuse(command.command, all, changes)
    : { ...result, diagnostics: all, written: true };
}

/** Generates the files. Loads the template engine only here, because a spec with an error does not need it. */
async function generateFiles(
  { spec, scope, before, packages }: ProjectCommand,
  { force }: GlobalOptions,
  { model, listings, orphans, summaries: { files } }: ProjectScan,
): Promise<Generated> {
  const { generate } = await import("../generate.js");
  const own = { templates: await readTemplates(), version: wsgenVersion() };
  // A new project has its own copy of the spec.
  const specName = packages ? packages.spec : spec.file;
  return generate({
    ...own,
    spec: specName,
    model,
    files,
    scope,
    listings,
    orphans,
    before,
    packages,
    force,
  });
}

/**
 * Reads the files of a project. Those of the spec that are reached through a link in the project (`linked`) replace
 * their real paths, because a class must be in one place.
 */
function readDisk(
  { packages, provided, refactor, before }: ProjectCommand,
  model: Model,
  cwd: string,
): { readonly disk: Tree; readonly linked: ReadonlySet<TreePath> } {
  const expected = new Set([...listFiles(model).keys(), ...(before ? listFiles(before).keys() : [])]);
  const isClient = (path: TreePath): boolean =>
    path.startsWith(`${model.clients.folder}/`) && /\.[cm]?tsx?$/.test(path);
  const isOfProject = (path: TreePath): boolean =>
    isRelevant(path) || isClient(path) || (refactor !== undefined && isAnyCode(path));
  const found = packages
    ? readProject(cwd)
    : withoutOtherProjects(
        readProject(cwd, (path) => isOfProject(path) || mayBeOldClient(path)),
        isOfProject,
      );
  const isOutput = (path: TreePath): boolean =>
    /\.[cm]?jsx?$/.test(path) && found.has(path.replace(/\.([cm]?)jsx?$/, ".$1ts"));
  const disk = new Map([
    ...[...found].filter(([path]) => packages || refactor || !isOutput(path)),
    ...readWithOutside(cwd, [...provided.keys(), ...[...expected].filter(isOutside)]),
  ]);
  const missing = packages ? [] : [...expected].filter((path) => !disk.has(path));
  const linked = readLinked(cwd, missing);
  for (const [path, { real, content }] of linked) {
    disk.set(path, content);
    if (!expected.has(real)) disk.delete(real);
  }
  return { disk, linked: new Set(linked.keys()) };
}

/**
 * The error for a folder of clients outside the project that is a link, or in no existing folder: probably a typing error.
 * A link among its parents is followed, as on the way to the project.
 */
async function checkClientFolder(cwd: string, { folder, at }: ClientFolder): Promise<Diagnostic | undefined> {
  if (!isOutside(folder)) return undefined;
  if (await isLink(resolve(cwd, folder)))
    return problem("outside-project", {
      message: `The clients would be in ${folder}, but that is a link.`,
      fix: "Name the folder that it leads to in `client: { out: … }`, or replace the link with a folder.",
      at,
    });
  const parent = posix.dirname(folder);
  if (await isFolder(resolve(cwd, parent))) return undefined;
  return problem("outside-project", {
    message: `The clients would be in ${folder}, but there is no folder ${parent}.`,
    fix: `Create the folder ${parent}, or correct \`client: { out: … }\`.`,
    at,
  });
}

/** The files without the clients of projects in folders of this one, and without what shows where these projects are. */
function withoutOtherProjects(found: Tree, isOfProject: (path: TreePath) => boolean): Tree {
  const schema = `/${layout.specSchema}`;
  const others = [...found.keys()]
    .filter((path) => path.endsWith(schema))
    .map((path) => `${posix.dirname(path)}/`);
  const isOfOther = (path: TreePath): boolean =>
    path.endsWith(schema) || others.some((folder) => path.startsWith(folder));
  return new Map([...found].filter(([path]) => isOfProject(path) || !isOfOther(path)));
}

const reportLinked = (path: TreePath): Diagnostic =>
  problem("unexpected-shape", {
    message: `${path} is behind a symbolic link, and wsgen does not move such files. Nothing was changed.`,
    fix: "Replace the link with the folder itself, then run the command again.",
    at: fileStart(path),
  });

/** True for source, tests and clients, wherever the user moved them, and for top-level files that wsgen manages. */
const isRelevant = (path: TreePath): boolean =>
  /^(src|test|client)\/.*\.[cm]?tsx?$/.test(path) ||
  /^src\/.*\.[cm]?jsx?$/.test(path) ||
  path === layout.specSchema;

/** True for clients in any folder, which an earlier spec may have named, and for the mark of another project. */
const mayBeOldClient = (path: TreePath): boolean =>
  /\.client\.gen\.ts$/.test(path) || [`${clientCore}.ts`, layout.specSchema].includes(posix.basename(path));

/** True for code in any folder: a rename needs every reference, also those in a web page's source or in scripts. */
const isAnyCode = (path: TreePath): boolean => /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
