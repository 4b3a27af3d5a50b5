import { resolve } from "node:path";
import yargs, { type Argv } from "yargs";
import { type GlobalOptions, withGlobalOptions } from "./global-options.js";
import type { Streams } from "./output.js";
import { wsgenVersion } from "./package-info.js";
import type { CommandResult } from "./result.js";
import type { Subject } from "./subject.js";

/** What the person typed is no command that wsgen knows: exit code 2. */
export class UsageError extends Error {}

/** What the declarations hand a command's work to. */
export interface CommandHost {
  readonly streams: Streams;
  /** Makes paths absolute and decides on colour. */
  settle(options: GlobalOptions): GlobalOptions;
  report(work: Promise<CommandResult>, options: GlobalOptions): Promise<void>;
}

type Declare = (parser: Argv<GlobalOptions>, host: CommandHost) => Argv<GlobalOptions>;

/** The whole command line. Handlers import their work only when they run, so that help and usage errors are quick. */
export function declareCommands(args: readonly string[], host: CommandHost): Argv<GlobalOptions> {
  const groups: readonly Declare[] = [
    declareNew,
    declareAdd,
    declareRename,
    declareRemove,
    declareGenerate,
    declareCheck,
    declareDiff,
    declareList,
  ];
  const base = withGlobalOptions(yargs([...args]).scriptName("wsgen"));
  return groups
    .reduce((parser, declare) => declare(parser, host), base)
    .usage("$0 <command>\n\nFrom a YAML spec to a running, typed WebSocket server that you own.")
    .demandCommand(1, "Say what to do: wsgen <command>.")
    .strict()
    .recommendCommands()
    .version(wsgenVersion())
    .alias("help", "h")
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ??
        new UsageError(
          `${message}\n\n\`wsgen --help\` shows what there is. You typed: wsgen ${args.join(" ")}`,
        )
      );
    });
}

const unchanged = (command: Argv<GlobalOptions>): Argv<GlobalOptions> => command;

const fields = { type: "string", array: true } as const;
const as = {
  type: "string",
  description: "The name in code, where the wire name does not convert: LoginUser",
} as const;
const description = { type: "string", description: "One sentence for the spec and the code" } as const;

const declareNew: Declare = (parser, host) =>
  parser.command("new", "Make a project or a module", (group) =>
    group
      .command(
        "project <dir>",
        "A whole project: from --spec, or the ping example",
        (command) =>
          command
            .positional("dir", { type: "string", demandOption: true, description: "The folder to make" })
            .options({
              install: { type: "boolean", default: true, description: "Run npm install; --no-install" },
              runtime: { type: "string", description: "npm spec of wsgen-runtime, instead of vendor/*.tgz" },
              generator: { type: "string", description: "npm spec of wsgen, instead of vendor/*.tgz" },
            })
            .example("$0 new project my-app", "the ping example, ready for npm start")
            .example("$0 new project my-app --spec chat.yaml", "a project of that spec"),
        async (argv) => {
          const options = host.settle({ ...argv, cwd: resolve(argv.cwd, argv.dir) });
          const { newProjectCommand } = await import("./new-project.js");
          const { silentProgress, visibleProgress } = await import("./progress.js");
          const progress = options.quiet || options.json ? silentProgress : visibleProgress;
          const from = { typedFolder: argv.dir, startedIn: resolve(argv.cwd) };
          await host.report(newProjectCommand({ ...argv, ...from }, options, progress), options);
        },
      )
      .command(
        "module <name>",
        "A module: into the spec and the code; from the spec when it is already there",
        (command) =>
          command
            .positional("name", { type: "string", demandOption: true, description: "Its name in the spec" })
            .options({
              port: { type: "number", description: "The port that it listens on" },
              url: { ...fields, description: "Route patterns below its flag: ws, rooms/:room, files/*path" },
              as,
              description,
            })
            .example("$0 new module chat --port 10099 --url ws", "serves /chat/ws"),
        async (argv) => {
          const options = host.settle(argv);
          const { newModuleCommand } = await import("./new-module.js");
          await host.report(newModuleCommand({ ...argv, urls: argv.url }, options), options);
        },
      )
      .demandCommand(1, "Say what to make: wsgen new project|module."),
  );

const declareAdd: Declare = (parser, host) =>
  parser.command("add", "Add a command or an event to a module", (group) =>
    group
      .command(
        "command <module> <name>",
        "A command: into the spec and the code; from the spec when it is already there",
        (command) =>
          command
            .positional("module", { type: "string", demandOption: true, description: "The module's name" })
            .positional("name", {
              type: "string",
              demandOption: true,
              description: "The command's name on the wire",
            })
            .options({
              request: { ...fields, description: "Its fields: text:string count:integer? tags:string[]" },
              reply: { ...fields, description: "The fields of its answer" },
              as,
              description,
            })
            .example(
              "$0 add command chat say --request room:string text:string",
              "a command with two fields",
            ),
        async (argv) => {
          const options = host.settle(argv);
          const { addCommandCommand } = await import("./add-command.js");
          await host.report(addCommandCommand(argv, options), options);
        },
      )
      .command(
        "event <module> <name>",
        "An event that the server pushes: into the spec and the generated types",
        (command) =>
          command
            .positional("module", { type: "string", demandOption: true, description: "The module's name" })
            .positional("name", {
              type: "string",
              demandOption: true,
              description: "The event's name on the wire",
            })
            .options({
              data: { ...fields, description: "Its fields: room:string sentAt:date-time" },
              as,
              description,
            }),
        async (argv) => {
          const options = host.settle(argv);
          const { addEventCommand } = await import("./add-event.js");
          await host.report(addEventCommand(argv, options), options);
        },
      )
      .demandCommand(1, "Say what to add: wsgen add command|event."),
  );

const declareRemove: Declare = (parser, host) =>
  parser.command("remove", "Remove a module, a command or an event, with all that refers to it", (group) => {
    const remove = async (argv: GlobalOptions, subject: Subject): Promise<void> => {
      const options = host.settle(argv);
      const { removeCommand } = await import("./remove.js");
      await host.report(removeCommand(subject, options), options);
    };
    return group
      .command("module <module>", "A module with its commands", withModule, (argv) =>
        remove(argv, { kind: "module", module: argv.module, name: undefined }),
      )
      .command(
        "command <module> <name>",
        "A command; refused when it was written, unless forced",
        withName,
        (argv) => remove(argv, { kind: "command", module: argv.module, name: argv.name }),
      )
      .command("event <module> <name>", "An event", withName, (argv) =>
        remove(argv, { kind: "event", module: argv.module, name: argv.name }),
      )
      .demandCommand(1, "Say what to remove: wsgen remove module|command|event.");
  });

const declareRename: Declare = (parser, host) =>
  parser.command("rename", "Rename a module, a command or an event, with every reference", (group) => {
    const rename = async (argv: GlobalOptions & { to: string }, subject: Subject): Promise<void> => {
      const options = host.settle(argv);
      const { renameCommand } = await import("./rename/rename.js");
      await host.report(renameCommand(subject, argv.to, options), options);
    };
    return group
      .command(
        "module <module> <to>",
        "A module: its folder, files, classes and flag",
        withNewModule,
        (argv) => rename(argv, { kind: "module", module: argv.module, name: undefined }),
      )
      .command("command <module> <name> <to>", "A command: its file, class and types", withNewName, (argv) =>
        rename(argv, { kind: "command", module: argv.module, name: argv.name }),
      )
      .command("event <module> <name> <to>", "An event and its type", withNewName, (argv) =>
        rename(argv, { kind: "event", module: argv.module, name: argv.name }),
      )
      .demandCommand(1, "Say what to rename: wsgen rename module|command|event.");
  });

const newName = { type: "string", demandOption: true, description: "The new name" } as const;
const withNewModule = (command: Argv<GlobalOptions>) => withModule(command).positional("to", newName);
const withNewName = (command: Argv<GlobalOptions>) => withName(command).positional("to", newName);

const withModule = (command: Argv<GlobalOptions>) =>
  command.positional("module", { type: "string", demandOption: true, description: "The module's name" });

const withName = (command: Argv<GlobalOptions>) =>
  withModule(command).positional("name", {
    type: "string",
    demandOption: true,
    description: "The name on the wire",
  });

const declareGenerate: Declare = (parser, host) =>
  parser.command(
    "generate",
    "Bring the code up to the spec",
    (command) =>
      command.option("prune", {
        type: "boolean",
        default: false,
        description: "Delete files of modules and commands that the spec does not have",
      }),
    async (argv) => {
      const options = host.settle(argv);
      const { generateCommand } = await import("./generate.js");
      await host.report(generateCommand(argv, options), options);
    },
  );

const declareCheck: Declare = (parser, host) =>
  parser.command(
    "check",
    "Is the code up to the spec? Exit code 1 if not; for CI",
    (command) =>
      command.option("diff", {
        type: "boolean",
        default: true,
        description: "Show the difference; --no-diff",
      }),
    async (argv) => {
      const options = host.settle(argv);
      const { checkCommand } = await import("./check.js");
      await host.report(checkCommand(options), options);
    },
  );

const declareDiff: Declare = (parser, host) =>
  parser.command(
    "diff <old>",
    "What changed on the wire since an old spec? Exit code 1 if it breaks clients; for CI",
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
          description: "Count fields that a request's schema does not name, too",
        })
        .example("$0 diff main", "against the spec of the branch main"),
    async (argv) => {
      const options = host.settle(argv);
      const { diffCommand } = await import("./diff.js");
      await host.report(diffCommand(argv, options), options);
    },
  );

const declareList: Declare = (parser, host) =>
  parser.command("list", "Show modules, routes, commands and events", unchanged, async (argv) => {
    const options = host.settle(argv);
    const { listCommand } = await import("./list.js");
    await host.report(listCommand(options), options);
  });
