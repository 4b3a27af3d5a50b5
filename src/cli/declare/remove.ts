import type { GlobalOptions } from "../../run/global-options.js";
import type { NamedEntry } from "../../run/project-command.js";
import { type Declare, withModule, withName } from "./declaration.js";

export const declareRemove: Declare = (parser, host) =>
  parser.command("remove", "Remove a module, a command or an event, with all that refers to it", (group) => {
    const remove = (argv: GlobalOptions, entry: NamedEntry): Promise<void> =>
      host.run(argv, async (options) => {
        const { removeCommand } = await import("../../commands/remove.js");
        return removeCommand(entry, options);
      });
    return group
      .command(
        "module <module>",
        "A module with its commands; refused when one was written, unless forced",
        (command) =>
          withModule(command).example("$0 remove module chat", "the spec, the folder and the test"),
        (argv) => remove(argv, { kind: "module", module: argv.module, name: undefined }),
      )
      .command(
        "command <module> <name>",
        "A command; refused when it was written, unless forced",
        (command) =>
          withName(command)
            .example("$0 remove command chat say", "the spec, the file and the list of commands")
            .example("$0 remove command chat say --force", "even though somebody wrote it"),
        (argv) => remove(argv, { kind: "command", module: argv.module, name: argv.name }),
      )
      .command(
        "event <module> <name>",
        "An event",
        (command) => withName(command).example("$0 remove event chat message", "the spec and the types"),
        (argv) => remove(argv, { kind: "event", module: argv.module, name: argv.name }),
      )
      .example("$0 remove command chat say", "the spec, the file and the list of commands")
      .demandCommand(1, "Say what to remove: wsgen remove module|command|event.");
  });
