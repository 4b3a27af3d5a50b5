import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import { type CommandResult, refuse } from "../run/result.js";

/**
 * The result of a command line that failed with an exception: wrong usage, an unreadable file, or a defect of wsgen. `nextStep`
 * replaces the usual fix of wrong usage.
 */
export function reportFailure(error: unknown, args: readonly string[], nextStep?: string): CommandResult {
  if (error instanceof UsageError) return reportUsage(error, args, nextStep);
  if (isSystemError(error)) return refuse("wsgen", [reportUnreadable(error)]);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  const fix = "This is a bug in wsgen. Report it with the stack trace below.";
  return {
    ...refuse("wsgen", [problem("defect", { message, fix })]),
    answer: { text: "", notes: `${stack}\n`, json: { stack } },
  };
}

function reportUsage(
  { messages, help }: UsageError,
  args: readonly string[],
  nextStep?: string,
): CommandResult {
  const fix = "Run `wsgen --help` to see all commands and options.";
  const typed = nextStep ?? `${fix} You typed: \`${["wsgen", ...args].join(" ")}\`.`;
  const found = messages.map((message, index) =>
    problem("usage", { message, fix: index === messages.length - 1 ? typed : fix }),
  );
  const result = refuse("wsgen", found);
  return help === undefined ? result : { ...result, answer: { text: "", notes: `\n${help}\n`, json: {} } };
}

const reportUnreadable = ({ message, path }: NodeJS.ErrnoException): Diagnostic =>
  problem("read-failed", {
    message: `${path ?? "A file"} cannot be read: ${message}.`,
    fix: "Fix the cause, then run the command again.",
  });

/** True for an error of Node that comes from the operating system. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";

/** The command line is not valid: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /**
   * @param messages the errors, one sentence each
   * @param help the help of the typed command, if something is missing
   */
  constructor(
    readonly messages: readonly string[],
    readonly help?: string,
  ) {
    super(messages.join(" "));
  }
}

/** The options and commands that the parser knew when it failed. */
export interface ParserState {
  readonly help: string;
  /** Names of the options, without dashes. */
  readonly options: readonly string[];
  /** Commands that may follow. */
  readonly commands: readonly string[];
}

const unknown = /^Unknown arguments?: (.*)$/;
const invalid = /^Invalid values:\s+Argument: (.*), Given: "(.*)", Choices: (.*)$/s;

/** The error for a message of yargs about a command line, with the word that was probably meant. */
export function createUsageError(message: string, args: readonly string[], state: ParserState): UsageError {
  if (message.startsWith("Missing command")) return new UsageError([message], state.help);
  if (message.startsWith("Not enough non-option"))
    return new UsageError([`Missing argument: expected \`${state.help.split("\n")[0]}\`.`]);
  if (message.startsWith("Not enough arguments following"))
    return new UsageError([`'--${message.split(": ")[1]}' needs a value.`]);
  const [, name, given, choices] = invalid.exec(message) ?? [];
  if (choices !== undefined)
    return new UsageError([`Invalid ${name} '${given}', expected ${choices.replaceAll('"', "'")}.`]);
  const words = unknown.exec(message)?.[1]?.split(", ") ?? [];
  const [command, ...others] = words.filter((word) => findOption(word, args) === undefined);
  // The words after an unknown command belong to it.
  if (command !== undefined) return new UsageError([describeUnknownCommand(command, others, state)]);
  const options = words.filter((word) => !isSecondSpelling(word, words));
  if (options.length > 0)
    return new UsageError(options.map((word) => describeUnknownOption(word, args, state)));
  return new UsageError([message.replaceAll(/\s+/g, " ")]);
}

/** yargs reports `--dry-rnu` as `dry-rnu` and as `dryRnu`. */
const isSecondSpelling = (word: string, words: readonly string[]): boolean =>
  words.some((other) => other !== word && toCamelCase(other) === word);

function describeUnknownOption(word: string, args: readonly string[], { options }: ParserState): string {
  const typed = findOption(word, args)?.split("=")[0] ?? `--${word}`;
  const meant = suggest(word, options);
  const dashes = typed.startsWith("--no-") ? "--no-" : "--";
  return `Unknown option '${typed}'${didYouMean(meant && dashes + meant)}`;
}

function describeUnknownCommand(word: string, others: readonly string[], { commands }: ParserState): string {
  if (commands.length === 0)
    return `Unexpected ${others.length === 0 ? "argument" : "arguments"}: ${[word, ...others].map((each) => `'${each}'`).join(", ")}.`;
  return `Unknown command '${word}'${didYouMean(suggest(word, commands))}`;
}

/** The argument as typed, if it is an option. */
const findOption = (word: string, args: readonly string[]): string | undefined =>
  args.find((arg) => {
    const name = /^--?(?:no-)?([^=]*)/.exec(arg)?.[1];
    return name !== undefined && [name, toCamelCase(name)].includes(word);
  });

const toCamelCase = (word: string): string =>
  word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
