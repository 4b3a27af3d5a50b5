import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { commit } from "../fs/commit.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readFiles, readProject } from "../fs/read-project.js";
import { readTemplates } from "../fs/read-templates.js";
import { type Generated, generate, understand } from "../generate.js";
import { layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import type { Scope } from "../plan/scope.js";
import type { PackageSpecs } from "../render/view.js";
import type { SpecSource } from "../spec/read-spec.js";
import type { Orphan } from "../survey/find-orphans.js";
import { survey } from "../survey/survey.js";
import type { FileChange } from "../tree/file-change.js";
import type { Tree, TreePath } from "../tree/tree.js";
import { compareWithDisk, putInPlace } from "./compare.js";
import type { GlobalOptions } from "./global-options.js";
import { wsgenVersion } from "./package-info.js";
import { type CommandResult, refusal } from "./result.js";

/** One piece of work on a project: the spec as it is to be, and how much of the code shall follow it. */
export interface Work {
  /** The words of the command, for the report. */
  readonly command: string;
  readonly spec: SpecSource;
  /** Files that are to be in place first: the edited spec itself, and what a new project starts with. */
  readonly provided: Tree;
  readonly scope: Scope;
  /** Changes the user's files before they are brought up to the spec, and may give them other paths. */
  readonly rework?: (
    files: ReadonlyMap<TreePath, string>,
    model: Model,
  ) => Promise<Outcome<ReadonlyMap<TreePath, string>>>;
  /** Which of the files that the spec no longer accounts for are deleted. Default: none; they are reported. */
  readonly prune?: (orphan: Orphan) => boolean;
  /** Given for a new project alone. */
  readonly packages?: PackageSpecs;
  /** Never writes, whatever the options say: for `check`. */
  readonly readOnly?: boolean;
  /** Says what is wrong or worth knowing about the changes that were found. */
  readonly review?: (found: Findings) => Promise<readonly Diagnostic[]>;
  readonly next?: (model: Model) => readonly string[];
}

/** What a review may look at. */
export interface Findings {
  readonly changes: readonly FileChange[];
  readonly generated: Generated;
  /** The project's files as they are. */
  readonly files: ReadonlyMap<TreePath, string>;
  readonly model: Model;
  /** Orphans that stay. */
  readonly orphans: readonly Orphan[];
}

/** The one flow of every command that works on a project: generate, compare, and commit all or nothing. */
export async function carryOut(
  work: Work,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const understood = understand(work.spec);
  if (understood.value === undefined) return refusal(work.command, understood.diagnostics);

  const present = new Map([
    ...(await readProject(options.cwd, { accept: work.packages ? () => true : isOfInterest })),
    ...(await readFiles(options.cwd, work.provided.keys())),
  ]);
  const texts = textsOf(new Map([...present, ...work.provided]));
  const reworked = (await work.rework?.(texts, understood.value)) ?? { value: texts, diagnostics: [] };
  if (reworked.value === undefined) return refusal(work.command, reworked.diagnostics);
  const files = reworked.value;
  const { model, orphans } = await survey(understood.value, files);
  const [pruned, kept] = partition(orphans, work.prune ?? (() => false));
  const generated = await generate({
    model,
    files,
    templates: await readTemplates(),
    version: wsgenVersion(),
    scope: work.scope,
    orphans: pruned,
    force: options.force,
    ...(work.packages && { packages: work.packages }),
  });
  const changes = [
    ...putInPlace(work.provided, present),
    ...compareWithDisk(generated, { files, disk: present }).filter(({ path }) => !work.provided.has(path)),
  ];
  const found = [...understood.diagnostics, ...reworked.diagnostics, ...generated.diagnostics];
  const reviewed = (await work.review?.({ changes, generated, files, model, orphans: kept })) ?? [];
  const diagnostics = [...found, ...reviewed];
  if (hasErrors(diagnostics)) return refusal(work.command, diagnostics, changes);

  const result = { command: work.command, changes, next: work.next?.(model) ?? [] };
  if (options.dryRun || work.readOnly) return { ...result, diagnostics, written: false };
  const committed = await commit(options.cwd, changes, lock === undefined ? {} : { lock });
  if (hasErrors(committed.diagnostics)) {
    return refusal(work.command, [...diagnostics, ...committed.diagnostics], changes);
  }
  return { ...result, diagnostics: [...diagnostics, ...committed.diagnostics], written: true };
}

/** Source, tests and clients, wherever the user moved them, and the files at the top that wsgen manages. */
const isOfInterest = (path: TreePath): boolean =>
  /^(src|test|client)\/.*\.[cm]?tsx?$/.test(path) || path === layout.specSchema;

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

const textsOf = (tree: Tree): ReadonlyMap<string, string> =>
  new Map([...tree].filter((entry): entry is [string, string] => typeof entry[1] === "string"));
