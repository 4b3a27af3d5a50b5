import { changeProject } from "../run/change-project.js";
import { findDrift } from "../run/drift.js";
import type { GlobalOptions } from "../run/global-options.js";
import type { CommandResult } from "../run/result.js";

/**
 * `wsgen check`: compares the spec and the code, in both directions. Writes nothing. Reports every difference as an error
 * with its place and the command that fixes it, and a diff of all of them.
 */
export const checkCommand = (options: GlobalOptions): Promise<CommandResult> =>
  changeProject(
    {
      command: "check",
      scope: { of: "project" },
      readOnly: true,
      review: findDrift,
    },
    options,
  );
