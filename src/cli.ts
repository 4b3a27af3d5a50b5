import { resolve } from "node:path";
import { readOptions, runCommandLine } from "./cli/command-line.js";
import type { CommandHost } from "./cli/declare/declaration.js";
import { reportFailure } from "./cli/failure.js";
import type { Streams } from "./cli/output.js";
import { type GlobalOptions, getSpecPath } from "./run/global-options.js";
import { type CommandResult, createTextResult, exitCodes, getExitCode, refuse } from "./run/result.js";

/**
 * Runs one command line and returns its exit code: 0 done, 1 the input or the target is wrong or stale,
 * 2 wrong usage, 70 a defect of wsgen, 130 interrupted.
 */
export async function main(args: readonly string[], streams: Streams = processStreams): Promise<number> {
  let exitCode = 0;
  const host: CommandHost = {
    async run(given, work) {
      const { options, refused } = await resolveOptions(given);
      exitCode = await print(refused ?? (await work(options)), options, streams);
    },
    async watch(given, work) {
      const { options, refused } = await resolveOptions(given);
      if (refused) {
        exitCode = await print(refused, { ...options, isOneLine: true }, streams);
        return;
      }
      const { watchSpec } = await import("./fs/watch-spec.js");
      for await (const _ of watchSpec(options.cwd, getSpecPath(options), createStopSignal())) {
        const result = await work(options).catch((error: unknown) => reportFailure(error, args));
        await print(result, { ...options, isOneLine: true }, streams);
        if (!options.json && !options.quiet)
          streams.out(`Watching ${getSpecPath(options)}; Ctrl-C ends it.\n`);
      }
    },
  };
  if (args.length === 2 && args.join(" ") === "new project" && canAsk()) {
    const { askProject } = await import("./cli/ask-project.js");
    const answers = await askProject();
    return answers === undefined ? exitCodes.interrupted : main([...args, ...answers], streams);
  }
  const json = hasFlag(args, "json");
  try {
    const text = await runCommandLine(args, host);
    if (text === "") return exitCode;
    if (!json) streams.out(text);
    else await printBare(createTextResult("wsgen", { text, json: { text } }), { json }, streams);
    return exitCode;
  } catch (error) {
    const fix = args.length === 0 ? await suggestCommand(resolve(".")) : undefined;
    return printBare(reportFailure(error, args, fix), { json, isOneLine: hasFlag(args, "watch") }, streams);
  }
}

/** The sensible next command in a folder, for a command line without a command. */
async function suggestCommand(cwd: string): Promise<string> {
  const { readOwnSpec, readSpecFile } = await import("./fs/read-spec-file.js");
  const { value: ownSpec } = await readOwnSpec(cwd);
  const file = getSpecPath({ spec: undefined, ownSpec });
  const { diagnostics } = await readSpecFile(cwd, file);
  return diagnostics.some(({ code }) => code === "spec-not-found")
    ? `This folder has no ${file}: run \`wsgen new project my-app\` to create a project.`
    : `Run \`wsgen check\` to compare the code with ${file}, or \`wsgen generate\` to update it.`;
}

const printBare = (
  result: CommandResult,
  options: { readonly json: boolean; readonly isOneLine?: boolean },
  streams: Streams,
): Promise<number> =>
  print(result, { ...options, diff: false, quiet: true, verbose: false, color: hasColors() }, streams);

// Prints a result. The printing code is imported only here, because `--help` does not need it.
async function print(
  result: CommandResult,
  options: import("./cli/output.js").PrintOptions,
  streams: Streams,
): Promise<number> {
  const { printResult } = await import("./cli/output.js");
  await printResult(result, options, streams);
  return getExitCode(result);
}

/** Adds the settings of the project to the options, and reports errors in them. A given spec takes precedence over the project's. */
async function resolveOptions(
  options: GlobalOptions,
): Promise<{ readonly options: GlobalOptions; readonly refused: CommandResult | undefined }> {
  const cwd = resolve(options.cwd);
  const { readOwnSpec } = await import("./fs/read-spec-file.js");
  const { value: ownSpec, diagnostics } = await readOwnSpec(cwd);
  return {
    options: { ...options, cwd, ownSpec, color: options.color && hasColors() },
    refused: options.spec === undefined && diagnostics.length > 0 ? refuse("wsgen", diagnostics) : undefined,
  };
}

/** A second signal ends the process at once. */
function createStopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Whether a person can answer questions: keys come from a terminal, and the questions go to one. */
const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

const hasColors = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

/** Whether a flag was given, on a command line that may be invalid. */
const hasFlag = (args: readonly string[], name: string): boolean =>
  readOptions(args).some((arg) => arg === `--${name}` || arg === `--${name}=true`);

/** Ignores a pipe that its reader closes early (`wsgen check | head -1`). The work of wsgen goes on. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
process.stdout.on("error", ignoreClosedPipe);
process.stderr.on("error", ignoreClosedPipe);

const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
