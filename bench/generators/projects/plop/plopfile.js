// What `wsgen add command` and `wsgen generate` do, as far as templates and text anchors can do it.
import { existsSync, readFileSync } from "node:fs";

const module = "src/chat.module.ts";

export default function describeGenerators(plop) {
  plop.setGenerator("command", {
    description: "a command, its test and its place in the module",
    prompts: [{ type: "input", name: "name", message: "name" }],
    actions: [
      ...filesOf("{{name}}", "."),
      {
        type: "modify",
        path: module,
        pattern: /^/,
        template: 'import { {{pascalCase name}}Command } from "./commands/{{name}}.command.js";\n',
      },
      {
        type: "modify",
        path: module,
        pattern: /return \[/,
        template: "return [\n      new {{pascalCase name}}Command(),",
      },
    ],
  });
  plop.setGenerator("all", {
    description: "each command that a list has, with its test",
    prompts: [],
    actions: () => readList().flatMap(({ name, folder }) => filesOf(name, folder)),
  });
}

function filesOf(name, folder) {
  const add = (path, template) => ({
    type: "add",
    path,
    templateFile: `templates/${template}.hbs`,
    data: { name },
  });
  return [
    add(`src/${folder}/commands/${name}.command.ts`, "command"),
    add(`test/${folder}/${name}.test.ts`, "test"),
  ];
}

/** Lines of `folder/name`. */
function readList() {
  if (!existsSync("commands.txt")) return [];
  const lines = readFileSync("commands.txt", "utf8").trimEnd().split("\n");
  return lines.map((line) => ({ folder: line.split("/")[0], name: line.split("/")[1] }));
}
