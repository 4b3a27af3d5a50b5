// A stub may be deleted, a person's code may not: what wsgen makes counts as an untouched stub, and any line of a person does not.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readTemplates } from "../../../src/fs/own-files.js";
import { generate } from "../../../src/generate.js";
import { readModel } from "../../../src/read-model.js";
import { isUntouchedStub } from "../../../src/syntax/untouched-stub.js";

const example = readFileSync(new URL("../../../examples/chat/wsgen.yaml", import.meta.url), "utf8");
const guarded = example.replace("  chat:\n", "  chat:\n    guards: [loggedIn]\n");
const spec = new TextEncoder().encode(`${guarded}
  visible:
    port: 10101
    urls: [ws]
    presence: { state: { name: { type: string } } }
`);

const made = async (): Promise<ReadonlyMap<string, string>> => {
  const { tree } = await generate({
    model: readModel({ file: "wsgen.yaml", bytes: spec }).value!,
    files: new Map(),
    templates: await readTemplates(),
    version: "1.0.0",
    scope: { of: "project" },
  });
  return tree as ReadonlyMap<string, string>;
};

const say = "src/modules/chat/commands/say.command.ts";
const chat = "src/modules/chat/chat.module.ts";
const guard = "src/modules/chat/guards/logged-in.guard.ts";

describe("isUntouchedStub", () => {
  test("is true for a class or a guard as wsgen created it, however it is formatted", async () => {
    const files = [...(await made())].filter(([path]) => /\.(command|module|guard)\.ts$/.test(path));
    expect(files.length).toBeGreaterThan(9);
    for (const [path, text] of files) {
      expect(isUntouchedStub(path, text), path).toBe(true);
      expect(isUntouchedStub(path, text.replaceAll("\n", "\r\n").replaceAll("  ", "\t")), path).toBe(true);
      expect(isUntouchedStub(path, text.replaceAll(";\n", "\n")), path).toBe(true);
    }
  });

  test("is true with the comments of wsgen 0.1.0", async () => {
    const files = await made();
    const old: [string, string][] = [
      [
        "Called before the handshake is answered. Throw an error to refuse the client.",
        "A client tries to connect and the handshake is not answered yet: throw an error to refuse it.",
      ],
      [
        "Called once when an established connection has ended, after `close`.",
        "An established connection has ended, whoever ended it.",
      ],
      [
        "Called when an established connection closes, with the close code and reason of RFC 6455. `disconnect` follows.",
        "An established connection closes, with the close code and reason of RFC 6455; `disconnect` follows.",
      ],
      [
        "The options of the spec. Add your own after them; the last one wins.",
        "The options of the spec; add your own behind them, the last one wins.",
      ],
    ];
    for (const path of [say, chat])
      for (const [now, before] of old) {
        const text = files.get(path)!.replace(/^.*/, "// Yours: created once by wsgen, never touched again.");
        if (path === chat || now.startsWith("The options")) expect(text).toContain(now);
        expect(isUntouchedStub(path, text.replace(now, before)), before).toBe(true);
      }
  });

  test.each([
    ["a statement", say, "throw new", "console.log(1);\n    throw new"],
    ["another body", say, /throw new .*/, "return { delivered: 1 };"],
    ["a member", say, "  getCommand()", "  readonly store = 1;\n\n  getCommand()"],
    ["a method", say, "  getCommand()", "  count() {}\n\n  getCommand()"],
    ["a statement behind", say, /throw new .*/, "$&\n    console.log(1);"],
    ["a comment in a body", say, "throw new", "// ask the others first\n    throw new"],
    ["a comment behind a line", chat, "new SayCommand(),", "new SayCommand(), // second"],
    ["a comment of the class's own", say, "export class", "// ask the others first\nexport class"],
    ["a comment at the end", say, /$/, "// see also the wiki\n"],
    ["an option", say, "[...sayOptions]", "[...sayOptions, closeLogUpData()]"],
    ["an expression", chat, "return 10099", "return Number(process.env.PORT ?? 10099)"],
    ["a dependency", chat, "new SayCommand()", "new SayCommand(store)"],
    [
      "a hook",
      chat,
      "disconnect(_ctx: ChatContext<ChatState>): Promise<void> {}",
      'disconnect(ctx: ChatContext<ChatState>): Promise<void> {\n    ctx.log.debug({}, "bye");\n  }',
    ],
    ["a state of its own", chat, "Record<string, never>", "{ readonly name: string }"],
    ["another statement", say, "export class", "const limit = 3;\n\nexport class"],
    ["a statement behind the class", say, /$/, "\nexport const limit = 3;\n"],
    ["a base class", say, "SayCommand implements", "SayCommand extends Base implements"],
    ["a decorator", say, "  getCommand()", "  @logged\n  getCommand()"],
    ["another guard", guard, /throw new .*/, "return true;"],
    ["a statement of a guard", guard, "throw new", "await 1;\n  throw new"],
    ["a statement behind that of a guard", guard, /throw new .*/, "$&\n  await 1;"],
    ["a comment in a guard", guard, "throw new", "// ask the others first\n  throw new"],
    ["another statement beside a guard", guard, "export async", "const limit = 3;\n\nexport async"],
    [
      "a guard that is a constant",
      guard,
      "export async function loggedIn",
      "export const loggedIn = async function",
    ],
    ["a syntax error", say, "throw new", "throw new new ("],
    ["a bracket too many", say, /$/, "}\n"],
  ])("is false with %s", async (_what, path, from, to) => {
    const text = (await made()).get(path)!;
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(isUntouchedStub(path, changed)).toBe(false);
  });
});
