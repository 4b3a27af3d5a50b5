import { renameInCode } from "../rename/rename-in-code.js";
import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { findOldWords, type OldWords } from "../run/old-words.js";
import { createSpecEntry, getTextsAfter, type NamedEntry } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { renameEntry } from "../spec-file/edit-spec.js";

/** `wsgen rename`: renames an entry in the spec, files, classes, imports, lists, and every reference in the user's code. */
export function renameCommand(entry: NamedEntry, to: string, options: GlobalOptions): Promise<CommandResult> {
  let oldWords: OldWords = { names: [] };
  return changeProject(
    {
      command: `rename ${entry.kind}`,
      editSpec: (text) => renameEntry(text, { ...createSpecEntry(entry, getSpecPath(options)), to }),
      scope: { of: "project" },
      refactor(project) {
        const renamed = renameInCode(project, { entry, to }, options);
        oldWords = renamed.value?.oldWords ?? oldWords;
        return renamed;
      },
      review: (found) => findOldWords(getTextsAfter(found), oldWords),
    },
    options,
  );
}
