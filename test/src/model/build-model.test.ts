import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { buildModel } from "../../../src/model/build-model.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";
import { cpuTimeMs } from "../../support/cpu-time.js";

function model(text: string) {
  const { value, diagnostics } = readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
  expect(diagnostics).toEqual([]);
  if (value === undefined) throw new Error("the spec has no value");
  return buildModel(value);
}

const spec = (modules: string, schemas = "{}"): string =>
  `wsgen: 1\nname: demo\nschemas: ${schemas}\nmodules: ${modules}\n`;
const commands = (list: string, schemas?: string): string =>
  spec(`{ chat: { port: 1, urls: [ws], commands: ${list} } }`, schemas);
const brief = ({ code, message }: Diagnostic): string => `${code}: ${message}`;
const problems = (text: string): string[] => model(text).diagnostics.map(brief);

test("buildModel: computes names, files and options from the spec", () => {
  const { value, diagnostics } = model(
    spec(
      "{ chat.room: { port: 10099, urls: [ws, 'rooms/:room'], flag: c, commands: { user.login: { reply: true }, 获取: { as: Fetch } }, events: { new-message: { data: { $ref: '#/schemas/message' } } } } }",
      "{ message: { type: object } }",
    ),
  );
  expect(diagnostics).toEqual([]);
  expect(value?.schemas).toMatchObject([{ wireName: "message", typeName: "Message" }]);
  expect(value?.modules).toMatchObject([
    {
      wireName: "chat.room",
      flag: "c",
      port: 10_099,
      urls: ["ws", "rooms/:room"],
      className: "ChatRoomModule",
      variable: "chatRoom",
      optionsName: "chatRoomModuleOptions",
      folder: "src/modules/chat-room",
      files: {
        module: "src/modules/chat-room/chat-room.module.ts",
        generated: "src/modules/chat-room/chat-room.gen.ts",
        setup: "test/chat-room.setup.ts",
      },
      commands: [
        {
          wireName: "user.login",
          className: "UserLoginCommand",
          requestType: "UserLoginRequest",
          replyType: "UserLoginReply",
          optionsName: "userLoginOptions",
          file: "src/modules/chat-room/commands/user-login.command.ts",
          reply: true,
        },
        {
          wireName: "获取",
          className: "FetchCommand",
          file: "src/modules/chat-room/commands/fetch.command.ts",
        },
      ],
      events: [{ wireName: "new-message", property: "newMessage", dataType: "NewMessageEventData" }],
    },
  ]);
});

describe("buildModel: equal names", () => {
  test.each([
    ["after conversion", commands("{ user.login: {}, userLogin: {} }"), "both become 'UserLoginCommand'"],
    ["with a name for the code", commands("{ a: { as: Say }, say: {} }"), "both become 'SayCommand'"],
    [
      "as files",
      spec("{ a: { as: HTTPGet, port: 1, urls: [ws] }, b: { as: HttpGet, port: 2, urls: [ws] } }"),
      "both become 'src/modules/http-get'",
    ],
    [
      "with a shared schema",
      commands("{ say: {} }", "{ SayRequest: {} }"),
      "the schema 'SayRequest' on line 3 both become 'SayRequest'",
    ],
    [
      "as modules",
      spec("{ chat: { port: 1, urls: [ws] }, Chat: { port: 2, urls: [ws], flag: x } }"),
      "both become 'ChatModule'",
    ],
    ["as schemas", spec("{}", "{ message: {}, Message: {} }"), "both become 'Message'"],
    [
      "as events",
      spec("{ c: { port: 1, urls: [ws], events: { a.b: {}, a-b: {} } } }"),
      "both become 'ABEventData'",
    ],
  ])("%s are refused", (_name, text, expected) => {
    const { value, diagnostics } = model(text);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: "name-collision", message: expect.stringContaining(expected), excerpt: expect.any(String) },
    ]);
  });

  test("in different modules are allowed, and of a command and an event", () => {
    const module = (port: number): string =>
      `{ port: ${port}, urls: [ws], commands: { ping: {} }, events: { ping: {} } }`;
    expect(problems(spec(`{ a: ${module(1)}, b: ${module(1)} }`))).toEqual([]);
  });

  test("of a module with an invalid name are checked in its commands, too", () => {
    expect(
      problems(spec("{ class: { port: 1, urls: [ws], commands: { await: {}, x.y: {}, xY: {} } } }")),
    ).toEqual([
      expect.stringContaining("reserved-name: The module name 'class'"),
      expect.stringContaining("reserved-name: The command name 'await'"),
      expect.stringContaining("name-collision"),
    ]);
  });

  test("of flags are reported with both modules", () => {
    expect(problems(spec("{ a: { port: 1, urls: [ws] }, b: { port: 2, urls: [ws], flag: a } }"))).toEqual([
      "name-collision: The modules 'a' on line 4 and 'b' both have the flag 'a'.",
    ]);
  });
});

describe("checkRoutes: the routes of one module", () => {
  const urls = (list: string): string => spec(`{ chat: { port: 1, urls: ${list} } }`);

  test.each([
    ["[ws, /ws/]", "they are the same"],
    ["['a/:x', 'a/:y/z']", "is called 'x' there"],
    ["['a/*p', 'a/*q']", "a catch-all allows no other route"],
    ["['a/*p', 'a/b']", "a catch-all allows no other route"],
    ["['a/:b/c', 'a/*p']", "a catch-all allows no other route"],
    ["['v:x', 'v:y']", "is called 'x' there"],
  ])("%s collide", (list, reason) => {
    expect(problems(urls(list))).toEqual([expect.stringMatching(`^route-collision: .*${reason}`)]);
  });

  test.each([
    "['a/b', 'a/:x', 'a/:x/c', 'a/:x/d']",
    "['user_x', 'user_:name', ':id']",
    "[/, '*all']",
    "['a', 'a/*p', 'b/*p']",
  ])("%s do not collide", (list) => expect(problems(urls(list))).toEqual([]));
});

test("checkListeners: modules that share a port must agree on its options", () => {
  const module = (port: number, config: string): string => `{ port: ${port}, urls: [ws], config: ${config} }`;
  expect(problems(spec(`{ a: ${module(1, "{ host: ::1 }")}, b: ${module(1, "{}")} }`))).toEqual([
    `invalid-value: The modules 'a' and 'b' share the port 1, so they must agree on 'host'.`,
  ]);
  expect(problems(spec(`{ a: ${module(1, "{ maxHeaderSize: 16KiB }")}, b: ${module(1, "{}")} }`))).toEqual(
    [],
  );
  expect(problems(spec(`{ a: ${module(0, "{ host: ::1 }")}, b: ${module(0, "{}")} }`))).toEqual([]);
});

test("readModel: reads the example without diagnostics", () => {
  const text = readFileSync(new URL("../../../examples/chat/wsgen.yaml", import.meta.url), "utf8");
  const { value, diagnostics } = model(text);
  expect(diagnostics).toEqual([]);
  expect(value?.modules.map(({ className, port }) => `${className} ${port}`)).toEqual([
    "ChatModule 10099",
    "PresenceModule 10099",
    "FeedModule 10100",
  ]);
});

test("readModel: takes linear time", async () => {
  const lines = (count: number): string =>
    `wsgen: 1\nname: a\nmodules:\n  m:\n    port: 1\n    urls: [ws]\n    commands:\n${Array.from({ length: count }, (_, index) => `      c${index}x: { description: x }\n`).join("")}`;
  const time = (count: number) =>
    cpuTimeMs(() => expect(model(lines(count)).value?.modules[0]?.commands).toHaveLength(count));
  await time(1_000);
  // Ten times the commands: ten times the time if linear, a hundred times if not.
  const small = await time(1_000);
  expect((await time(10_000)) / small).toBeLessThan(40);
});
