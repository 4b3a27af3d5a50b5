import type { GlobalOptions } from "../../run/global-options.js";
import type { NamedEntry } from "../../run/project-command.js";
import {
  as,
  type Declare,
  description,
  list,
  withModule,
  withName,
  withNewField,
  withNewModule,
  withNewName,
  withNewSchema,
} from "./declaration.js";

const declareAdd: Declare = (parser, host) =>
  parser.command("add", "Add a command or an event to a module", (group) =>
    declareEvent(declareCommand(group, host), host)
      .example("$0 add command chat say --request room:string text:string", "a command with two fields")
      .example("$0 add event chat message --data text:string", "an event that the server pushes")
      .demandCommand(1, "Missing command: expected `wsgen add command|event`."),
  );

const declareCommand: Declare = (parser, host) =>
  parser.command(
    "command <module> <name>",
    "Add a command to the spec and the code; only to the code if the spec has it",
    (command) =>
      withName(command)
        .options({
          request: {
            ...list,
            description: "Its fields: text:string count:integer? tags:string[], or any; default: none",
          },
          reply: { ...list, description: "The fields of its reply, or any" },
          as,
          description,
        })
        .example("$0 add command chat say --request room:string text:string", "a command with two fields")
        .example("$0 add command chat say --reply delivered:integer", "with a field in its reply")
        .example("$0 add command chat 获取 --as Fetch", "a name that cannot become an identifier"),
    (argv) =>
      host.run(argv, async (options) => {
        const { addCommandCommand } = await import("../../commands/change.js");
        return addCommandCommand(argv, options);
      }),
  );

const declareEvent: Declare = (parser, host) =>
  parser.command(
    "event <module> <name>",
    "Add an event that the server pushes to the spec and the generated types",
    (command) =>
      withName(command)
        .options({
          data: { ...list, description: "Its fields: room:string sentAt:date-time" },
          as,
          description,
        })
        .example("$0 add event chat message --data text:string sentAt:date-time", "an event with two fields"),
    (argv) =>
      host.run(argv, async (options) => {
        const { addEventCommand } = await import("../../commands/change.js");
        return addEventCommand(argv, options);
      }),
  );

const declareRename: Declare = (parser, host) =>
  parser.command(
    "rename",
    "Rename a module, a command, an event, an error, a guard, a schema or a field, with every reference",
    (group) => {
      const rename = (argv: GlobalOptions & { to: string }, entry: NamedEntry): Promise<void> =>
        host.run(argv, async (options) => {
          const { renameCommand } = await import("../../commands/change.js");
          return renameCommand(entry, argv.to, options);
        });
      return group
        .command(
          "module <module> <to>",
          "Rename a module: its folder, files, classes and flag",
          (command) => withNewModule(command).example("$0 rename module chat rooms", "chat becomes rooms"),
          (argv) => rename(argv, { kind: "module", module: argv.module, name: undefined }),
        )
        .command(
          "command <module> <name> <to>",
          "Rename a command: its file, class and types",
          (command) =>
            withNewName(command)
              .example("$0 rename command chat say speak", "say becomes speak")
              .example("$0 rename command chat say speak --dry-run --diff", "show what that would change"),
          (argv) => rename(argv, { kind: "command", module: argv.module, name: argv.name }),
        )
        .command(
          "event <module> <name> <to>",
          "Rename an event and its type",
          (command) =>
            withNewName(command).example("$0 rename event chat message said", "message becomes said"),
          (argv) => rename(argv, { kind: "event", module: argv.module, name: argv.name }),
        )
        .command(
          "error <module> <name> <to>",
          "Rename the code of an error and its function",
          (command) =>
            withNewName(command).example("$0 rename error chat room_full full", "room_full becomes full"),
          (argv) => rename(argv, { kind: "error", module: argv.module, name: argv.name }),
        )
        .command(
          "guard <module> <name> <to>",
          "Rename a guard: its file and function",
          (command) =>
            withNewName(command).example("$0 rename guard chat loggedIn member", "loggedIn becomes member"),
          (argv) => rename(argv, { kind: "guard", module: argv.module, name: argv.name }),
        )
        .command(
          "schema <schema> <to>",
          "Rename a shared schema: its references and its types",
          (command) =>
            withNewSchema(command).example("$0 rename schema Message Post", "Message becomes Post"),
          (argv) => rename(argv, { kind: "schema", module: "", name: argv.schema }),
        )
        .command(
          "field <field> <to>",
          "Rename a field of a schema, of a request, reply or event, or of the details of an error",
          (command) =>
            withNewField(command)
              .example("$0 rename field User.name fullName", "a field of the shared schema User")
              .example("$0 rename field chat.say.request.text body", "a field of the request of say"),
          (argv) => rename(argv, { kind: "field", module: "", name: argv.field }),
        )
        .example("$0 rename command chat say speak", "the spec, the file, the class and every reference")
        .demandCommand(
          1,
          "Missing command: expected `wsgen rename module|command|event|error|guard|schema|field`.",
        );
    },
  );

const declareRemove: Declare = (parser, host) =>
  parser.command("remove", "Remove a module, a command or an event, with its references", (group) => {
    const remove = (argv: GlobalOptions, entry: NamedEntry<"module" | "command" | "event">): Promise<void> =>
      host.run(argv, async (options) => {
        const { removeCommand } = await import("../../commands/change.js");
        return removeCommand(entry, options);
      });
    return group
      .command(
        "module <module>",
        "Remove a module with its commands; refused if one contains your code, unless --force",
        (command) =>
          withModule(command).example("$0 remove module chat", "the spec, the folder and the test"),
        (argv) => remove(argv, { kind: "module", module: argv.module, name: undefined }),
      )
      .command(
        "command <module> <name>",
        "Remove a command; refused if it contains your code, unless --force",
        (command) =>
          withName(command)
            .example("$0 remove command chat say", "the spec, the file and the list of commands")
            .example("$0 remove command chat say --force", "even if it contains your code"),
        (argv) => remove(argv, { kind: "command", module: argv.module, name: argv.name }),
      )
      .command(
        "event <module> <name>",
        "Remove an event",
        (command) => withName(command).example("$0 remove event chat message", "the spec and the types"),
        (argv) => remove(argv, { kind: "event", module: argv.module, name: argv.name }),
      )
      .example("$0 remove command chat say", "the spec, the file and the list of commands")
      .demandCommand(1, "Missing command: expected `wsgen remove module|command|event`.");
  });

export const changeCommands: readonly Declare[] = [declareAdd, declareRename, declareRemove];
