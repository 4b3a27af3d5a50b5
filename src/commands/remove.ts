import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, specPath } from "../run/global-options.js";
import { type Subject, specEntry } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { removeEntry } from "../spec/edit-spec.js";

/** `wsgen remove`: out of the spec, the lists, the imports and the folder; refused where the user's code would go. */
export const removeCommand = (subject: Subject, options: GlobalOptions): Promise<CommandResult> =>
  changeProject(
    {
      command: `remove ${subject.kind}`,
      editSpec: (text) => removeEntry(text, specEntry(subject, specPath(options))),
      scope: subject.kind === "module" ? { of: "project" } : { of: "module", module: subject.module },
      // Only what this removal leaves behind; what was an orphan before is another matter.
      prune: ({ isNew }) => isNew,
    },
    options,
  );
