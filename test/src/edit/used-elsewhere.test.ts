import { expect, test } from "vitest";
import { usedElsewhere } from "../../../src/edit/used-elsewhere.js";

test.each<[title: string, path: string, text: string, isUsed: boolean]>([
  ["in another file of the source", "src/factory.ts", "export const make = () => [new SayCommand()];", true],
  ["in the file itself", "src/chat.module.ts", "new SayCommand()", false],
  ["outside of the source", "test/chat.test.ts", "new SayCommand()", false],
  ["in its own file", "src/say.command.ts", "export class SayCommand {}\nnew SayCommand();", false],
  ["in an import", "src/a.ts", 'import { SayCommand } from "./say.command.js";', false],
  ["in a re-export", "src/index.ts", 'export { SayCommand } from "./say.command.js";', false],
  ["in a comment", "src/a.ts", "// new SayCommand()\n/* SayCommand */", false],
  ["as a part of another name", "src/a.ts", "new SayCommand2()", false],
])("a class %s: is it used elsewhere?", (_title, path, text, isUsed) => {
  expect(usedElsewhere(new Map([[path, text]]), "src/chat.module.ts")("SayCommand")).toBe(isUsed);
});
