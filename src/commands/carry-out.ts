import { hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readProject } from "../fs/read-project.js";
import { readTemplates } from "../fs/read-templates.js";
import type { Generated } from "../generate.js";
import { layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import type { Orphan } from "../survey/find-orphans.js";
import { type Survey, survey } from "../survey/survey.js";
import type { Tree, TreePath } from "../tree/tree.js";
import { understand } from "../understand.js";
import { compareWithDisk, putInPlace } from "./compare.js";
import { danglingImports } from "./dangling-imports.js";
import { explainGaps } from "./explain-gaps.js";
import type { GlobalOptions } from "./global-options.js";
import { commitWithSpec, readWithSpec } from "./outside-spec.js";
import { wsgenVersion } from "./package-info.js";
import { type CommandResult, refusal } from "./result.js";
import type { Reworked, Work } from "./work.js";

/** The one flow of every command that works on a project: generate, compare, and commit all or nothing. */
export async function carryOut(
  work: Work,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const understood = understand(work.spec);
  if (understood.value === undefined) return refusal(work.command, understood.diagnostics);
  const disk = await readDisk(work, options);
  const reworked = await rework(work, understood.value, new Map([...disk, ...work.provided]));
  if (reworked.value === undefined) return refusal(work.command, reworked.diagnostics);

  const { files, moves } = reworked.value;
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

const readDisk = async ({ packages, provided, rework }: Work, { cwd }: GlobalOptions): Promise<Tree> =>
  new Map([
    ...(await readProject(cwd, { accept: packages ? () => true : rework ? isAnyCode : isOfInterest })),
    ...(await readWithSpec(cwd, [...provided.keys()])),
  ]);

/** Source, tests and clients, wherever the user moved them, and the files at the top that wsgen manages. */
const isOfInterest = (path: TreePath): boolean =>
  /^(src|test|client)\/.*\.[cm]?tsx?$/.test(path) || path === layout.specSchema;

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
