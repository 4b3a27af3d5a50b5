import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { createSpecEntry, type NamedEntry } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { removeEntry } from "../spec-file/edit-spec.js";

/** `wsgen remove`: removes an entry from the spec, the lists, the imports and the folder. Refused if the user's code would be lost. */
export const removeCommand = (entry: NamedEntry, options: GlobalOptions): Promise<CommandResult> =>
  changeProject(
    {
      command: `remove ${entry.kind}`,
      editSpec: (text) => removeEntry(text, createSpecEntry(entry, getSpecPath(options))),
      scope: entry.kind === "module" ? { of: "project" } : { of: "module", module: entry.module },
      // Only orphans of this removal. Earlier ones stay.
      prune: ({ isNew }) => isNew,
    },
    options,
  );
