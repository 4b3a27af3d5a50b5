import { describe, expect, test } from "vitest";
import { summarizeFile } from "../../../src/syntax/summarize-file.js";

const summary = async (text: string) => {
  const { value, diagnostics } = await summarizeFile("src/a.ts", text);
  expect(diagnostics).toEqual([]);
  return value!;
};

describe("summarizeFile", () => {
  test("reads the modules that a main file serves, under any name and from any folder", async () => {
    const { served } = await summary(`
      import { newWebsocketServe as serve } from "wsgen-runtime";
      import { ChatModule } from "./chat.js";
      import { RoomModule as Rooms } from "./moved/room.js";
      import * as all from "./all.js";
      class Own {}
      const more = [new Own()];
      await serve(new ChatModule(new Store()), new Rooms(), new all.Files(), ...more);
    `);
    expect(served?.isRead).toBe(true);
    expect(served?.instances).toMatchObject([
      { className: "ChatModule", from: "./chat.js", isElement: true, at: { line: 8, column: 19 } },
      { className: "Store", from: undefined, isElement: false },
      { className: "RoomModule", from: "./moved/room.js", isElement: true },
      { className: "Files", from: "./all.js", isElement: true },
      { className: "Own", from: undefined, isElement: true, at: { line: 7, column: 21 } },
    ]);
  });

  test("a file without a server serves no modules", async () => {
    expect((await summary("export {};")).served).toBeUndefined();
  });

  test("reads modules with their flags and commands", async () => {
    const { modules } = await summary(`
      import type { IWebsocket as Contract } from "wsgen-runtime";
      import { SayCommand as S } from "./commands/say.command.js";
      export class Rooms implements Contract {
        private readonly list = [new S(this.store)];
        getModuleFlag = () => "rooms" as const;
        getCommandList() { return this.list; }
      }
      class Other implements Contract {
        getModuleFlag() { return flag(); }
        getCommandList() { return make(); }
      }
    `);
    expect(modules).toMatchObject([
      {
        className: "Rooms",
        flag: "rooms",
        commands: {
          instances: [{ className: "SayCommand", from: "./commands/say.command.js" }],
          isRead: true,
        },
      },
      {
        className: "Other",
        flag: undefined,
        commands: { instances: [], isRead: false },
        at: { line: 9, column: 13, length: 5 },
      },
    ]);
  });

  test("reads commands with their names on the wire", async () => {
    const { commands } = await summary(`
      export class SayCommand implements ICommand<SayRequest, SayReply> {
        getCommand(): string { return "say"; }
      }
      export default class implements rt.ICommand {
        getCommand() { return prefix + "x"; }
      }
    `);
    expect(commands).toMatchObject([
      { className: "SayCommand", command: "say" },
      { className: "default", command: undefined },
    ]);
  });

  test("reads exports, imports and re-exports in every form", async () => {
    const found = await summary(`
      import Say from "./say.js";
      import * as all from "./all.js";
      const { Room: R } = await import("./room.js");
      export class A {}
      class B {}
      export { B as C };
      export default B;
      export { Say as Talk };
      export * as more from "./more.js";
      export { all };
      use(R, all.Files);
    `);
    expect([...found.exports]).toEqual([
      ["A", "A"],
      ["C", "B"],
      ["default", "B"],
      ["Talk", "Say"],
      ["all", "all"],
    ]);
    expect(found.reExports).toEqual([
      { exported: "Talk", name: "default", from: "./say.js" },
      { exported: "*", name: "*", from: "./more.js" },
      { exported: "*", name: "*", from: "./all.js" },
    ]);
    expect(found.uses).toMatchObject([
      { className: "Room", from: "./room.js", expression: "R" },
      { className: "Files", from: "./all.js", expression: "all.Files" },
      { className: "*", from: "./all.js", expression: "all" },
    ]);
  });

  test("follows constants only up to a limit", async () => {
    const { modules } = await summary(`
      const a = b; const b = a;
      class M implements IWebsocket { getCommandList() { return a; } getModuleFlag() { return "m"; } }
    `);
    expect(modules).toMatchObject([{ flag: "m", commands: { instances: [], isRead: false } }]);
  });

  test("finds classes with a base class, with the members only, and in a circle", async () => {
    const { commands } = await summary(`
      abstract class Base implements ICommand {}
      class A extends Base {}
      class B { getCommand() { return "b"; } execute() {} }
      class C extends D {}
      class D extends C {}
    `);
    expect(commands.map(({ className }) => className)).toEqual(["A", "B"]);
  });

  test("refuses a broken file", async () => {
    const { value, diagnostics } = await summarizeFile("src/a.ts", "class {");
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: "source-syntax" });
  });
});
