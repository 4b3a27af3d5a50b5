import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addCommand,
  addEvent,
  addModule,
  removeEntry,
  renameEntry,
} from "../../../src/spec-file/edit-spec.js";
import type { SpecEntry } from "../../../src/spec-file/find-names.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";

const file = "wsgen.yaml";
const text = (...lines: string[]): string => `${lines.join("\n")}\n`;
const head = ["wsgen: 1", "name: demo"];
const chat = [...head, "modules:", "  chat:", "    port: 10099", "    urls: [ws]"];
const ping: SpecEntry = { file, kind: "command", module: "chat", name: "ping" };

const addPing = (spec: string): string | undefined =>
  addCommand(spec, { file, module: "chat", name: "ping" }).value;

describe("addCommand", () => {
  test("creates the mapping of commands", () => {
    expect(addPing(text(...chat))).toBe(text(...chat, "    commands:", "      ping: {}"));
  });

  test("writes schemas as if by hand", () => {
    const added = addCommand(text(...chat), {
      file,
      module: "chat",
      name: "user.login",
      as: "Login",
      description: "It's me: hello.",
      request: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
      reply: {
        type: "object",
        required: ["token", "expires"],
        properties: {
          token: { type: "string", minLength: 20 },
          expires: { type: "string", format: "date-time" },
        },
      },
    });
    expect(added.value).toBe(
      text(
        ...chat,
        "    commands:",
        "      user.login:",
        '        description: "It\'s me: hello."',
        "        as: Login",
        "        request:",
        "          type: object",
        "          required: [ name ]",
        "          properties: { name: { type: string } }",
        "        reply:",
        "          type: object",
        "          required: [ token, expires ]",
        "          properties:",
        "            token: { type: string, minLength: 20 }",
        "            expires: { type: string, format: date-time }",
      ),
    );
  });

  test.each([
    {
      name: "after the last one and the comments of the list",
      given: [
        "    commands:",
        "      say: {} # to all",
        "      # more to come",
        "    # the events",
        "    events:",
        "      joined: {}",
      ],
      want: { line: 3, isSpaced: true },
    },
    {
      name: "after a last one of many lines",
      given: ["    commands:", "      say:", "        reply:", "          type: object"],
      want: { line: 4 },
    },
    {
      name: "after a block scalar",
      given: ["    commands:", "      say:", "        description: |", "          one", "", "          two"],
      want: { line: 6 },
    },
    {
      name: "with a blank line if the others have one",
      given: ["    commands:", "      say: {}", "", "      who: {}"],
      want: { line: 4, isSpaced: true },
    },
    { name: "below an empty list", given: ["    commands:"], want: { line: 1 } },
    {
      name: "below an empty list with a comment",
      given: ["    commands: # none yet", "      # like ping"],
      want: { line: 2 },
    },
    {
      name: "into a list with an anchor",
      given: ["    commands: &all", "      say: {}", "    events:", "      a: {}"],
      want: { line: 2 },
    },
  ] as { name: string; given: string[]; want: { line: number; isSpaced?: boolean } }[])(
    "inserts $name",
    ({ given, want: { line, isSpaced = false } }) => {
      const lines = [...chat, ...given];
      const place = chat.length + line;
      const added = [...(isSpaced ? [""] : []), "      ping: {}"];
      expect(addPing(text(...lines))).toBe(text(...lines.slice(0, place), ...added, ...lines.slice(place)));
    },
  );

  test.each([
    ["CRLF", (spec: string) => spec.replaceAll("\n", "\r\n")],
    ["a byte-order mark", (spec: string) => `\ufeff${spec}`],
    ["no final newline", (spec: string) => spec.trimEnd()],
    ["blank lines at the end", (spec: string) => `${spec}\n\n`],
    ["a document end", (spec: string) => `---\n${spec}...\n`],
  ])("keeps %s", (_name, change) => {
    const tail = change("@\n").split("@")[1] ?? "";
    const before = change(text(...chat));
    const after = addPing(before) ?? "";
    const [kept] = before.split(tail === "" ? "[ws]" : "\u0000");
    expect(after.startsWith(kept?.slice(0, 20) ?? "")).toBe(true);
    const newline = before.includes("\r\n") ? "\r\n" : "\n";
    const addition = `${newline}    commands:${newline}      ping: {}`;
    expect(after.replace(addition, "")).toBe(before);
  });

  test("keeps an indentation of four and double quotes", () => {
    const spec = text(
      "wsgen: 1",
      'name: "demo"',
      "modules:",
      "    chat:",
      "        port: 1",
      "        urls: [ws]",
    );
    const added = addCommand(spec, { file, module: "chat", name: "a: b" }).value;
    expect(added).toBe(`${spec}        commands:\n            "a: b": {}\n`);
  });

  test.each([
    ["{ chat: { port: 1, urls: [ws] } }", "{ chat: { port: 1, urls: [ws], commands: { ping: {} } } }"],
    [
      "{ chat: { port: 1, urls: [ws], commands: {} } }",
      "{ chat: { port: 1, urls: [ws], commands: { ping: {} } } }",
    ],
    [
      "{ chat: { port: 1, urls: [ws], commands: { say: {} }, }, }",
      "{ chat: { port: 1, urls: [ws], commands: { say: {}, ping: {} }, }, }",
    ],
    [
      "{ chat: { port: 1, urls: [ws], commands: { say: {}, }, }, }",
      "{ chat: { port: 1, urls: [ws], commands: { say: {}, ping: {}, }, }, }",
    ],
  ])("stays in flow style: %s", (before, after) => {
    expect(addPing(text(...head, `modules: ${before}`))).toBe(text(...head, `modules: ${after}`));
  });

  test("keeps a flow mapping of many lines on many lines", () => {
    const spec = text(...chat, "    commands: {", "      say: {}", "    }");
    expect(addPing(spec)).toBe(text(...chat, "    commands: {", "      say: {},", "      ping: {}", "    }"));
  });

  test("changes nothing and reports an existing command", () => {
    const spec = text(...chat, "    commands:", "      ping: {}");
    const added = addCommand(spec, { file, module: "chat", name: "ping" });
    expect(added.value).toBe(spec);
    expect(added.diagnostics).toMatchObject([
      { code: "already-exists", severity: "note", at: { line: 8, column: 7 } },
    ]);
  });

  test("refuses a list that is an alias, and one that has aliases", () => {
    const spec = text(
      ...chat,
      "    commands: &all",
      "      say: {}",
      "  other:",
      "    port: 1",
      "    urls: [ws]",
      "    commands: *all",
    );
    for (const module of ["chat", "other"]) {
      const added = addCommand(spec, { file, module, name: "ping" });
      expect(added.value).toBeUndefined();
      expect(added.diagnostics).toMatchObject([{ code: "unexpected-shape", severity: "error" }]);
    }
  });

  test("suggests the module with a similar name", () => {
    const added = addCommand(text(...chat), { file, module: "caht", name: "ping" });
    expect(added.diagnostics).toMatchObject([
      { code: "not-in-spec", message: expect.stringContaining("'chat'") },
    ]);
  });

  test("reports a spec that is not YAML with its place", () => {
    const added = addCommand(text(...chat, "  bad"), { file, module: "chat", name: "ping" });
    expect(added.value).toBeUndefined();
    expect(added.diagnostics[0]).toMatchObject({ code: "spec-syntax", at: { line: 7 } });
  });
});

describe("addCommand: a spec that is JSON", () => {
  const value = (commands: unknown) => ({
    wsgen: 1,
    name: "demo",
    modules: { chat: { port: 1, urls: ["ws"], commands, events: {} } },
  });
  const request = { type: "object", properties: { "a b": { type: "string" }, yes: {} } } as const;
  const indents = [undefined, 2, 4, "\t"];
  const commandLists = [{ say: {} }, { say: { request: { type: "object" } }, hear: {} }, {}, null];

  test.each(indents.flatMap((indent) => commandLists.map((commands) => ({ indent, commands }))))(
    "stays JSON, with the indentation $indent, where the commands are $commands",
    ({ indent, commands }) => {
      for (const newline of ["\n", "\r\n"]) {
        const write = (spec: unknown) => `${JSON.stringify(spec, null, indent)}\n`.replaceAll("\n", newline);
        const added = addCommand(write(value(commands)), { file, module: "chat", name: "it's", request });
        const withCommand = value({ ...commands, "it's": { request } });
        expect(JSON.parse(added.value ?? "")).toEqual(withCommand);
        if (indent !== undefined) expect(added.value).toBe(write(withCommand));
        const entry = { file, kind: "command", module: "chat", name: "it's" } as const;
        const renamed = renameEntry(write(withCommand), { ...entry, to: "on" }).value ?? "";
        expect(renamed).toBe(write(value({ ...commands, on: { request } })));
        const removed = removeEntry(write(withCommand), entry).value ?? "";
        expect(JSON.parse(removed)).toEqual(value(commands ?? {}));
        const twoModules = addModule(write(withCommand), { file, name: "other" });
        const both = { ...withCommand.modules, other: { port: 10_099, urls: ["ws"] } };
        expect(JSON.parse(twoModules.value ?? "")).toEqual({ ...withCommand, modules: both });
      }
    },
  );

  test("may have no modules yet", () => {
    const added = addModule('{ "wsgen": 1, "name": "demo" }', { file, name: "chat", port: 1 });
    expect(JSON.parse(added.value ?? "")).toEqual({
      wsgen: 1,
      name: "demo",
      modules: { chat: { port: 1, urls: ["ws"] } },
    });
  });
});

describe("addModule and addEvent", () => {
  test("creates the mapping of modules", () => {
    expect(addModule(text(...head), { file, name: "chat" }).value).toBe(
      text(...head, "modules:", "  chat:", "    port: 10099", "    urls: [ ws ]"),
    );
  });

  test.each(["modules:", "modules: {}", "modules: ~", "modules: null # none"])("fills '%s'", (empty) => {
    const added = addModule(text(...head, empty), {
      file,
      name: "chat",
      port: 1,
      urls: ["ws", "rooms/:room"],
    });
    const comment = empty.includes("#") ? " # none" : "";
    expect(added.value).toBe(
      text(...head, `modules:${comment}`, "  chat:", "    port: 1", "    urls: [ ws, rooms/:room ]"),
    );
  });

  test("adds an event beside the commands", () => {
    const spec = text(...chat, "    commands:", "      ping: {}");
    const data = { $ref: "#/schemas/Message" };
    expect(addEvent(spec, { file, module: "chat", name: "message", data }).value).toBe(
      text(
        ...chat,
        "    commands:",
        "      ping: {}",
        "    events:",
        "      message:",
        "        data: { $ref: '#/schemas/Message' }",
      ),
    );
  });
});

describe("removeEntry", () => {
  test("removes the comment lines directly above and the blank line before", () => {
    const spec = text(
      ...chat,
      "    commands:",
      "      # says",
      "      say: {}",
      "",
      "      # pings",
      "      ping: {} # pong",
      "    # end",
    );
    expect(removeEntry(spec, ping).value).toBe(
      text(...chat, "    commands:", "      # says", "      say: {}", "    # end"),
    );
  });

  test.each([
    ["{ ping: {}, say: {} }", "{ say: {} }"],
    ["{ say: {}, ping: {} }", "{ say: {} }"],
    ["{ ping: {} }", "{}"],
    ["{ ping: {}, }", "{}"],
    ["{ ping: {} # why\n    }", "{  # why\n    }"],
  ])("works in flow style: %s", (before, after) => {
    expect(removeEntry(text(...chat, `    commands: ${before}`), ping).value).toBe(
      text(...chat, `    commands: ${after}`),
    );
  });

  test("undoes an addition at the end of a file without a final newline", () => {
    const spec = text(...chat, "    commands:", "      say: {}").trimEnd();
    expect(removeEntry(addPing(spec) ?? "", ping).value).toBe(spec);
  });

  test.each([
    [text("    commands:", "      say: {}", "      # more to come")],
    [text("    commands:", "      say: {}", "", "      # more to come", "    # end")],
    [text("    commands:", "      say: {}", "      # more to come").trimEnd()],
  ])("keeps the comments above an added entry: %j", (commands) => {
    const spec = text(...chat) + commands;
    expect(removeEntry(addPing(spec) ?? "", ping).value).toBe(spec);
  });

  test("refuses an entry with an anchor that others use", () => {
    const spec = text(...chat, "    commands:", "      ping: &p {}", "      say: *p");
    expect(removeEntry(spec, ping).diagnostics).toMatchObject([{ code: "unexpected-shape" }]);
  });

  test("refuses an unknown entry", () => {
    expect(removeEntry(text(...chat), ping).diagnostics).toMatchObject([{ code: "not-in-spec" }]);
  });
});

describe("renameEntry", () => {
  const spec = text(
    ...chat,
    "    commands:",
    "      # pings",
    "      'ping': &p { reply: true } # pong",
    "      say: *p",
  );

  test("changes only the key", () => {
    expect(renameEntry(spec, { ...ping, to: "a: b" }).value).toBe(spec.replace("'ping'", "'a: b'"));
  });

  test("refuses a name that is taken", () => {
    expect(renameEntry(spec, { ...ping, to: "say" }).diagnostics).toMatchObject([
      { code: "already-exists", severity: "error" },
    ]);
  });

  test("there and back gives the same bytes", () => {
    const plain = spec.replace("'ping'", "ping");
    const there = renameEntry(plain, { ...ping, to: "pong" }).value ?? "";
    expect(renameEntry(there, { ...ping, name: "pong", to: "ping" }).value).toBe(plain);
  });
});

test.each(["\ufffe\u0000", "a\u007fb", "\u0080", "\uffff"])(
  "addCommand: writes the name %j as an escape",
  (name) => {
    const spec = text("# top", ...chat, "    commands:", "      say: {} # to all");
    const { value = "" } = addCommand(spec, { file, module: "chat", name, description: name });
    const read = readSpec({ file, bytes: new TextEncoder().encode(value) });
    expect(read.diagnostics).toEqual([]);
    expect(read.value?.modules[0]?.commands.some((one) => one.name.value === name)).toBe(true);
    expect(removeEntry(value, { ...ping, name }).value).toBe(spec);
  },
);

test("addCommand: with any name, the result reads back and everything else keeps its bytes", () => {
  const spec = text("# top", ...chat, "    commands:", "      say: {} # to all", "", "# end");
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "binary" }), (name) => {
      const { value = "" } = addCommand(spec, { file, module: "chat", name, description: name });
      const read = readSpec({ file, bytes: new TextEncoder().encode(value) });
      expect(read.diagnostics).toEqual([]);
      const command = read.value?.modules[0]?.commands.find((one) => one.name.value === name);
      expect(command).toMatchObject(name === "say" ? { description: "" } : { description: name });
      expect(removeEntry(value, { ...ping, name }).value?.length).toBeLessThanOrEqual(spec.length);
      if (name !== "say") expect(removeEntry(value, { ...ping, name }).value).toBe(spec);
    }),
  );
});
