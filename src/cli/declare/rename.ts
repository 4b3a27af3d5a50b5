import type { GlobalOptions } from "../../run/global-options.js";
import type { NamedEntry } from "../../run/project-command.js";
import { type Declare, withNewModule, withNewName } from "./declaration.js";

export const declareRename: Declare = (parser, host) =>
  parser.command("rename", "Rename a module, a command or an event, with every reference", (group) => {
    const rename = (argv: GlobalOptions & { to: string }, entry: NamedEntry): Promise<void> =>
      host.run(argv, async (options) => {
        const { renameCommand } = await import("../../commands/rename.js");
        return renameCommand(entry, argv.to, options);
      });
    return group
      .command(
        "module <module> <to>",
        "A module: its folder, files, classes and flag",
        (command) => withNewModule(command).example("$0 rename module chat rooms", "chat becomes rooms"),
        (argv) => rename(argv, { kind: "module", module: argv.module, name: undefined }),
      )
      .command(
        "command <module> <name> <to>",
        "A command: its file, class and types",
        (command) =>
          withNewName(command)
            .example("$0 rename command chat say speak", "say becomes speak")
            .example("$0 rename command chat say speak --dry-run --diff", "show what that would change"),
        (argv) => rename(argv, { kind: "command", module: argv.module, name: argv.name }),
      )
      .command(
        "event <module> <name> <to>",
        "An event and its type",
        (command) =>
          withNewName(command).example("$0 rename event chat message said", "message becomes said"),
        (argv) => rename(argv, { kind: "event", module: argv.module, name: argv.name }),
      )
      .example("$0 rename command chat say speak", "the spec, the file, the class and every reference")
      .demandCommand(1, "Say what to rename: wsgen rename module|command|event.");
  });
