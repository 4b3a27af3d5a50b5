import type { Argv } from "yargs";
import { layout } from "../../model/module-files.js";
import type { GlobalOptions } from "../../run/global-options.js";
import type { CommandResult } from "../../run/result.js";

/** Runs the work of a declared command, prints the result and keeps the exit code. */
export interface CommandHost {
  run(options: GlobalOptions, work: CommandWork): Promise<void>;
  /** Runs the work at once, and again on every change of the spec, even after an error. A signal ends it, which counts as success. */
  watch(options: GlobalOptions, work: CommandWork): Promise<void>;
}

type CommandWork = (settled: GlobalOptions) => Promise<CommandResult>;

/** Adds a command, or a group of them. Work is imported when it runs, so that help and usage errors are quick. */
export type Declare = (parser: Argv<GlobalOptions>, host: CommandHost) => Argv<GlobalOptions>;

/** Several values: `--url ws rooms/:room`. */
export const list = { type: "string", array: true, requiresArg: true } as const;

export const as = {
  type: "string",
  requiresArg: true,
  description: "The name in code, if the wire name cannot become one: LoginUser",
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
export const withNewSchema = (command: Argv<GlobalOptions>) =>
  command
    .positional("schema", { ...required, description: "The schema's name below `schemas:`" })
    .positional("to", newName);

export const withNewField = (command: Argv<GlobalOptions>) =>
  command
    .positional("field", {
      ...required,
      description: "User.name, chat.say.request.text, chat.said.data.text, chat.full.details.room, …",
    })
    .positional("to", newName);

/** Declares the global options. */
export const withGlobalOptions = (yargs: Argv): Argv<GlobalOptions> =>
  yargs.options({
    cwd: { type: "string", default: ".", requiresArg: true, description: "The project's folder" },
    spec: {
      type: "string",
      requiresArg: true,
      defaultDescription: `${layout.spec}, or "wsgen": { "spec": … } of package.json`,
      description: "The spec, relative to the project's folder",
    },
    "dry-run": { type: "boolean", default: false, description: "Show what would change, write nothing" },
    diff: { type: "boolean", default: false, description: "Show the changes as a unified diff" },
    json: { type: "boolean", default: false, description: "Print one JSON document and nothing else" },
    force: { type: "boolean", default: false, description: "Overwrite or delete what wsgen would refuse to" },
    quiet: { type: "boolean", default: false, description: "Print errors only" },
    verbose: { type: "boolean", default: false, description: "Print unchanged files too" },
    color: {
      type: "boolean",
      default: true,
      defaultDescription: "on a terminal",
      description: "Colours; --no-color",
    },
  }) as unknown as Argv<GlobalOptions>;
