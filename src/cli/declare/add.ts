import { as, type Declare, description, list, withName } from "./declaration.js";

export const declareAdd: Declare = (parser, host) =>
  parser.command("add", "Add a command or an event to a module", (group) =>
    declareEvent(declareCommand(group, host), host)
      .example("$0 add command chat say --request room:string text:string", "a command with two fields")
      .example("$0 add event chat message --data text:string", "an event that the server pushes")
      .demandCommand(1, "Say what to add: wsgen add command|event."),
  );

const declareCommand: Declare = (parser, host) =>
  parser.command(
    "command <module> <name>",
    "A command: into the spec and the code; from the spec when it is already there",
    (command) =>
      withName(command)
        .options({
          request: { ...list, description: "Its fields: text:string count:integer? tags:string[]" },
          reply: { ...list, description: "The fields of its answer" },
          as,
          description,
        })
        .example("$0 add command chat say --request room:string text:string", "a command with two fields")
        .example("$0 add command chat say --reply delivered:integer", "and what it answers")
        .example("$0 add command chat 获取 --as Fetch", "a name that does not convert to one in code"),
    (argv) =>
      host.run(argv, async (options) => {
        const { addCommandCommand } = await import("../../commands/add.js");
        return addCommandCommand(argv, options);
      }),
  );

const declareEvent: Declare = (parser, host) =>
  parser.command(
    "event <module> <name>",
    "An event that the server pushes: into the spec and the generated types",
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
        const { addEventCommand } = await import("../../commands/add.js");
        return addEventCommand(argv, options);
      }),
  );
