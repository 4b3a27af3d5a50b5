import type { Argv } from "yargs";
import type { GlobalOptions } from "../global-options.js";

/** Several values: `--url ws rooms/:room`. */
export const list = { type: "string", array: true, requiresArg: true } as const;

export const as = {
  type: "string",
  requiresArg: true,
  description: "The name in code, where the wire name does not convert: LoginUser",
} as const;

export const description = {
  type: "string",
  requiresArg: true,
  description: "One sentence for the spec and the code",
} as const;

const required = { type: "string", demandOption: true } as const;

export const withModule = (command: Argv<GlobalOptions>) =>
  command.positional("module", { ...required, description: "The module's name" });

export const withName = (command: Argv<GlobalOptions>) =>
  withModule(command).positional("name", { ...required, description: "The name on the wire" });

const newName = { ...required, description: "The new name" } as const;
export const withNewModule = (command: Argv<GlobalOptions>) => withModule(command).positional("to", newName);
export const withNewName = (command: Argv<GlobalOptions>) => withName(command).positional("to", newName);
