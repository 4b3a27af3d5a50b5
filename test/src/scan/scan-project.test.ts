// Where the code of a project is, and what of it the spec does not have: both decide what of the user's is edited or deleted.
import { expect, test } from "vitest";
import type { Model } from "../../../src/model/model.js";
import { readModel } from "../../../src/read-model.js";
import { findImporters } from "../../../src/scan/find-imports.js";
import { findMisnamed, findUndeclared } from "../../../src/scan/find-undeclared.js";
import { scanProject } from "../../../src/scan/scan-project.js";
import { Summaries } from "../../../src/scan/summaries.js";

const spec = (modules: Record<string, readonly string[]>): Model => {
  const text = Object.entries(modules).map(
    ([name, commands], index) =>
      `  ${name}:\n    port: ${8000 + index}\n    urls: [/]\n    commands: {${commands.map((each) => ` ${each}: {}`).join(",")} }\n`,
  );
  const bytes = new TextEncoder().encode(`wsgen: 1\nname: example\nmodules:\n${text.join("")}`);
  const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
};

const command = (name: string, answersTo: string): string =>
  `export class ${name} implements ICommand { getCommand() { return "${answersTo}"; } }\n`;
const module = (name: string, flag: string, commands: string, imports = ""): string =>
  `${imports}export class ${name} implements IWebsocket {
  getModuleFlag() { return "${flag}"; }
  getCommandList() { return [${commands}]; }
}\n`;
const main = (...modules: readonly (readonly [name: string, from: string])[]): string =>
  `${modules.map(([name, from]) => `import { ${name} } from "${from}";\n`).join("")}
newWebsocketServe(${modules.map(([name]) => `new ${name}()`).join(", ")});\n`;

const chat = spec({ chat: ["say"] });
const moduleFile = chat.modules[0]?.files.module ?? "";
const sayFile = chat.modules[0]?.commands[0]?.file ?? "";
const importSay = 'import { SayCommand } from "./commands/say.command.js";\n';
const usual = {
  "src/main.ts": main(["ChatModule", "./modules/chat/chat.module.js"]),
  [moduleFile]: module("ChatModule", "chat", "new SayCommand()", importSay),
  [sayFile]: command("SayCommand", "say"),
};
const look = (model: Model, files: Record<string, string>, before?: Model) =>
  scanProject(model, new Map(Object.entries(files)), { before });
const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(usual).filter(([path]) => path !== name));

test.each([
  ["the usual one, where it serves", { ...usual, "src/other.ts": usual["src/main.ts"] }, "src/main.ts"],
  [
    "the only other one that serves",
    { ...without("src/main.ts"), "src/start.ts": usual["src/main.ts"] },
    "src/start.ts",
  ],
  [
    "the usual one, where two others serve",
    { ...without("src/main.ts"), "src/a.ts": usual["src/main.ts"], "src/b.ts": usual["src/main.ts"] },
    "src/main.ts",
  ],
  [
    "the one that serves, where another only mentions it",
    {
      ...without("src/main.ts"),
      "src/a.ts": "// start.ts calls newWebsocketServe.\n",
      "src/start.ts": usual["src/main.ts"],
    },
    "src/start.ts",
  ],
  [
    "the usual one, where only a file outside of the source serves",
    { ...without("src/main.ts"), "test/start.ts": usual["src/main.ts"] },
    "src/main.ts",
  ],
])("scanProject: the main file is %s", async (_title, files, expected) => {
  expect((await look(chat, files)).model.mainFile).toBe(expected);
});

test.each([
  [
    "a class whose name begins with that of the spec",
    { [moduleFile]: module("ChatModule2", "chat", "new SayCommand()", importSay) },
    ["ChatModule2", moduleFile, "SayCommand", sayFile],
  ],
  [
    "of two modules in a file the one with the flag",
    { [moduleFile]: module("A", "a", "") + module("B", "chat", "new SayCommand()", importSay) },
    ["B", moduleFile, "SayCommand", sayFile],
  ],
  [
    "none of two commands in a file whose names cannot be read",
    { [sayFile]: ["A", "B"].map((name) => command(name, "say").replace('"say"', "name")).join("") },
    ["ChatModule", moduleFile, "SayCommand", sayFile],
  ],
  [
    "of two commands in a file the one that answers to the name",
    {
      [moduleFile]: module("ChatModule", "chat", "new A(), new B()", 'import { A, B } from "./all.js";\n'),
      [sayFile]: "",
      "src/modules/chat/all.ts": command("A", "a") + command("B", "say"),
    },
    ["ChatModule", moduleFile, "B", "src/modules/chat/all.ts"],
  ],
  [
    "a command in the file of its module",
    { [moduleFile]: module("ChatModule", "chat", "new SayCommand()") + usual[sayFile], [sayFile]: "" },
    ["ChatModule", moduleFile, "SayCommand", moduleFile],
  ],
  [
    "through an index file, under another name",
    {
      "src/main.ts": main(["Talk", "./index.js"]),
      "src/index.ts": 'export { ChatModule as Talk } from "./talk/chat.js";\n',
      "src/talk/chat.ts": module("ChatModule", "chat", ""),
      [moduleFile]: "",
    },
    ["ChatModule", "src/talk/chat.ts", "SayCommand", "src/talk/commands/say.command.ts"],
  ],
  [
    "through files that export each other's names",
    {
      "src/main.ts": main(["ChatModule", "./a.js"]),
      "src/a.ts": 'export * from "./b.js";\n',
      "src/b.ts": 'export * from "./a.js";\nexport * from "./talk/chat.js";\n',
      "src/talk/chat.ts": module("ChatModule", "chat", ""),
      [moduleFile]: "",
    },
    ["ChatModule", "src/talk/chat.ts", "SayCommand", "src/talk/commands/say.command.ts"],
  ],
])("scanProject: finds %s", async (_title, files, expected) => {
  const { model } = await look(chat, { ...usual, ...files });
  const [found] = model.modules;
  expect([
    found?.className,
    found?.files.module,
    found?.commands[0]?.className,
    found?.commands[0]?.file,
  ]).toEqual(expected);
});

test("Summaries.findDeclaration: ends for re-exports in a circle", async () => {
  const files = new Map([
    ["src/a.ts", 'export * from "./b.js";\n'],
    ["src/b.ts", 'export * from "./a.js";\n'],
  ]);
  const found = new Summaries(files).findDeclaration("src/main.ts", { from: "./a.js", className: "X" });
  expect(found).toEqual({ path: "src/a.ts", className: "X" });
});

test("scanProject: the generated file of a moved module is the imported one, or the one beside it; otherwise that of the spec", async () => {
  const generated = chat.modules[0]?.files.generated ?? "";
  const moved = {
    "src/main.ts": main(["ChatModule", "./talk/chat.js"]),
    "src/talk/chat.ts": module("ChatModule", "chat", "", 'import {} from "../modules/chat/chat.gen.js";\n'),
    [generated]: "",
  };
  expect((await look(chat, moved)).model.modules[0]?.files.generated).toBe(generated);
  const alone = { ...moved, "src/talk/chat.ts": module("ChatModule", "chat", "") };
  expect((await look(chat, alone)).model.modules[0]?.files.generated).toBe("src/talk/chat.gen.ts");
  const renamed = { ...usual, [moduleFile]: module("Talk", "chat", "new SayCommand()", importSay) };
  expect((await look(chat, renamed)).model.modules[0]?.files.generated).toBe(generated);
});

test("findMisnamed: reports a command with another name than in the spec", async () => {
  const files = new Map(Object.entries({ ...usual, [sayFile]: command("SayCommand", "shout") }));
  expect(findMisnamed(chat, new Summaries(files))).toMatchObject([{ answersTo: "shout" }]);
  const same = new Map(
    Object.entries({
      ...usual,
      [sayFile]: command("SayCommand", "say").replace("return", "return (").replace("; }", "); }"),
    }),
  );
  expect(findMisnamed(chat, new Summaries(same))).toEqual([]);
});

const shoutFile = "src/modules/chat/commands/shout.command.ts";
const orphaned = { ...usual, [shoutFile]: command("ShoutCommand", "shout") };
const pathsOf = async (model: Model, files: Record<string, string>, before?: Model) =>
  (await look(model, files, before)).orphans.map(({ path }) => path);

test("scanProject: a command that is not in the spec is an orphan, unless a list cannot be read", async () => {
  expect(await pathsOf(chat, orphaned)).toEqual([shoutFile]);
  const unread = { ...orphaned, [moduleFile]: module("ChatModule", "chat", "...all()", importSay) };
  expect(await pathsOf(chat, unread)).toEqual([]);
  // What the edit of the spec left is known whatever the lists are.
  const before = spec({ chat: ["say", "shout"] });
  const more = { ...unread, "src/modules/chat/commands/old.command.ts": command("OldCommand", "old") };
  expect(await pathsOf(chat, more, before)).toEqual([shoutFile]);
});

test("scanProject: a test is an orphan with the only module that it imports, and stays if it imports another", async () => {
  const bye = "src/modules/bye/bye.module.ts";
  const files = {
    ...usual,
    [bye]: module("ByeModule", "bye", ""),
    "test/bye.test.ts": 'import { ByeModule } from "../src/modules/bye/bye.module.js";\n',
    "test/both.test.ts": `import { ByeModule } from "../src/modules/bye/bye.module.js";
import { ChatModule } from "../src/modules/chat/chat.module.js";\n`,
  };
  expect(await pathsOf(chat, files)).toEqual([bye, "test/bye.test.ts"]);
});

test("scanProject: finds an orphan of a moved module in the list at its present place", async () => {
  const files = {
    "src/main.ts": main(["ChatModule", "./talk/chat.js"]),
    "src/talk/chat.ts": module(
      "ChatModule",
      "chat",
      "new SayCommand(), new ShoutCommand()",
      `import { SayCommand } from "./commands/say.command.js";
import { ShoutCommand } from "./commands/shout.command.js";\n`,
    ),
    "src/talk/commands/say.command.ts": command("SayCommand", "say"),
    "src/talk/commands/shout.command.ts": command("ShoutCommand", "shout"),
  };
  expect((await look(chat, files)).orphans).toMatchObject([
    {
      path: "src/talk/commands/shout.command.ts",
      registrations: [{ file: "src/talk/chat.ts", element: "ShoutCommand", listOwner: "ChatModule" }],
    },
  ]);
});

test("findUndeclared: finds a listed class that is not in the spec, also in the file of one that is", async () => {
  const strangersOf = async (files: Record<string, string>, orphans: readonly string[] = []) => {
    const { model, summaries } = await look(chat, files);
    const found = await findUndeclared({ model, summaries, orphans: new Set(orphans) });
    return found.map(({ className }) => className);
  };
  expect(await strangersOf(usual)).toEqual([]);
  const two = {
    ...usual,
    "src/main.ts": `import { ChatModule, Bye } from "./modules/chat/chat.module.js";
newWebsocketServe(new ChatModule(), new Bye());\n`,
    [moduleFile]: usual[moduleFile] + module("Bye", "bye", ""),
  };
  expect(await strangersOf(two)).toEqual(["Bye"]);
  const listed = {
    ...orphaned,
    [moduleFile]: module(
      "ChatModule",
      "chat",
      "new SayCommand(), new ShoutCommand()",
      `${importSay}import { ShoutCommand } from "./commands/shout.command.js";\n`,
    ),
  };
  expect(await strangersOf(listed)).toEqual(["ShoutCommand"]);
  expect(await strangersOf(listed, [shoutFile])).toEqual([]);
});

test("findImporters: files that are deleted together do not count as importers", () => {
  const files = new Map([
    ["src/a.ts", 'import {} from "./b.js";\n'],
    ["src/b.ts", ""],
    ["src/c.ts", 'import {} from "./a.js";\n'],
  ]);
  const found = findImporters(files, new Set(["src/a.ts", "src/b.ts"]));
  expect(found.map(({ importer, target }) => [importer, target])).toEqual([["src/c.ts", "src/a.ts"]]);
});

const fromSay = 'import { SayCommand } from "./modules/chat/commands/say.command.js";\n';

test.each([
  {
    use: "in another file of the source",
    path: "src/factory.ts",
    given: `${fromSay}export const make = () => [new SayCommand()];`,
    want: true,
  },
  {
    use: "under another name",
    path: "src/factory.ts",
    given: `${fromSay.replace("{", "{ SayCommand as S,")}use(S);`,
    want: true,
  },
  { use: "outside of the source", path: "test/chat.test.ts", given: "new SayCommand()", want: false },
  { use: "in its own file", path: sayFile, given: `${usual[sayFile]}new SayCommand();`, want: false },
  {
    use: "in its own file, which imports itself",
    path: sayFile,
    given: `import { SayCommand as Self } from "./say.command.js";\n${usual[sayFile]}new Self();`,
    want: false,
  },
  { use: "in an import", path: "src/a.ts", given: fromSay, want: false },
  { use: "in a re-export", path: "src/index.ts", given: fromSay.replace("import", "export"), want: false },
  {
    use: "in a comment",
    path: "src/a.ts",
    given: `${fromSay}// new SayCommand()\n/* SayCommand */`,
    want: false,
  },
  {
    use: "as a class of another file",
    path: "src/a.ts",
    given: "class SayCommand {}\nnew SayCommand();",
    want: false,
  },
])(
  "scanProject: a list that cannot be read counts as having a class that is used $use",
  async ({ path, given, want }) => {
    const files = { ...usual, [moduleFile]: module("ChatModule", "chat", "...all()"), [path]: given };
    const { listings } = await look(chat, files);
    expect(listings.of(moduleFile, { file: sayFile, className: "SayCommand" })?.isListed).toBe(want);
  },
);

const factory = "src/factory.ts";
const other = command("OtherCommand", "other");

test.each([
  {
    given: "a file without its class",
    files: { [moduleFile]: module("ChatModule", "chat", ""), [sayFile]: "export const x = 1;\n" },
    want: { isListed: true, lacksClass: true },
  },
  {
    given: "a file that exports an instance, which the list has",
    files: {
      [moduleFile]: module("ChatModule", "chat", "say", 'import { say } from "./commands/say.command.js";\n'),
      [sayFile]: 'export const say = createCommand("say");\n',
    },
    want: { isListed: true, lacksClass: false },
  },
  {
    given: "a file without its class, which the list passes on as a whole",
    files: {
      [moduleFile]: module(
        "ChatModule",
        "chat",
        "new Wrapped(say)",
        'import * as say from "./commands/say.command.js";\n',
      ),
      [sayFile]: 'export const one = createCommand("say");\n',
    },
    want: { isListed: true, lacksClass: false },
  },
  {
    given: "a list with another class of the same file",
    files: {
      [moduleFile]: module(
        "ChatModule",
        "chat",
        "new OtherCommand()",
        'import { OtherCommand } from "./commands/say.command.js";\n',
      ),
      [sayFile]: `${usual[sayFile]}${other}`,
    },
    want: { isListed: false, lacksClass: false, local: undefined },
  },
  {
    given: "a module of a form that is not read, whose commands another file creates",
    files: {
      [moduleFile]: "export const ChatModule = wrap(all());\n",
      [factory]: `${fromSay}export const all = () => [new SayCommand()];\n`,
    },
    want: { isListed: true },
  },
  {
    given: "a list that is not read, where another file uses an instance that its file creates",
    files: {
      [moduleFile]: module("ChatModule", "chat", "...all()"),
      [sayFile]: `${(usual[sayFile] ?? "").replace("export ", "")}export const say = new SayCommand();\n`,
      [factory]: 'import { say } from "./modules/chat/commands/say.command.js";\nuse(say);\n',
    },
    want: { isListed: true },
  },
  {
    given: "a list that is not read, where another file uses something else of its file",
    files: {
      [moduleFile]: module("ChatModule", "chat", "...all()"),
      [sayFile]: `${usual[sayFile]}export const limit = 1;\n`,
      [factory]: 'import { limit } from "./modules/chat/commands/say.command.js";\nuse(limit);\n',
    },
    want: { isListed: false },
  },
  {
    given: "an import of a file that is still to be created",
    files: { [moduleFile]: module("ChatModule", "chat", "", importSay), [sayFile]: undefined },
    want: { isListed: false, brokenImport: undefined },
  },
  {
    given: "an import that works, in a module whose list lacks the class",
    files: { [moduleFile]: module("ChatModule", "chat", "", importSay) },
    want: { isListed: false, local: "SayCommand", brokenImport: undefined },
  },
])("scanProject: $given", async ({ files, want }) => {
  const present = Object.entries({ ...usual, ...files }).filter(([, text]) => text !== undefined);
  const { listings } = await look(chat, Object.fromEntries(present) as Record<string, string>);
  expect(listings.of(moduleFile, { file: sayFile, className: "SayCommand" })).toMatchObject(want);
});

test("scanProject: the import of a class whose file was moved is broken, until the class is listed from its new place", async () => {
  const moved = "src/modules/chat/say.ts";
  const files = { ...without(sayFile), [moved]: command("SayCommand", "say") };
  const at = { file: moved, className: "SayCommand" };
  const brokenImport = "./commands/say.command.js";
  expect((await look(chat, files)).listings.of(moduleFile, at)).toMatchObject({
    isListed: false,
    brokenImport,
  });
  const imported = module(
    "ChatModule",
    "chat",
    "new SayCommand()",
    'import { SayCommand } from "./say.js";\n',
  );
  expect((await look(chat, { ...files, [moduleFile]: imported })).listings.of(moduleFile, at)).toMatchObject({
    isListed: true,
    brokenImport: undefined,
  });
});

test("scanProject: lists only what is in its scope", async () => {
  const model = spec({ chat: ["say", "leave"] });
  const scope = { of: "command", module: "chat", command: "say" } as const;
  const { listings } = scanProject(model, new Map(Object.entries(usual)), { scope });
  const [say, leave] = model.modules[0]?.commands ?? [];
  expect([say && listings.of(moduleFile, say)?.isListed, leave && listings.of(moduleFile, leave)]).toEqual([
    true,
    undefined,
  ]);
});

const hidden = (usual[sayFile] ?? "").replace("export ", "");

test.each([
  { given: "by its name", text: usual[sayFile] ?? "", want: undefined },
  { given: "under another name", text: `${hidden}export { SayCommand as Talk };\n`, want: "Talk" },
  { given: "by two names", text: `${hidden}export { SayCommand as Talk, SayCommand };\n`, want: undefined },
  { given: "as a default", text: `${hidden}export default SayCommand;\n`, want: "default" },
  {
    given: "without a name",
    text: `export default ${hidden.replace("SayCommand ", "")}`,
    want: "default",
  },
])("scanProject: a class that is exported $given", async ({ text, want }) => {
  const { model } = await look(chat, { ...usual, [sayFile]: text });
  const [found] = model.modules[0]?.commands ?? [];
  expect([found?.className, found?.exportedAs]).toEqual(["SayCommand", want]);
});

test("scanProject: the commands of a moved module are where its imports lead to", async () => {
  const imports = 'import { SayCommand } from "../modules/chat/commands/say.command.js";\n';
  const files = {
    "src/main.ts": main(["ChatModule", "./talk/chat.js"]),
    "src/talk/chat.ts": module("ChatModule", "chat", "new SayCommand()", imports),
    [sayFile]: command("SayCommand", "say"),
  };
  expect((await look(chat, files)).model.modules[0]?.commands[0]?.file).toBe(sayFile);
});
