import { changeProject } from "../run/change-project.js";
import { findDrift } from "../run/drift.js";
import type { GlobalOptions } from "../run/global-options.js";
import type { CommandResult } from "../run/result.js";

/**
 * `wsgen check`: is the code what the spec gives, and the spec what the code has? Writes nothing; an error with the
 * place and the command that mends it for every difference, and a diff of all of them.
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
