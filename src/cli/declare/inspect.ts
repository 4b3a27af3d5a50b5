import type { Declare } from "./declaration.js";

const declareDiff: Declare = (parser, host) =>
  parser.command(
    "diff <old>",
    "Show what changed on the wire since an old spec; exit code 1 if it breaks clients (for CI)",
    (command) =>
      command
        .positional("old", {
          type: "string",
          demandOption: true,
          description: "The old spec: a file, or a git revision",
        })
        .option("strict", {
          type: "boolean",
          default: false,
          description: "Also count fields that a request's schema does not name",
        })
        .example("$0 diff main", "against the spec of the branch main")
        .example("$0 diff old.yaml --json", "against a file, for a program"),
    (argv) =>
      host.run(argv, async (options) => {
        const { diffCommand } = await import("../../commands/diff.js");
        return diffCommand(argv, options);
      }),
  );

const declareList: Declare = (parser, host) =>
  parser.command(
    "list",
    "Show modules, routes, commands and events",
    (command) =>
      command
        .option("mermaid", {
          type: "boolean",
          default: false,
          description: "Print a flowchart for a ```mermaid block of a README",
        })
        .example("$0 list", "as a tree")
        .example("$0 list --json", "for a program")
        .example("$0 list --mermaid", "as a picture, in the language of Mermaid"),
    (argv) =>
      host.run(argv, async (options) => {
        const { listCommand } = await import("../../commands/list.js");
        return listCommand(argv, options);
      }),
  );

const declareMonitoring: Declare = (parser, host) =>
  parser.command(
    "monitoring <what>",
    "Print a dashboard for Grafana, or alert rules for Prometheus, made from the spec",
    (command) =>
      command
        .positional("what", { choices: ["dashboard", "alerts"] as const, demandOption: true })
        .option("check", {
          type: "string",
          requiresArg: true,
          description: "Print nothing; exit code 1 if this file does not match the spec (for CI)",
        })
        .example("$0 monitoring dashboard > dashboard.json", "to import into Grafana")
        .example("$0 monitoring alerts > alerts.yaml", "for rule_files of prometheus.yml")
        .example("$0 monitoring alerts --check alerts.yaml", "is the file up to date?"),
    (argv) =>
      host.run(argv, async (options) => {
        const { monitoringCommand } = await import("../../commands/monitoring.js");
        return monitoringCommand(argv, options);
      }),
  );

const declareDocs: Declare = (parser, host) =>
  parser.command(
    "docs",
    "Write the contract as a page and as Markdown, for people",
    (command) =>
      command
        .option("out", {
          type: "string",
          requiresArg: true,
          default: "contract-docs",
          description: "The folder to write to, relative to the project's folder",
        })
        .option("check", {
          type: "boolean",
          default: false,
          description: "Write nothing; exit code 1 if the files do not match the spec (for CI)",
        })
        .example("$0 docs", "contract-docs/index.html and contract-docs/contract.md")
        .example("$0 docs --out docs/contract", "for GitHub Pages"),
    (argv) =>
      host.run(argv, async (options) => {
        const { docsCommand } = await import("../../commands/docs.js");
        return docsCommand(argv, options);
      }),
  );

const declareExplain: Declare = (parser, host) =>
  parser.command(
    "explain <code>",
    "Show the cause and the fix of a code of wsgen or of a server: of an error, a close, a refused handshake",
    (command) =>
      command
        .positional("code", {
          type: "string",
          demandOption: true,
          description: "The code, as it was printed",
        })
        .example("$0 explain unknown-key", "a finding of wsgen")
        .example("$0 explain port_conflict", "why a server does not start")
        .example("$0 explain 1008", "a close code"),
    (argv) =>
      host.run(argv, async () => {
        const { explainCommand } = await import("../../commands/explain.js");
        return explainCommand(argv.code);
      }),
  );

const declareCompletion: Declare = (parser, host) =>
  parser.command(
    "completion [shell]",
    "Print a script that completes commands, options and the names of the spec",
    (command) =>
      command
        .positional("shell", { choices: ["bash", "zsh", "fish"] as const, description: "Default: $SHELL" })
        .example("$0 completion bash >> ~/.bashrc", "for bash")
        .example("$0 completion zsh >> ~/.zshrc", "for zsh")
        .example("$0 completion fish > ~/.config/fish/completions/wsgen.fish", "for fish"),
    (argv) =>
      host.run(argv, async () => {
        const { completionCommand } = await import("../../commands/completion.js");
        return completionCommand(argv.shell);
      }),
  );

export const inspectCommands: readonly Declare[] = [
  declareDiff,
  declareList,
  declareDocs,
  declareMonitoring,
  declareExplain,
  declareCompletion,
];
