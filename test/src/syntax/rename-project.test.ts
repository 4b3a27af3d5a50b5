import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RenameRequest, renameProject } from "../../../src/syntax/rename-project.js";

const sayFile = "src/modules/chat/commands/say.command.ts";
const talkFile = "src/modules/chat/commands/talk.command.ts";

const project = (extra: Record<string, string> = {}): Map<string, string> =>
  new Map(
    Object.entries({
      [sayFile]:
        '\uFEFFimport type { SayRequest } from "../chat.gen.js";\r\n\r\n/** Says. */\r\nexport class SayCommand {\r\n\texecute(data: SayRequest) {}\r\n}\r\n',
      "src/modules/chat/chat.gen.ts": "export interface SayRequest {\n  text: string;\n}\n",
      "src/modules/chat/chat.module.ts":
        'import { SayCommand } from "./commands/say.command.js";\n\n// SayCommand in a comment stays.\nexport class ChatModule {\n  getCommandList() {\n    return [new SayCommand()]; // say\n  }\n}',
      "test/chat.test.ts":
        "import { SayCommand as Say } from '../src/modules/chat/commands/say.command'\nimport * as say from '../src/modules/chat/commands/say.command.ts'\n\nnew Say(); new say.SayCommand()\n",
      "README.md": "SayCommand\n",
      ...extra,
    }),
  );

const there: RenameRequest = {
  symbols: [
    { file: sayFile, name: "SayCommand", to: "TalkCommand" },
    { file: "src/modules/chat/chat.gen.ts", name: "SayRequest", to: "TalkRequest" },
  ],
  moves: new Map([[sayFile, talkFile]]),
};
const back: RenameRequest = {
  symbols: [
    { file: talkFile, name: "TalkCommand", to: "SayCommand" },
    { file: "src/modules/chat/chat.gen.ts", name: "TalkRequest", to: "SayRequest" },
  ],
  moves: new Map([[talkFile, sayFile]]),
};

async function rename(
  texts: ReadonlyMap<string, string>,
  request: RenameRequest,
): Promise<Map<string, string>> {
  const { value, diagnostics } = await renameProject(texts, request);
  expect(diagnostics).toEqual([]);
  return value!;
}

describe("renameProject", () => {
  test("changes declarations, references and specifiers, and no other byte", async () => {
    const renamed = await rename(project(), there);
    expect(Object.fromEntries(renamed)).toEqual({
      [talkFile]:
        '\uFEFFimport type { TalkRequest } from "../chat.gen.js";\r\n\r\n/** Says. */\r\nexport class TalkCommand {\r\n\texecute(data: TalkRequest) {}\r\n}\r\n',
      "src/modules/chat/chat.gen.ts": "export interface TalkRequest {\n  text: string;\n}\n",
      "src/modules/chat/chat.module.ts":
        'import { TalkCommand } from "./commands/talk.command.js";\n\n// SayCommand in a comment stays.\nexport class ChatModule {\n  getCommandList() {\n    return [new TalkCommand()]; // say\n  }\n}',
      "test/chat.test.ts":
        "import { TalkCommand as Say } from '../src/modules/chat/commands/talk.command'\nimport * as say from '../src/modules/chat/commands/talk.command.ts'\n\nnew Say(); new say.TalkCommand()\n",
      "README.md": "SayCommand\n",
    });
  });

  test("a re-exported default keeps its name", async () => {
    const passing =
      'export { default as default } from "./a.js";\nexport { default as Say } from "./a.js";\n';
    const texts = new Map([
      ["src/a.ts", "class Say {}\nexport { Say as default };\n"],
      ["src/b.ts", passing],
      ["src/c.ts", 'import Own from "./b.js";\nnew Own();\n'],
    ]);
    const renamed = await rename(texts, {
      symbols: [{ file: "src/a.ts", name: "Say", to: "Talk" }],
      moves: new Map(),
    });
    expect(renamed.get("src/a.ts")).toBe("class Talk {}\nexport { Talk as default };\n");
    expect(renamed.get("src/b.ts")).toContain("export { default as default } from");
    expect(renamed.get("src/c.ts")).toBe(texts.get("src/c.ts"));
  });

  test.each(["a name", "Say"])("the string %j as the exported name of a class stays", async (name) => {
    const texts = new Map([
      ["src/a.ts", `class Say {}\nexport { Say as "${name}" };\n`],
      ["src/b.ts", `import { "${name}" as Own } from "./a.js";\nexport { Own as "other" };\nnew Own();\n`],
      [
        "src/c.ts",
        `export { "${name}" as 'third' } from "./a.js";\nexport { 'other' as "fourth" } from "./b.js";\n`,
      ],
    ]);
    const renamed = await rename(texts, {
      symbols: [{ file: "src/a.ts", name: "Say", to: "Talk" }],
      moves: new Map(),
    });
    expect(renamed).toEqual(
      new Map([...texts, ["src/a.ts", `class Talk {}\nexport { Talk as "${name}" };\n`]]),
    );
  });

  test("another declaration with the same name stays", async () => {
    const other = "class SayCommand {}\nnew SayCommand();\nexport {};\n";
    const local =
      'import { SayCommand } from "./modules/chat/commands/say.command.js";\nfunction f(SayCommand: number) { return SayCommand; }\nf(SayCommand.length);\n';
    const renamed = await rename(project({ "src/other.ts": other, "src/local.ts": local }), there);
    expect(renamed.get("src/other.ts")).toBe(other);
    expect(renamed.get("src/local.ts")).toBe(
      'import { TalkCommand } from "./modules/chat/commands/talk.command.js";\nfunction f(SayCommand: number) { return SayCommand; }\nf(TalkCommand.length);\n',
    );
  });

  test("changes re-exports, their importers, type queries, dynamic imports and JSDoc", async () => {
    const index = 'export { SayCommand } from "./say.command.js";\nexport * from "./say.command";\n';
    const user =
      'import { SayCommand } from "./commands/index.js";\n/** {@link SayCommand} */\ntype T = typeof SayCommand;\ntype I = import("./commands/say.command.js").SayCommand;\nconst lazy = import("./commands/say.command.js");\nconst byName = { SayCommand };\nbyName.SayCommand;\n';
    const files = project({ "src/modules/chat/commands/index.ts": index, "src/modules/chat/user.ts": user });
    const renamed = await rename(files, there);
    expect(renamed.get("src/modules/chat/commands/index.ts")).toBe(
      'export { TalkCommand } from "./talk.command.js";\nexport * from "./talk.command";\n',
    );
    expect(renamed.get("src/modules/chat/user.ts")).toBe(
      'import { TalkCommand } from "./commands/index.js";\n/** {@link TalkCommand} */\ntype T = typeof TalkCommand;\ntype I = import("./commands/talk.command.js").TalkCommand;\nconst lazy = import("./commands/talk.command.js");\nconst byName = { SayCommand: TalkCommand };\nbyName.SayCommand;\n',
    );
    expect(await rename(renamed, back)).toEqual(files);
  });

  test("moves a whole module, and corrects its imports", async () => {
    const texts = new Map([
      ["src/main.ts", 'import { A } from "./modules/a/a.module.js";\nnew A();\n'],
      ["src/shared.ts", "export const shared = 1;\n"],
      [
        "src/modules/a/a.module.ts",
        'import { shared } from "../../shared.js";\nimport { C } from "./commands/index.js";\nimport "./styles.css";\nexport class A { c = new C(shared); }\n',
      ],
      ["src/modules/a/commands/index.ts", "export class C { constructor(readonly x: number) {} }\n"],
      ["src/dir.ts", 'export * from "./modules/a/commands";\n'],
    ]);
    const moves = new Map([
      ["src/modules/a/a.module.ts", "src/b/b.module.ts"],
      ["src/modules/a/commands/index.ts", "src/b/commands/index.ts"],
    ]);
    const renamed = await rename(texts, {
      symbols: [{ file: "src/modules/a/a.module.ts", name: "A", to: "B" }],
      moves,
    });
    expect(Object.fromEntries(renamed)).toEqual({
      "src/main.ts": 'import { B } from "./b/b.module.js";\nnew B();\n',
      "src/shared.ts": "export const shared = 1;\n",
      "src/b/b.module.ts":
        'import { shared } from "../shared.js";\nimport { C } from "./commands/index.js";\nimport "./styles.css";\nexport class B { c = new C(shared); }\n',
      "src/b/commands/index.ts": "export class C { constructor(readonly x: number) {} }\n",
      "src/dir.ts": 'export * from "./b/commands";\n',
    });
  });

  test("refuses a new name that a file already has, with its place", async () => {
    const texts = project({
      "src/user.ts":
        'import { SayCommand } from "./modules/chat/commands/say.command.js";\nconst TalkCommand = SayCommand;\n',
    });
    const { value, diagnostics } = await renameProject(texts, there);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: "name-collision", at: { file: "src/user.ts", line: 2, column: 7, length: 11 } },
    ]);
  });

  test("refuses a name that is not declared", async () => {
    const { value, diagnostics } = await renameProject(project(), {
      symbols: [{ file: sayFile, name: "Absent", to: "X" }],
      moves: new Map(),
    });
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: "unexpected-shape" });
  });

  test("refuses a broken file that may have a reference, and ignores others", async () => {
    const unrelated = await renameProject(project({ "src/broken.ts": "const = ;\n" }), there);
    expect(unrelated.value?.get("src/broken.ts")).toBe("const = ;\n");
    const related = await renameProject(project({ "src/broken.ts": "new SayCommand(;\n" }), there);
    expect(related.value).toBeUndefined();
    expect(related.diagnostics[0]).toMatchObject({
      code: "source-syntax",
      at: { file: "src/broken.ts", line: 1 },
    });
  });

  test("there and back gives the same bytes", async () => {
    const lines = fc.constantFrom(
      "new SayCommand();",
      "const a = { SayCommand, b: SayCommand };",
      "type T = SayCommand;\r",
      "\tclass X extends SayCommand {}",
      "export { SayCommand };",
      'const { SayCommand: C, x } = await import("./modules/chat/commands/say.command.js");',
      '{ const { SayCommand } = await import("./modules/chat/commands/say.command.js"); new SayCommand(); }',
      "// SayCommand",
      'const s = "SayCommand";',
      "function f<SayCommand>(x: SayCommand) {}",
    );
    const body = fc
      .uniqueArray(lines)
      .map(
        (chosen) =>
          `import { SayCommand } from "./modules/chat/commands/say.command.js";\n${chosen.join("\n")}`,
      );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const texts = project({ "src/user.ts": text });
        const renamed = await rename(texts, there);
        expect(renamed.get("src/user.ts")).not.toBe(text);
        expect(await rename(renamed, back)).toEqual(texts);
      }),
      { numRuns: 40 },
    );
    // Each run builds four language services, which takes its time on a busy machine.
  }, 90_000);
});

describe("renameProject, for a field of data", () => {
  const types = `export interface User {\n  name: string;\n  tags?: { name: string }[] | undefined;\n}\n`;
  const request = (name: string, to: string): RenameRequest => ({
    symbols: [{ file: "src/a.ts", owners: ["User"], name, to, isData: true }],
    moves: new Map(),
  });
  const texts = (lines: readonly string[]) =>
    new Map([
      ["src/a.ts", types],
      ["src/b.ts", `import type { User } from "./a.js";\n${lines.join("\n")}\n`],
    ]);

  test.each([
    ["export const f = (user: User) => user.name;", "export const f = (user: User) => user.fullName;"],
    [
      "export const f = ({ name = '' }: Partial<User>) => name;",
      "export const f = ({ fullName: name = '' }: Partial<User>) => name;",
    ],
    [
      "export const f = <K extends keyof User>(key: K) => key;\nf('name');",
      "export const f = <K extends keyof User>(key: K) => key;\nf('fullName');",
    ],
    ["export const f = (user: User) => user.tags?.map(({ name }) => name);", undefined],
    [
      "export class A implements User { get name() { return ''; } }",
      "export class A implements User { get fullName() { return ''; } }",
    ],
    [
      "export class A { #name = ''; get(): User { return { name: this.#name }; } }",
      "export class A { #name = ''; get(): User { return { fullName: this.#name }; } }",
    ],
    [
      "export const f = (b: boolean): User => ({ ...(b ? { name: '' } : { name: 'b' }) });",
      "export const f = (b: boolean): User => ({ ...(b ? { fullName: '' } : { fullName: 'b' }) });",
    ],
    ["export interface A extends User { name: 'a' }", "export interface A extends User { fullName: 'a' }"],
    [
      "/** {@link User.name} */\nexport type A = User['name'];",
      "/** {@link User.fullName} */\nexport type A = User['fullName'];",
    ],
    ["export enum E { name = 'name' }", undefined],
  ])("%j, and back", async (line, expected = line) => {
    const renamed = await rename(texts([line]), request("name", "fullName"));
    expect(renamed.get("src/b.ts")).toBe(texts([expected]).get("src/b.ts"));
    expect(await rename(renamed, request("fullName", "name"))).toEqual(texts([line]));
  });

  test("takes and leaves the quotes and brackets that only the old name needed", async () => {
    const line = "export const f = (user: User, { name }: User) => user.name + user?.name + name;";
    const quoted = await rename(texts([line]), request("name", "full name"));
    expect(quoted.get("src/b.ts")).toContain(
      '(user: User, { "full name": name }: User) => user["full name"] + user?.["full name"] + name;',
    );
    expect(await rename(quoted, request("full name", "name"))).toEqual(texts([line]));
  });

  test.each([
    ["export const f = (user: any) => user.name;", "on a value of type any"],
    ["export const f = ({ name }: any) => name;", "on a value of type any"],
    ["export const f = (one: User | { name: string }) => one.name;", "on a value of several types"],
    ["JSON.stringify({ to: [{ name: '' }] });", "in an object of type any"],
  ])("%j stays, and is reported", async (line, reason) => {
    const { value, diagnostics } = await renameProject(texts([line]), request("name", "fullName"));
    expect(value?.get("src/b.ts")).toBe(texts([line]).get("src/b.ts"));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      `'name' ${reason} was not renamed: it may mean something else.`,
    ]);
  });
});
