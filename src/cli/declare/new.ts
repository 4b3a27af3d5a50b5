import { resolve } from "node:path";
import { UsageError } from "../failure.js";
import { as, type Declare, description, list } from "./declaration.js";

const declareNew: Declare = (parser, host) =>
  parser.command("new", "Create a project or a module", (group) =>
    declareModule(declareProject(group, host), host)
      .example("$0 new project my-app", "the ping example, ready for npm start")
      .example("$0 new module chat --port 10099 --url ws", "serves /chat/ws")
      .demandCommand(1, "Missing command: expected `wsgen new project|module`."),
  );

const declareProject: Declare = (parser, host) =>
  parser.command(
    "project <dir>",
    "Create a project from --spec, or from the ping example",
    (command) =>
      command
        .positional("dir", { type: "string", demandOption: true, description: "The folder to create" })
        .options({
          install: { type: "boolean", default: true, description: "Run npm install; --no-install" },
          copy: {
            type: "boolean",
            default: true,
            description: "Copy the spec into the project; --no-copy uses it where it is",
          },
          runtime: {
            type: "string",
            requiresArg: true,
            description: "npm spec of wsgen-runtime, instead of vendor/*.tgz",
          },
          generator: {
            type: "string",
            requiresArg: true,
            description: "npm spec of wsgen, instead of vendor/*.tgz",
          },
        })
        .example("$0 new project my-app", "the ping example, ready for npm start")
        .example("$0 new project my-app --spec chat.yaml", "a project of that spec")
        .check(({ copy, spec }) => {
          if (copy || spec !== undefined) return true;
          throw new UsageError(["'--no-copy' needs a spec: write `--spec <file>`."]);
        }),
    (argv) =>
      host.run({ ...argv, cwd: resolve(argv.cwd, argv.dir) }, async (options) => {
        const { newProjectCommand } = await import("../../commands/new-project.js");
        const { silentProgress, visibleProgress } = await import("../../run/progress.js");
        const progress = options.quiet || options.json ? silentProgress : visibleProgress;
        const from = { typedFolder: argv.dir, startedIn: resolve(argv.cwd) };
        return newProjectCommand({ ...argv, ...from }, options, progress);
      }),
  );

const declareModule: Declare = (parser, host) =>
  parser.command(
    "module <name>",
    "Add a module to the spec and the code; only to the code if the spec has it",
    (command) =>
      command
        .positional("name", { type: "string", demandOption: true, description: "Its name in the spec" })
        .options({
          port: {
            type: "string",
            requiresArg: true,
            coerce: toPort,
            description: "The port that it listens on",
          },
          url: { ...list, description: "Route patterns below its flag: ws, rooms/:room, files/*path" },
          as,
          description,
        })
        .example("$0 new module chat --port 10099 --url ws", "serves /chat/ws")
        .example("$0 new module 聊天 --as Chat", "a name that cannot become an identifier"),
    (argv) =>
      host.run(argv, async (options) => {
        const { newModuleCommand } = await import("../../commands/change.js");
        return newModuleCommand({ ...argv, urls: argv.url }, options);
      }),
  );

/** Reads a port as one number. The check of the spec decides whether the port is valid. */
function toPort(typed: unknown): number | undefined {
  if (typed === undefined) return undefined;
  if (typeof typed !== "string" || !/^\d+$/.test(typed))
    throw new UsageError([`'--port' takes one number, found '${typed}'.`]);
  return Number(typed);
}

export const newCommands: readonly Declare[] = [declareNew];
