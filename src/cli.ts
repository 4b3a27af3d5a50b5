import { resolve } from "node:path";
import { runCommandLine } from "./commands/command-line.js";
import type { CommandHost } from "./commands/declare/command-host.js";
import { type GlobalOptions, specPath } from "./commands/global-options.js";
import type { Streams } from "./commands/output.js";
import type { CommandResult } from "./commands/result.js";

/**
 * Runs one command line and gives its exit code: 0 done, 1 the input or the target is wrong or stale,
 * 2 wrong usage, 70 a defect of wsgen, 130 interrupted.
 */
export async function main(args: readonly string[], streams: Streams = processStreams): Promise<number> {
  let exitCode = 0;
  const host: CommandHost = {
    async run(given, work) {
      const options = await settle(given);
      exitCode = await print(await work(options), options, streams);
    },
    async watch(given, work) {
      const options = await settle(given);
      const { watchSpec } = await import("./fs/watch-spec.js");
      const { failure } = await import("./commands/failure.js");
      for await (const _ of watchSpec(options.cwd, specPath(options), untilStopped())) {
        const result = await work(options).catch((error: unknown) => failure(error, args));
        await print(result, { ...options, isOneLine: true }, streams);
        if (!options.json && !options.quiet) streams.out(`Watching ${specPath(options)}; Ctrl-C ends it.\n`);
      }
    },
  };
  const json = wantsJson(args);
  try {
    const text = await runCommandLine(args, host);
    if (text === "") return exitCode;
    if (!json) streams.out(text);
    else
      await printBare(
        (await import("./commands/result.js")).telling("wsgen", { text, json: { text } }),
        json,
        streams,
      );
    return exitCode;
  } catch (error) {
    const { failure } = await import("./commands/failure.js");
    return printBare(failure(error, args), json, streams);
  }
}

const printBare = (result: CommandResult, json: boolean, streams: Streams): Promise<number> =>
  print(result, { json, diff: false, quiet: true, verbose: false, color: hasColors() }, streams);

// Imported only here: `--help` needs none of it.
async function print(
  result: CommandResult,
  options: import("./commands/output.js").PrintOptions,
  streams: Streams,
): Promise<number> {
  const { printResult } = await import("./commands/output.js");
  const { exitCodeOf } = await import("./commands/result.js");
  await printResult(result, options, streams);
  return exitCodeOf(result);
}

async function settle(options: GlobalOptions): Promise<GlobalOptions> {
  const cwd = resolve(options.cwd);
  const { readOwnSpec } = await import("./fs/read-own-spec.js");
  return { ...options, cwd, ownSpec: await readOwnSpec(cwd), color: options.color && hasColors() };
}

/** A second signal ends the process at once. */
function untilStopped(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

const hasColors = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

/** Whether JSON was asked for, on a command line that may be wrong otherwise. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--json" || arg === "--json=true");
}

/** A reader that has enough (`wsgen check | head -1`) closes the pipe; what wsgen does is not changed by that. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
process.stdout.on("error", ignoreClosedPipe);
process.stderr.on("error", ignoreClosedPipe);

const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
