import { changeProject } from "../run/change-project.js";
import type { GlobalOptions } from "../run/global-options.js";
import { findOldFlags } from "../run/old-words.js";
import type { CommandResult } from "../run/result.js";
import { reportUndeclared } from "../run/undeclared-code.js";

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
    {
      command: "generate",
      scope: { of: "project" },
      // What a test was when it was made is not known any more, so that it may hold code of the user's.
      prune: ({ kind }) => prune && (kind !== "test" || options.force),
      review: async (found) => [
        ...(await reportUndeclared(found, "warning")),
        ...(await findOldFlags(found)),
      ],
    },
    options,
  );
