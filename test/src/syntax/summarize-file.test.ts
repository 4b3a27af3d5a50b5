import { describe, expect, test } from "vitest";
import { summarizeFile } from "../../../src/syntax/summarize-file.js";

const summary = async (text: string) => {
  const { value, diagnostics } = await summarizeFile("src/a.ts", text);
  expect(diagnostics).toEqual([]);
  return value!;
};

describe("what a file says about modules and commands", () => {
  test("the modules of an entry, under whatever name and from whatever folder", async () => {
    const { served } = await summary(`
      import { newWebsocketServe as serve } from "wsgen-runtime";
      import { ChatModule } from "./chat.js";
      import { RoomModule as Rooms } from "./moved/room.js";
      import * as all from "./all.js";
      class Own {}
      const more = [new Own()];
      await serve(new ChatModule(new Store()), new Rooms(), new all.Files(), ...more);
    `);
    expect(served).toMatchObject([
      { className: "ChatModule", from: "./chat.js", isElement: true, at: { line: 8, column: 19 } },
      { className: "Store", from: undefined, isElement: false },
      { className: "RoomModule", from: "./moved/room.js", isElement: true },
      { className: "Files", from: "./all.js", isElement: true },
      { className: "Own", from: undefined, isElement: true, at: { line: 7, column: 21 } },
    ]);
  });

  test("a file without a server serves nothing that is known", async () => {
    expect((await summary("export {};")).served).toBeUndefined();
  });

  test("the modules of a file with their flags and commands", async () => {
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
        commands: [{ className: "SayCommand", from: "./commands/say.command.js" }],
      },
      { className: "Other", flag: undefined, commands: undefined, at: { line: 9, column: 13, length: 5 } },
    ]);
  });

  test("the commands of a file with the names that select them", async () => {
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
      { className: "", command: undefined },
    ]);
  });

  test("constants that stand for each other are followed only so far", async () => {
    const { modules } = await summary(`
      const a = b; const b = a;
      class M implements IWebsocket { getCommandList() { return a; } getModuleFlag() { return "m"; } }
    `);
    expect(modules).toMatchObject([{ flag: "m", commands: undefined }]);
  });

  test("a broken file is refused", async () => {
    const { value, diagnostics } = await summarizeFile("src/a.ts", "class {");
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: "source-syntax" });
  });
});
