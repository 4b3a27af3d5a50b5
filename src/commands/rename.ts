import { renameInCode } from "../rename/rename-in-code.js";
import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, specPath } from "../run/global-options.js";
import { findOldWords, type OldWords } from "../run/old-words.js";
import { type Subject, specEntry, textsAfter } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { renameEntry } from "../spec/edit-spec.js";

/** `wsgen rename`: in the spec, the files, the classes, the imports, the lists, and every reference in the user's code. */
export function renameCommand(subject: Subject, to: string, options: GlobalOptions): Promise<CommandResult> {
  let oldWords: OldWords = { names: [] };
  return changeProject(
    {
      command: `rename ${subject.kind}`,
      editSpec: (text) => renameEntry(text, { ...specEntry(subject, specPath(options)), to }),
      scope: { of: "project" },
      async rework(project) {
        const renamed = await renameInCode(project, { subject, to }, options);
        oldWords = renamed.value?.oldWords ?? oldWords;
        return renamed;
      },
      review: async (found) => findOldWords(textsAfter(found), oldWords),
    },
    options,
  );
}
