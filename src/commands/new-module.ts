import { changeProject } from "../run/change-project.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import type { CommandResult } from "../run/result.js";
import { addModule } from "../spec-file/edit-spec.js";

interface NewModuleArguments {
  readonly name: string;
  readonly port: number | undefined;
  readonly urls: readonly string[] | undefined;
  readonly as: string | undefined;
  readonly description: string | undefined;
}

/** `wsgen new module`: adds a module to the spec, unless it is already there, and to the code. */
export const newModuleCommand = (
  { name, port, urls, as, description }: NewModuleArguments,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "new module",
      editSpec: (text) => addModule(text, { file: getSpecPath(options), name, port, urls, as, description }),
      scope: { of: "module", module: name },
      next: () => [`wsgen add command ${name} <command>`, "npm start"],
    },
    options,
  );
