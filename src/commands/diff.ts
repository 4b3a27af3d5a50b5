import { checkModelPatterns } from "../contract/contract.js";
import { type ContractChange, printChanges } from "../contract-diff/contract-change.js";
import { diffContracts } from "../contract-diff/diff-contracts.js";
import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import type { Model } from "../model/model.js";
import { readOldSpec } from "../programs/git.js";
import { readModel } from "../read-model.js";
import { type GlobalOptions, specPath } from "../run/global-options.js";
import { type CommandResult, refusal } from "../run/result.js";
import type { SpecSource } from "../spec-file/read-spec.js";

export interface DiffArguments {
  /** A file, relative to the project's root, or a git revision. */
  readonly old: string;
  /** Whether fields that a request's schema does not name also count. */
  readonly strict: boolean;
}

/** `wsgen diff`: reports changes on the wire since an old spec. Changes that break its clients are errors. */
export async function diffCommand(
  { old, strict }: DiffArguments,
  options: GlobalOptions,
): Promise<CommandResult> {
  const before = await named(await readOldSpec(options.cwd, specPath(options), old));
  const after = await named(await readSpecFile(options.cwd, specPath(options)));
  const found = [...before.diagnostics, ...after.diagnostics];
  if (before.value === undefined || after.value === undefined || hasErrors(found))
    return refusal("diff", found);
  const changes = diffContracts(before.value.model, after.value.model, { isStrict: strict });
  const names = { before: before.value.file, after: after.value.file };
  return {
    command: "diff",
    changes: [],
    diagnostics: [...found, ...verdict(changes)],
    written: false,
    next: [],
    answer: {
      text: printChanges(changes, { ...names, color: options.color }),
      json: { ...names, contractChanges: changes },
    },
  };
}

interface NamedModel {
  readonly file: string;
  readonly model: Model;
}

async function named({ value: source, diagnostics }: Outcome<SpecSource>): Promise<Outcome<NamedModel>> {
  if (source === undefined) return { value: undefined, diagnostics };
  const parsed = readModel(source);
  const value = parsed.value && { file: source.file, model: parsed.value };
  const found = [...diagnostics, ...parsed.diagnostics];
  // The comparison applies patterns to names and values of the specs.
  if (parsed.value) found.push(...(await checkModelPatterns(parsed.value)));
  return { value, diagnostics: parsed.value?.source?.withExcerpts(found) ?? found };
}

function verdict(changes: readonly ContractChange[]): readonly Diagnostic[] {
  const count = changes.filter(({ breaking }) => breaking).length;
  if (count === 0) return [];
  const [found, them] = count === 1 ? ["1 change breaks", "it"] : [`${count} changes break`, "them"];
  const message = `${found} clients of the old spec.`;
  const fix = `Undo ${them}, or release ${them} as a version to which clients must migrate.`;
  return [{ code: "breaking-change", severity: "error", message, fix }];
}
