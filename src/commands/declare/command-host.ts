import type { Argv } from "yargs";
import type { GlobalOptions } from "../global-options.js";
import type { CommandResult } from "../result.js";

/** What the declarations hand a command's work to: it prints the result and keeps the exit code. */
export interface CommandHost {
  run(options: GlobalOptions, work: (settled: GlobalOptions) => Promise<CommandResult>): Promise<void>;
}

/** Adds a command, or a group of them. Work is imported when it runs, so that help and usage errors are quick. */
export type Declare = (parser: Argv<GlobalOptions>, host: CommandHost) => Argv<GlobalOptions>;
