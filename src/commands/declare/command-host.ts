import type { Argv } from "yargs";
import type { GlobalOptions } from "../global-options.js";
import type { CommandResult } from "../result.js";

/** What the declarations hand a command's work to: it prints the result and keeps the exit code. */
export interface CommandHost {
  run(options: GlobalOptions, work: CommandWork): Promise<void>;
  /** Runs it at once, and again on every change of the spec, whatever comes of it; a signal ends it, and all is well. */
  watch(options: GlobalOptions, work: CommandWork): Promise<void>;
}

type CommandWork = (settled: GlobalOptions) => Promise<CommandResult>;

/** Adds a command, or a group of them. Work is imported when it runs, so that help and usage errors are quick. */
export type Declare = (parser: Argv<GlobalOptions>, host: CommandHost) => Argv<GlobalOptions>;
