import { changeProject } from "./change-project.js";
import type { GlobalOptions } from "./global-options.js";
import type { CommandResult } from "./result.js";

/** `wsgen generate`: brings the code up to the spec. */
export const generateCommand = (options: GlobalOptions): Promise<CommandResult> =>
  changeProject({ command: "generate", scope: { of: "project" } }, options);
