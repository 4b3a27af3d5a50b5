import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as runtime from "wsgen-runtime";
import * as client from "wsgen-runtime/client";
import * as validation from "wsgen-runtime/validation";
import { checkName, type NameKind, suggestFix } from "../../../src/model/check-name.js";
import { convertName } from "../../../src/model/names.js";

const kinds: readonly NameKind[] = ["module", "command", "event", "schema"];

describe("convertName", () => {
  test.each([
    { given: "say", want: { pascal: "Say", camel: "say", kebab: "say" } },
    { given: "user.login", want: { pascal: "UserLogin", camel: "userLogin", kebab: "user-login" } },
    { given: "chat:send", want: { pascal: "ChatSend", camel: "chatSend", kebab: "chat-send" } },
    { given: "userLogin", want: { pascal: "UserLogin", camel: "userLogin", kebab: "user-login" } },
    { given: "HTTPStatus", want: { pascal: "HttpStatus", camel: "httpStatus", kebab: "http-status" } },
    {
      given: "room/join_now please",
      want: { pascal: "RoomJoinNowPlease", camel: "roomJoinNowPlease", kebab: "room-join-now-please" },
    },
    { given: "v2", want: { pascal: "V2", camel: "v2", kebab: "v2" } },
    { given: "GET", want: { pascal: "Get", camel: "get", kebab: "get" } },
  ])("converts $given", ({ given, want }) => expect(convertName(given)).toEqual(want));

  test("keeps the capitals of a chosen name", () => {
    expect(convertName("HTTPStatus", true)).toEqual({
      pascal: "HTTPStatus",
      camel: "httpStatus",
      kebab: "http-status",
    });
    expect(convertName("loginUser", true)?.pascal).toBe("LoginUser");
    expect(convertName("login.user", true)).toBeUndefined();
  });

  test("gives identifiers and file names, or nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.boolean(), (name, isExact) => {
        const converted = convertName(name, isExact);
        if (converted === undefined) return;
        expect(converted.pascal).toMatch(/^[A-Z][A-Za-z0-9]*$/);
        expect(converted.camel).toMatch(/^[a-z][A-Za-z0-9]*$/);
        expect(converted.kebab).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      }),
    );
  });
});

describe("checkName", () => {
  test.each([
    ["", "invalid-name", "empty"],
    ["../../x", "invalid-name", "out of the project"],
    ["a/../b", "invalid-name", "out of the project"],
    ["/etc/passwd", "invalid-name", "out of the project"],
    ["C:\\x", "invalid-name", "out of the project"],
    ["a\u0000b", "invalid-name", "out of the project"],
    ['a"b', "invalid-name", "cannot become"],
    ["${x}", "invalid-name", "cannot become"],
    ["a\u2028b", "invalid-name", "cannot become"],
    ["获取", "invalid-name", "cannot become"],
    ["é", "invalid-name", "cannot become"],
    ["2fa", "invalid-name", "cannot become"],
    ["---", "invalid-name", "cannot become"],
    ["a".repeat(101), "invalid-name", "101 characters"],
    ["class", "reserved-name", "reserved word"],
    ["await", "reserved-name", "reserved word"],
    ["constructor", "reserved-name", "reserved word"],
    ["__proto__", "reserved-name", "reserved word"],
  ])("refuses %j for every kind", (name, code, reason) => {
    for (const kind of kinds) {
      expect(checkName({ kind, name })).toMatchObject({ code, message: expect.stringContaining(reason) });
    }
  });

  test.each([
    ["module", "con"],
    ["module", "Com1"],
    ["command", "nul"],
    ["command", "lpt9"],
    ["module", "Class"],
    ["event", "to-string"],
    ["schema", "Promise"],
    ["schema", "array"],
    ["command", "i"],
  ] as const)("the %s name %s is reserved", (kind, name) => {
    expect(checkName({ kind, name })).toMatchObject({ code: "reserved-name" });
  });

  test("accepts any wire name with a name in code", () => {
    for (const name of ["../../x", "class", "获取", "con", 'a"b']) {
      expect(checkName({ kind: "command", name, as: "LoginUser" })).toMatchObject({ pascal: "LoginUser" });
    }
    expect(checkName({ kind: "command", name: "x", as: "a.b" })).toMatchObject({ code: "invalid-name" });
    expect(checkName({ kind: "module", name: "x", as: "class" })).toMatchObject({ code: "reserved-name" });
  });

  test("accepts the name that its fix suggests", () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom("class", "con", "i", "Array", "2fa", "__proto__", "then", "../x", "获取"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), names, (kind, name) => {
        const checked = checkName({ kind, name });
        if (!("code" in checked) || name === "") return;
        const [, example = ""] = /(?:`as: |example to )([A-Za-z0-9]+)/.exec(checked.fix) ?? [];
        const fixed = kind === "schema" ? { kind, name: example } : { kind, name, as: example };
        expect(checkName(fixed)).not.toHaveProperty("code");
      }),
    );
  });

  test("suggests a number for a name that is taken", () => {
    expect(suggestFix({ kind: "command", name: "user.login" }, "2")).toContain("`as: UserLogin2`");
  });

  test("refuses names that lead out of a folder", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const checked = checkName({ kind: "command", name });
        if ("code" in checked) return;
        const path = posix.normalize(`src/modules/m/commands/${checked.kebab}.command.ts`);
        expect(path.startsWith("src/modules/m/commands/")).toBe(true);
        expect(posix.basename(path)).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./);
      }),
    );
  });
});

test("checkName: refuses modules whose generated code would hide a function of the runtime", () => {
  const functions = [...Object.keys(runtime), ...Object.keys(client), ...Object.keys(validation)];
  const stems = functions.flatMap(
    (name) => /^(?:(\w+?)(?:Events|ModuleOptions)|create(\w+)Client)$/.exec(name)?.slice(1) ?? [],
  );
  const names = stems.filter((stem) => stem !== undefined && stem !== "");
  expect(names).toEqual(expect.arrayContaining(["set", "bind"]));
  for (const name of names) {
    expect(checkName({ kind: "module", name }), name).toMatchObject({ code: "reserved-name" });
    expect(checkName({ kind: "module", name: `${name}s` })).not.toHaveProperty("code");
  }
});
