import { type CompiledSchemas, compileSchemas } from "./compile-schemas/compile-schemas.js";
import { type Diagnostic, fileStart, type Outcome, problem } from "./diagnostics/diagnostic.js";
import { firstDifference } from "./diagnostics/source-text.js";
import { applyEdits } from "./edit/apply-edits.js";
import type { Model, Scope } from "./model/model.js";
import { moduleFiles } from "./model/module-files.js";
import type { DeleteFile, FileOperation, Plan } from "./plan/plan-files.js";
import { planFiles } from "./plan/plan-files.js";
import { type Tree, type TreePath, usesCrlf, withCrlf } from "./project-files/tree.js";
import type { Templates } from "./render/engine.js";
import { isSameCode, readGeneratedHeader, replaceHeader } from "./render/generated-header.js";
import { type PackageSpecs, render } from "./render/render.js";
import type { Listings } from "./scan/find-listings.js";
import type { Orphan } from "./scan/find-orphans.js";
import { specSchemaDocument } from "./spec-file/spec-schema.js";
import { findSyntaxErrors } from "./syntax/parse-source.js";
import { isUntouchedStub } from "./syntax/untouched-stub.js";

export interface GenerateInput {
  readonly model: Model;
  /** The managed files that exist now, by path. */
  readonly files: ReadonlyMap<TreePath, string>;
  readonly templates: Templates;
  /** The version of wsgen, for the header of generated files. */
  readonly version: string;
  /** The name of the spec, for the same header. Default: `wsgen.yaml`. */
  readonly spec?: string | undefined;
  readonly scope: Scope;
  /** The present content of the lists, if their own files do not show it. */
  readonly listings?: Listings;
  /** Only for a new project. */
  readonly packages?: PackageSpecs | undefined;
  /** Files to delete, because they no longer belong to the spec. Default: none. */
  readonly orphans?: readonly Orphan[];
  /** The project before the edit of its spec. It shows which tests of a removed module are still as wsgen created them. */
  readonly before?: Model | undefined;
  /** Replaces generated files that were edited by hand, and deletes files with the user's code, instead of refusing. Default: false. */
  readonly force?: boolean;
}

export interface Generated {
  readonly plan: Plan;
  /** The new content of every planned file, including files that do not change. */
  readonly tree: Tree;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Runs the stages after `readModel`: generates the project's files. Does not touch the disk; same input, same result.
 * With an error among the diagnostics the tree must not be written.
 */
export async function generate(input: GenerateInput): Promise<Generated> {
  const { model, files, scope } = input;
  const plan = planFiles({
    model,
    existing: new Set([...files].filter(([, text]) => !isBlank(text)).map(([path]) => path)),
    scope,
    ...(input.listings && { listings: input.listings }),
    ...(input.orphans && { orphans: input.orphans }),
    ...(input.packages && { packages: input.packages }),
  });
  const tree = new Map<TreePath, string>();
  const compiled = await compileSchemas(model, input.before);
  if (compiled.value === undefined) return { plan, tree, diagnostics: compiled.diagnostics };
  const job = { ...input, compiled: compiled.value };
  const diagnostics: Diagnostic[] = [...compiled.diagnostics];
  for (const operation of plan.operations) {
    const result = applyOperation(operation, job);
    diagnostics.push(...result.diagnostics);
    if (result.value !== undefined) tree.set(operation.path, result.value);
  }
  return { plan, tree, diagnostics };
}

/** The input of every operation of a run. */
interface Job extends GenerateInput {
  readonly compiled: CompiledSchemas;
}

function applyOperation(operation: FileOperation, input: Job): Outcome<string> {
  const present = input.files.get(operation.path);
  switch (operation.action) {
    case "create":
      return present === undefined || isBlank(present) ? emit(operation, input, present) : ok(present);
    case "replace":
      return replace(operation, input, present);
    case "edit":
      return present === undefined
        ? ok(undefined)
        : applyEdits({ path: operation.path, text: present }, operation.edits);
    case "delete":
      return remove(operation, input, present ?? "");
  }
}

/** True for a file without content to lose: a rename empties generated files. */
const isBlank = (text: string): boolean => text.trim() === "";

const ok = (value: string | undefined): Outcome<string> => ({ value, diagnostics: [] });

/** Writes a generated file. A file or an edit that wsgen did not write is only replaced with `force`. */
function replace(
  operation: Extract<FileOperation, { action: "replace" }>,
  input: Job,
  present: string | undefined,
): Outcome<string> {
  const emitted = emit(operation, input, present);
  if (present === undefined || emitted.value === undefined || emitted.value === present || input.force)
    return emitted;
  const header = readGeneratedHeader(present);
  if (isBlank(present)) return emitted;
  if (header === undefined) return { ...emitted, diagnostics: [reportForeignFile(operation.path, present)] };
  const expected = replaceHeader(emitted.value, present);
  return header.intact || expected === present
    ? emitted
    : { ...emitted, diagnostics: [reportEditedFile(operation.path, present, expected)] };
}

/** Renders a file and parses it. Output with a syntax error is a defect of wsgen and stops the run. */
function emit(
  { path, view }: Extract<FileOperation, { action: "create" | "replace" }>,
  { model, templates, version, spec, files, compiled }: Job,
  present?: string,
): Outcome<string> {
  const text = render(view, { templates, version, spec, specSchema: specSchemaDocument, compiled });
  // Line ends changed by a checkout, and layout changed by a formatter, are not a difference.
  if (present !== undefined && isSameText(present, text)) return ok(present);
  const broken = path.endsWith(".ts") ? findSyntaxErrors(path, text) : [];
  if (broken.length > 0)
    throw new Error(`Internal error: generated code does not parse: ${JSON.stringify(broken[0])}`);
  return ok(usesCrlf(present ?? files.get(model.mainFile) ?? "") ? withCrlf(text) : text);
}

/** Deletes a file, unless it contains code of the user. */
function remove(operation: DeleteFile, input: Job, present: string): Outcome<string> {
  if (input.force || isOurs(operation, input, present)) return ok(undefined);
  const { path } = operation;
  const message = `${path} would be deleted, but it contains your code.`;
  const fix = "Move the code elsewhere, or discard it with `--force`.";
  return { value: present, diagnostics: [problem("written-in", { message, fix, at: fileStart(path) })] };
}

/** Whether a file has no code of the user. */
function isOurs({ path, kind }: DeleteFile, input: Job, present: string): boolean {
  if (kind === "generated") return readGeneratedHeader(present)?.intact === true;
  if (kind !== "test") return isUntouchedStub(path, present);
  for (const module of input.before?.modules ?? []) {
    const file = moduleFiles(module).find((each) => each.path === path);
    if (file === undefined) continue;
    const view = { template: file.template, model: input.model, module };
    // The setup may be older than the handshake in the spec.
    for (const handshakeSamples of [input.compiled.handshakeSamples, new Map()]) {
      const job = { ...input, compiled: { ...input.compiled, handshakeSamples } };
      const made = emit({ action: "create", path, view }, job, present);
      if (made.value !== undefined && withoutOwnComments(made.value) === withoutOwnComments(present))
        return true;
    }
  }
  return false;
}

/** A test setup without the comments that wsgen writes: another version may have worded them differently. */
const withoutOwnComments = (setup: string): string =>
  setup.replace(
    /^ *\/\/ (?:Yours: .*|It configures how .*|(?:With what|Add what) `connect` .*`options: \{ headers: … \}`\.)\r?\n/gm,
    "",
  );

/** Compares code of the user exactly, and generated code without line ends and layout. */
const isSameText = (present: string, text: string): boolean =>
  present === text ||
  (readGeneratedHeader(text) === undefined
    ? present.replaceAll("\r\n", "\n") === text
    : readGeneratedHeader(present) !== undefined && isSameCode(present, text));

const reportEditedFile = (path: TreePath, present: string, expected: string): Diagnostic =>
  problem("edited-by-hand", {
    message: `${path} is a generated file, but it was edited by hand.`,
    fix: "Move your change into a file of your own, or discard it with `npx wsgen generate --force`.",
    ...firstDifference(path, present, expected),
  });

const reportForeignFile = (path: TreePath, present: string): Diagnostic =>
  problem("not-ours", {
    message: `${path} exists, but wsgen did not generate it: it does not begin with the header of a generated file.`,
    fix: "Move the file, or your change, to another path; or discard it with `--force`.",
    ...firstDifference(path, present, ""),
  });
