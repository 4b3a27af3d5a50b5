import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, specPath } from "../run/global-options.js";
import { type NamedEntry, specEntry } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { removeEntry } from "../spec-file/edit-spec.js";

/** `wsgen remove`: out of the spec, the lists, the imports and the folder; refused where the user's code would go. */
export const removeCommand = (entry: NamedEntry, options: GlobalOptions): Promise<CommandResult> =>
  changeProject(
    {
      command: `remove ${entry.kind}`,
      editSpec: (text) => removeEntry(text, specEntry(entry, specPath(options))),
      scope: entry.kind === "module" ? { of: "project" } : { of: "module", module: entry.module },
      // Only what this removal leaves behind; what was an orphan before is another matter.
      prune: ({ isNew }) => isNew,
    },
    options,
  );
