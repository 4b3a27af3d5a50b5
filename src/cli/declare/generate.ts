import type { Declare } from "./declaration.js";

const declareGenerate: Declare = (parser, host) =>
  parser.command(
    "generate",
    "Update the code from the spec",
    (command) =>
      command
        .option("prune", {
          type: "boolean",
          default: false,
          description: "Delete files of modules and commands that the spec does not have",
        })
        .option("watch", {
          type: "boolean",
          default: false,
          description: "Run again on every change of the spec, until Ctrl-C",
        })
        .example("$0 generate --dry-run --diff", "show what would change")
        .example("$0 generate --prune", "also delete what the spec no longer has"),
    (argv) =>
      host[argv.watch ? "watch" : "run"](argv, async (options) => {
        const { generateCommand } = await import("../../commands/generate.js");
        return generateCommand(argv, options);
      }),
  );

const declareCheck: Declare = (parser, host) =>
  parser.command(
    "check",
    "Check that the code matches the spec; exit code 1 if not (for CI)",
    (command) =>
      command
        .option("diff", { type: "boolean", default: true, description: "Show the difference; --no-diff" })
        .example("$0 check", "each difference, its place and its fix")
        .example("$0 check --json", "the same for a program"),
    (argv) =>
      host.run(argv, async (options) => {
        const { checkCommand } = await import("../../commands/generate.js");
        return checkCommand(options);
      }),
  );

export const generateCommands: readonly Declare[] = [declareGenerate, declareCheck];
