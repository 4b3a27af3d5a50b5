import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { FileChange } from "../tree/file-change.js";
import { changeProject } from "./change-project.js";
import type { GlobalOptions } from "./global-options.js";
import type { CommandResult } from "./result.js";

/** `wsgen check`: is the code what the spec gives? Writes nothing; an error for every file that is not. */
export const checkCommand = (options: GlobalOptions): Promise<CommandResult> =>
  changeProject({ command: "check", scope: { of: "project" }, readOnly: true, review: staleFiles }, options);

const staleFiles = (changes: readonly FileChange[]): readonly Diagnostic[] =>
  changes.flatMap((change) => {
    const problem = problemOf(change);
    if (problem === undefined) return [];
    const [code, message] = problem;
    const at = { file: change.path, line: 1, column: 1, length: 1 };
    return [{ code, severity: "error", message, fix: "npx wsgen generate", at }];
  });

function problemOf({ path, change }: FileChange): readonly [Diagnostic["code"], string] | undefined {
  switch (change) {
    case "created":
      return ["missing-file", `The spec asks for ${path}, but there is no such file.`];
    case "replaced":
      return ["stale-file", `${path} is not what the spec gives.`];
    case "edited":
      return ["not-registered", `${path} lacks an import, a list entry or a literal that the spec asks for.`];
    default:
      return undefined;
  }
}
