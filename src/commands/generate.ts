import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Findings } from "./carry-out.js";
import { changeProject } from "./change-project.js";
import type { GlobalOptions } from "./global-options.js";
import type { CommandResult } from "./result.js";

export interface GenerateArguments {
  /** Deletes what the spec no longer accounts for. */
  readonly prune: boolean;
}

/** `wsgen generate`: brings the code up to the spec. */
export const generateCommand = (
  { prune }: GenerateArguments,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    { command: "generate", scope: { of: "project" }, prune: () => prune, review: reportOrphans },
    options,
  );

const reportOrphans = async ({ orphans }: Findings): Promise<readonly Diagnostic[]> =>
  orphans.map(({ path, kind }) => ({
    code: "orphan",
    severity: "warning",
    message: `${path} stays, but the spec does not have this ${kind === "generated" ? "module" : kind}.`,
    fix: "npx wsgen generate --prune deletes it",
    at: { file: path, line: 1, column: 1, length: 1 },
  }));
