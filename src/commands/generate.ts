import { changeProject } from "../run/change-project.js";
import { listCheckFindings } from "../run/check-findings.js";
import type { GlobalOptions } from "../run/global-options.js";
import { findOldFlags } from "../run/old-words.js";
import type { CommandResult } from "../run/result.js";
import { reportUndeclared } from "../run/undeclared-code.js";

/** `wsgen generate`: updates the code to the spec. With `prune`, deletes files that no longer belong to the spec. */
export const generateCommand = (
  { prune }: { readonly prune: boolean },
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "generate",
      scope: { of: "project" },
      // The first content of a test is no longer known, so it may have code of the user.
      prune: ({ kind }) => prune && (kind !== "test" || options.force),
      review: (found) => [
        ...reportUndeclared(found).map((undeclared) => ({ ...undeclared, severity: "warning" as const })),
        ...findOldFlags(found),
      ],
    },
    options,
  );

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
      review: listCheckFindings,
    },
    options,
  );
