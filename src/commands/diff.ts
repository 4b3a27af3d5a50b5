import { checkModelSchemas } from "../compile-schemas/compile-schemas.js";
import { type ContractChange, printChanges } from "../contract-diff/contract-change.js";
import { diffContracts } from "../contract-diff/diff-contracts.js";
import { type Diagnostic, failed, hasErrors, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { addExcerpts } from "../diagnostics/source-text.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import type { Model } from "../model/model.js";
import { readOldSpec } from "../programs/git.js";
import { readModel } from "../read-model.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { type CommandResult, refuse } from "../run/result.js";
import type { SpecSource } from "../spec-file/read-spec.js";

/**
 * `wsgen diff`: reports changes on the wire since an old spec: a file, relative to the project's root, or a git revision.
 * Changes that break its clients are errors. With `strict`, fields that a request's schema does not name also count.
 */
export async function diffCommand(
  { old, strict }: { readonly old: string; readonly strict: boolean },
  options: GlobalOptions,
): Promise<CommandResult> {
  const before = await readSide(await readOldSpec(options.cwd, getSpecPath(options), old));
  const after = await readSide(await readSpecFile(options.cwd, getSpecPath(options)));
  const found = [...before.diagnostics, ...after.diagnostics];
  if (before.value === undefined || after.value === undefined || hasErrors(found))
    return refuse("diff", found);
  const changes = diffContracts(before.value.model, after.value.model, { isStrict: strict });
  const names = { before: before.value.file, after: after.value.file };
  return {
    command: "diff",
    changes: [],
    diagnostics: [...found, ...reportBreaking(changes)],
    written: false,
    next: [],
    answer: {
      text: printChanges(changes, { ...names, color: options.color }),
      json: { ...names, contractChanges: changes },
    },
  };
}

/** Reads a spec into a model that can be compared. */
async function readSide({
  value: source,
  diagnostics,
}: Outcome<SpecSource>): Promise<Outcome<{ readonly file: string; readonly model: Model }>> {
  if (source === undefined) return failed(diagnostics);
  const parsed = readModel(source);
  const value = parsed.value && { file: source.file, model: parsed.value };
  const found = [...diagnostics, ...parsed.diagnostics];
  // What generates no code is no contract. The comparison also applies patterns, which must not take too long.
  if (parsed.value && !hasErrors(found)) found.push(...(await checkModelSchemas(parsed.value)));
  return { value, diagnostics: addExcerpts(found, parsed.value?.sources) };
}

function reportBreaking(changes: readonly ContractChange[]): readonly Diagnostic[] {
  const count = changes.filter(({ breaking }) => breaking).length;
  if (count === 0) return [];
  const [found, them] = count === 1 ? ["1 change breaks", "it"] : [`${count} changes break`, "them"];
  const message = `${found} clients of the old spec.`;
  const fix = `Undo ${them}, or release ${them} as a version to which clients must migrate.`;
  return [problem("breaking-change", { message, fix })];
}
