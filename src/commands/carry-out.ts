import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.js";
import { commit } from "../fs/commit.js";
import { readFiles } from "../fs/read-project.js";
import { readTemplates } from "../fs/read-templates.js";
import { generate, understand } from "../generate.js";
import type { Model } from "../model/model.js";
import { managedPaths } from "../plan/plan-files.js";
import type { Scope } from "../plan/scope.js";
import type { PackageSpecs } from "../render/view.js";
import type { SpecSource } from "../spec/read-spec.js";
import type { FileChange } from "../tree/file-change.js";
import type { Tree } from "../tree/tree.js";
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
  /** Given for a new project alone. */
  readonly packages?: PackageSpecs;
  /** Never writes, whatever the options say: for `check`. */
  readonly readOnly?: boolean;
  /** Says what is wrong or worth knowing about the changes that were found. */
  readonly review?: (changes: readonly FileChange[]) => readonly Diagnostic[];
  readonly next?: (model: Model) => readonly string[];
}

/** The one flow of every command that works on a project: generate, compare, and commit all or nothing. */
export async function carryOut(work: Work, options: GlobalOptions): Promise<CommandResult> {
  const understood = understand(work.spec);
  const model = understood.value;
  if (model === undefined || hasErrors(understood.diagnostics))
    return refusal(work.command, understood.diagnostics);

  const files = await readFiles(options.cwd, [...managedPaths(model), ...work.provided.keys()]);
  const generated = await generate({
    model,
    files: textsOf(new Map([...files, ...work.provided])),
    templates: await readTemplates(),
    version: wsgenVersion(),
    scope: work.scope,
    force: options.force,
    ...(work.packages && { packages: work.packages }),
  });
  const changes = [
    ...putInPlace(work.provided, files),
    ...compareWithDisk(generated, files).filter(({ path }) => !work.provided.has(path)),
  ];
  const found = [...understood.diagnostics, ...generated.diagnostics];
  const diagnostics = [...found, ...(work.review?.(changes) ?? [])];
  if (hasErrors(diagnostics)) return refusal(work.command, diagnostics, changes);

  const result = { command: work.command, changes, next: work.next?.(model) ?? [] };
  if (options.dryRun || work.readOnly) return { ...result, diagnostics, written: false };
  const committed = await commit(options.cwd, changes);
  if (hasErrors(committed.diagnostics)) {
    return refusal(work.command, [...diagnostics, ...committed.diagnostics], changes);
  }
  return { ...result, diagnostics: [...diagnostics, ...committed.diagnostics], written: true };
}

const textsOf = (tree: Tree): ReadonlyMap<string, string> =>
  new Map([...tree].filter((entry): entry is [string, string] => typeof entry[1] === "string"));
