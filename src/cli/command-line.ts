import type { Argv } from "yargs";
import yargs from "yargs";
import { wsgenVersion } from "../fs/own-files.js";
import type { GlobalOptions } from "../run/global-options.js";
import { changeCommands } from "./declare/change.js";
import { type CommandHost, withGlobalOptions } from "./declare/declaration.js";
import { generateCommands } from "./declare/generate.js";
import { inspectCommands } from "./declare/inspect.js";
import { newCommands } from "./declare/new.js";
import { createUsageError, type ParserState, UsageError } from "./failure.js";

/** The flag that every completion script passes: `wsgen --get-yargs-completions wsgen <words…>`, with the word to complete last. */
const completionFlag = "--get-yargs-completions";

/** In the order of the help. */
const commands = [...newCommands, ...changeCommands, ...generateCommands, ...inspectCommands];

/** Members that yargs' own types leave out. */
interface Internals {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>;
    readonly array: readonly string[];
    readonly boolean: readonly string[];
  };
}

/**
 * Reads a command line and runs its command. The returned text is for standard output: help, the version, or completions.
 * @throws UsageError when the command line is not valid
 */
export async function runCommandLine(args: readonly string[], host: CommandHost): Promise<string> {
  if (args[0] === completionFlag) {
    const { completeNames } = await import("./complete-names.js");
    const names = await completeNames(args);
    if (names !== undefined) return endLine(names.join("\n"));
  }
  let text = "";
  const parser = declareCommands(args, host);
  await parser.parseAsync([...args], {}, (_error: unknown, _argv: unknown, output: string) => {
    text = output;
  });
  return endLine(text);
}

const endLine = (text: string): string => (text === "" ? "" : `${text}\n`);

function declareCommands(args: readonly string[], host: CommandHost): Argv<GlobalOptions> {
  const base = withGlobalOptions(
    yargs([...args])
      .scriptName("wsgen")
      .detectLocale(false),
  );
  const parser = commands.reduce((declared, declare) => declare(declared, host), base);
  const internals = parser as unknown as Internals;
  return parser
    .usage("$0 <command>\n\nFrom a YAML spec to a running, typed WebSocket server that you own.")
    .example("$0 new project my-app", "a runnable project with one module")
    .example("$0 add command chat say --request text:string", "into the spec and the code")
    .example("$0 generate", "after you edited the spec")
    .check(({ _ }) => isCommandRead(args, _))
    .check((argv) => isGivenOnce(argv, internals.getOptions().array))
    .check(hasNoEmptyPath)
    .check(() => hasSwitchValues(args, internals.getOptions().boolean))
    .demandCommand(1, "Missing command: expected `wsgen <command>`.")
    .strict()
    .version(wsgenVersion())
    .alias("help", "h")
    .wrap(110)
    .exitProcess(false)
    .fail((message, error, usage) => {
      if (error !== undefined && !isUsage(error)) throw error;
      throw createUsageError(message ?? error?.message, args, readState(parser, internals, usage));
    });
}

/** True for errors in the command line: those that yargs itself raises, and those of checks and coercions. */
const isUsage = (error: Error): boolean => error.name === "YError" || error instanceof UsageError;

function readState(parser: Argv<GlobalOptions>, internals: Internals, usage: unknown): ParserState {
  const { getCommands } = usage as { getCommands(): readonly (readonly [string])[] };
  return {
    // The layout takes longer than all the rest, so it is only made when the help is shown.
    get help() {
      let help = "";
      parser.showHelp((text) => {
        help = text;
      });
      return help;
    },
    options: Object.keys(internals.getOptions().key),
    commands: getCommands().map(([command]) => command.split(" ")[0] ?? ""),
  };
}

/** Refuses a command after `--`, where yargs does not read one: `wsgen -- generate` would do nothing and report success. */
function isCommandRead(args: readonly string[], words: readonly (string | number)[]): true {
  const [command] = words;
  if (command === undefined || readOptions(args).includes(String(command))) return true;
  throw new UsageError([`Unexpected '--' before '${command}': write \`wsgen ${command}\`.`]);
}

/** Refuses a repeated option that takes one value: it would have neither of the values. */
function isGivenOnce(argv: Readonly<Record<string, unknown>>, lists: readonly string[]): true {
  const twice = Object.keys(argv).find(
    (key) => key !== "_" && Array.isArray(argv[key]) && !lists.includes(key),
  );
  if (twice !== undefined) throw new UsageError([`'--${twice}' is given more than once.`]);
  return true;
}

/**
 * Refuses values of a switch other than true and false: `--dry-run=1` would be read as false, and write.
 */
function hasSwitchValues(args: readonly string[], switches: readonly string[]): true {
  for (const arg of readOptions(args)) {
    const [, no, name = "", value = ""] = /^--(no-)?([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (!switches.includes(name) || (no === undefined && ["true", "false"].includes(value))) continue;
    throw new UsageError([
      `'--${no ?? ""}${name}' takes no value, found '${value}': write \`--${name}\` or \`--no-${name}\`.`,
    ]);
  }
  return true;
}

/** The arguments before `--`, the end of the options. */
export const readOptions = (args: readonly string[]): readonly string[] =>
  args.includes("--") ? args.slice(0, args.indexOf("--")) : args;

/** Refuses an empty path, such as from a script's unset variable: it does not mean the present folder. */
function hasNoEmptyPath({ cwd, spec, out, check }: Readonly<Record<string, unknown>>): true {
  const empty = Object.entries({ cwd, spec, out, check }).find(([, value]) => value === "");
  if (empty !== undefined) throw new UsageError([`'--${empty[0]}' needs a value.`]);
  return true;
}
