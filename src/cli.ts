import { resolve } from "node:path";
import { declareCommands, UsageError } from "./commands/declarations.js";
import type { GlobalOptions } from "./commands/global-options.js";
import type { Streams } from "./commands/output.js";
import type { CommandResult } from "./commands/result.js";

const exitUsage = 2;
const exitDefect = 70;

/**
 * Runs one command line and gives its exit code: 0 done, 1 the input or the target is wrong or stale,
 * 2 wrong usage, 70 a defect of wsgen.
 */
export async function main(args: readonly string[], streams: Streams = processStreams): Promise<number> {
  let exitCode = 0;
  const parser = declareCommands(args, {
    streams,
    settle,
    async report(work, options) {
      exitCode = await finish(await work, options, streams);
    },
  });
  try {
    await parser.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof UsageError) {
      streams.err(`${error.message}\n`);
      return exitUsage;
    }
    streams.err(
      `This is a defect of wsgen; please report it together with what follows.\n${stackOf(error)}\n`,
    );
    return exitDefect;
  }
}

// Imported only here: `--help` and wrong usage need none of it.
async function finish(result: CommandResult, options: GlobalOptions, streams: Streams): Promise<number> {
  const { printResult } = await import("./commands/output.js");
  const { exitCodeOf } = await import("./commands/result.js");
  printResult(result, options, streams);
  return exitCodeOf(result);
}

const settle = (options: GlobalOptions): GlobalOptions => ({
  ...options,
  cwd: resolve(options.cwd),
  color: options.color && process.stdout.isTTY === true && !process.env.NO_COLOR,
});

const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
