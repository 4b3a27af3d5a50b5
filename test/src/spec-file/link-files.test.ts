// A spec in several files: every `$ref` to a file becomes one to a shared schema, and problems have their place in their file.
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { readModel } from "../../../src/read-model.js";
import { collectFiles } from "../../../src/spec-file/collect-files.js";
import { maxSpecBytes } from "../../../src/spec-file/parse-yaml.js";
import { maxAliasedNodes } from "../../../src/spec-file/source-tree.js";

const head = "wsgen: 1\nname: demo\n";
const say = (reply: string): string =>
  `${head}modules: { chat: { port: 1, urls: [ws], commands: { say: { reply: ${reply} } } } }\n`;
const ref = (path: string): string => `{ $ref: '${path}' }`;

/** Reads a spec and its files, by path from the folder of the spec. */
async function read(files: Readonly<Record<string, string>>, file = "wsgen.yaml") {
  const asked: string[] = [];
  const spec = { file, bytes: Buffer.from(files["wsgen.yaml"] ?? "") };
  const source = await collectFiles(spec, async (path, maxBytes) => {
    asked.push(path);
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined)
      return { code: "unknown-reference", message: `${path} was not found.`, fix: "Create it." };
    const bytes = Buffer.from(text);
    return bytes.byteLength > maxBytes
      ? { code: "spec-unreadable", message: "Too many bytes.", fix: "Split." }
      : bytes;
  });
  const { value, diagnostics } = readModel(source);
  return { model: value, diagnostics, asked };
}

const brief = ({ code, at }: Diagnostic): string => `${at?.file}:${at?.line}:${at?.column} ${code}`;
const problems = async (files: Readonly<Record<string, string>>) =>
  (await read(files)).diagnostics.map(brief);
const types = async (files: Readonly<Record<string, string>>) => {
  const { model, diagnostics } = await read(files);
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(model?.schemas.map(({ typeName, schema }) => [typeName, schema]) ?? []);
};

const user = "User:\n  type: object\n  properties: { name: { type: string } }\n";

describe("a reference to a file", () => {
  test.each([
    ["a schema by its name", "./schemas/user.yaml#/User", "schemas/user.yaml", user, "User"],
    ["a path without a dot", "schemas/user.yml#/User", "schemas/user.yml", user, "User"],
    ["JSON", "./user.json#/User", "user.json", '{ "User": { "type": "string" } }', "User"],
    [
      "a deeper pointer",
      "./api.yaml#/components/schemas/User",
      "api.yaml",
      "components: { schemas: { User: {} } }",
      "User",
    ],
    ["a file that is one schema", "./user-profile.yaml", "user-profile.yaml", "type: string", "UserProfile"],
    ["a file that is one schema, with an empty pointer", "./user.yaml#", "user.yaml", "true", "User"],
    ["a part of a schema", "./user.yaml#/User/properties/name", "user.yaml", user, "Name"],
    ["an escaped name", "./a%20b.yaml#/x~1y", "a b.yaml", "x/y: { type: string }", "XY"],
    ["a way through other folders", "./a/../b/./user.yaml#/User", "b/user.yaml", user, "User"],
  ])("leads to %s", async (_title, path, file, text, name) => {
    const { model, diagnostics, asked } = await read({ "wsgen.yaml": say(ref(path)), [file]: text });
    expect(diagnostics).toEqual([]);
    expect(asked).toEqual([file]);
    expect(model?.schemas.map(({ typeName }) => typeName)).toEqual([name]);
  });

  test.each([
    ["request", "commands: { say: { request: REF } }"],
    ["reply", "commands: { say: { reply: { items: REF } } }"],
    ["details of an error", "errors: { bad: { details: { who: REF } } }"],
    ["a whole schema of details", "errors: { bad: { details: REF } }"],
    ["data of an event", "events: { joined: { data: REF } }"],
    ["the query", "handshake: { query: REF }"],
    ["a property of the query", "handshake: { query: { a: REF, b?: REF } }"],
  ])("stands in %s", async (_title, text) => {
    const file = text.includes("query: {") ? "User: { type: string }" : user;
    const module = text.replaceAll("REF", ref("./user.yaml#/User"));
    const spec = `${head}modules: { chat: { port: 1, urls: [ws], ${module} } }\n`;
    expect(Object.keys(await types({ "wsgen.yaml": spec, "user.yaml": file }))).toEqual(["User"]);
  });

  test("is relative to the file that contains it, and may form a circle between files", async () => {
    const found = await types({
      "wsgen.yaml": say(ref("./schemas/user.yaml#/User")),
      "schemas/user.yaml": `User: { properties: { team: ${ref("team/team.yaml")} } }`,
      "schemas/team/team.yaml": `properties: { members: { items: ${ref("../user.yaml#/User")} } }`,
    });
    expect(found).toEqual({
      User: { properties: { team: { $ref: "#/schemas/schemas~1team~1team.yaml" } } },
      Team: { properties: { members: { items: { $ref: "#/schemas/schemas~1user.yaml#~1User" } } } },
    });
  });

  test("begins at the top of a file with #, and stays in the schema if it leads there", async () => {
    const found = await types({
      "wsgen.yaml": say(ref("./user.yaml#/User")),
      "user.yaml": `
User:
  $defs: { Id: { type: string }, "a%b": { $anchor: here } }
  properties:
    id: ${ref("#/User/$defs/Id")}
    odd: ${ref("#/User/$defs/a%25b")}
    anchor: ${ref("#here")}
    friend: ${ref("#/User")}
    team: ${ref("#/Team")}
    own: ${ref("./user.yaml#/User/properties/id")}
Team: { type: string }
`,
    });
    expect(found).toMatchObject({
      User: {
        properties: {
          id: { $ref: "#/$defs/Id" },
          odd: { $ref: "#/$defs/a%25b" },
          anchor: { $ref: "#here" },
          friend: { $ref: "#/schemas/user.yaml#~1User" },
          team: { $ref: "#/schemas/user.yaml#~1Team" },
          own: { $ref: "#/properties/id" },
        },
      },
      Team: { type: "string" },
    });
  });

  test("may lead back to a shared schema of the spec", async () => {
    const spec = `${say(ref("./user.yaml#/User"))}schemas: { Id: { type: string } }\n`;
    const found = await types({
      "wsgen.yaml": spec,
      "user.yaml": `User: { items: ${ref("./wsgen.yaml#/schemas/Id")} }`,
    });
    expect(found).toEqual({ Id: { type: "string" }, User: { items: { $ref: "#/schemas/Id" } } });
  });

  test("is only a value in const, examples and default, and a file that no schema needs is no problem", async () => {
    const text = `{ const: ${ref("./none.yaml")}, x-note: ${ref("../../outside.yaml")} }`;
    expect(await problems({ "wsgen.yaml": say(text) })).toEqual([]);
  });

  test("has the name of an entry of schemas that is nothing but the reference", async () => {
    const spec = `${say(ref("./user.yaml#/User"))}schemas:\n  Person: ${ref("./user.yaml#/User")}\n  Human: ${ref("./user.yaml#/User")}\n`;
    const found = await types({ "wsgen.yaml": spec, "user.yaml": user });
    expect(found).toMatchObject({ Person: { type: "object" }, Human: { $ref: "#/schemas/Person" } });
  });

  test("is the same in an alias, and in the same schema twice", async () => {
    const spec = say(
      `{ properties: { a: &user ${ref("./user.yaml#/User")}, b: *user, c: ${ref("user.yaml#/User")} } }`,
    );
    expect(Object.keys(await types({ "wsgen.yaml": spec, "user.yaml": user }))).toEqual(["User"]);
  });
});

describe("a reference that leads nowhere", () => {
  const at = "wsgen.yaml:3:75";
  test.each([
    ["a missing file", "./none.yaml#/User", "unknown-reference"],
    ["a missing pointer", "./user.yaml#/Usr", "unknown-reference"],
    ["a missing part", "./user.yaml#/User/items", "unknown-reference"],
    ["a number", "./user.yaml#/version", "unknown-reference"],
    ["a file with several schemas", "./user.yaml", "unknown-reference"],
    ["an anchor", "./user.yaml#User", "unknown-reference"],
    ["bad percent-encoding", "./user%.yaml#/User", "unknown-reference"],
    ["another kind of file", "./user.ts#/User", "unknown-reference"],
    ["a folder", "./schemas/", "unknown-reference"],
    ["nothing", "", "unknown-reference"],
    ["a URL", "https://example.org/user.yaml#/User", "unknown-reference"],
    ["a URL of a file", "file:///etc/user.yaml", "unknown-reference"],
    ["a URL without a scheme", "//example.org/user.yaml", "unknown-reference"],
    ["a drive", "C:/user.yaml", "unknown-reference"],
    ["a backslash", "schemas\\user.yaml", "unknown-reference"],
    ["a NUL", "user%00.yaml", "unknown-reference"],
    ["a hidden folder", "./.git/user.yaml", "unknown-reference"],
    ["an absolute path", "/etc/user.yaml", "outside-project"],
    ["an encoded absolute path", "%2Fetc/user.yaml", "outside-project"],
    ["a path that leaves the folder", "../user.yaml#/User", "outside-project"],
    ["an encoded path that leaves the folder", "./a/%2e%2e/%2E%2E/user.yaml", "outside-project"],
    ["the spec itself", "./wsgen.yaml", "unknown-reference"],
    ["a command of the spec", "./wsgen.yaml#/modules/chat", "unknown-reference"],
    ["a missing schema of the spec", "./wsgen.yaml#/schemas/User", "unknown-reference"],
  ])("%s", async (_title, path, code) => {
    const files = { "wsgen.yaml": say(ref(path)), "user.yaml": `${user}version: 1\n` };
    const { diagnostics, asked } = await read(files);
    expect(diagnostics.map(brief)).toEqual([`${at} ${code}`]);
    expect(diagnostics[0]).toMatchObject({
      excerpt: expect.stringContaining("$ref"),
      fix: expect.any(String),
    });
    // Only paths below the folder of the spec reach the disk.
    for (const each of asked) expect(each).toMatch(/^[a-z%]+\.yaml$/);
  });

  test("is reported in the file that contains it, and once", async () => {
    const files = {
      "wsgen.yaml": say(`{ items: ${ref("./a/user.yaml#/User")}, not: ${ref("./a/user.yaml#/User/items")} }`),
      "a/user.yaml": `User:\n  items:\n    anyOf:\n      - ${ref("../none.yaml")}\n      - ${ref("#/Usr")}\n      - ${ref("#/User/$defs/a")}\n      - ${ref("../../up.yaml")}\n      - ${ref("#nowhere")}\n`,
    };
    expect(await problems(files)).toEqual([
      "a/user.yaml:4:17 unknown-reference",
      "a/user.yaml:5:17 unknown-reference",
      "a/user.yaml:6:17 unknown-reference",
      "a/user.yaml:7:17 outside-project",
      "a/user.yaml:8:17 unknown-reference",
    ]);
  });

  test("suggests a name that is nearly the same", async () => {
    const { diagnostics } = await read({ "wsgen.yaml": say(ref("./user.yaml#/Usr")), "user.yaml": user });
    expect(diagnostics[0]).toMatchObject({
      message: "user.yaml has nothing at '#/Usr'; did you mean '#/User'?",
      fix: "Write the pointer `#/User`.",
    });
  });
});

describe("a problem in a referenced file has its place there", () => {
  const spec = say(ref("./a/user.yaml#/User"));
  test.each([
    ["YAML", "User: {", "1:8 spec-syntax"],
    ["an unknown keyword", "User:\n  maxLenght: 1", "2:3 invalid-schema"],
    ["a bad pattern", "User:\n  pattern: '('", "2:12 invalid-schema"],
    ["a duplicate key", "User: {}\nUser: {}", "2:1 duplicate-key"],
    ["a circle", `User: ${ref("#/Other")}\nOther: ${ref("#/User")}`, "2:16 invalid-schema"],
    ["a control character", "User: { title: '\u0001' }", "1:17 spec-unreadable"],
  ])("%s", async (_title, text, expected) => {
    expect(await problems({ "wsgen.yaml": spec, "a/user.yaml": text })).toContain(`a/user.yaml:${expected}`);
  });

  test("beside those of the spec, file by file", async () => {
    const text = `${head}modules:\n  chat:\n    port: many\n    urls: [ws]\n    events: { a: { data: ${ref("./user.yaml#/User")} } }\nextra: 1\n`;
    const found = await problems({ "wsgen.yaml": text, "user.yaml": "User:\n  type: strin\n" });
    expect(found).toEqual([
      "wsgen.yaml:5:11 wrong-type",
      "wsgen.yaml:8:1 unknown-key",
      "user.yaml:2:9 invalid-schema",
    ]);
  });

  test("and the name by which the spec was given", async () => {
    for (const file of ["../contracts/wsgen.yaml", "origin/main:wsgen.yaml", "HEAD:api/wsgen.yaml"]) {
      const { diagnostics } = await read(
        { "wsgen.yaml": spec, "a/user.yaml": "User: { type: strin }" },
        file,
      );
      expect(diagnostics[0]?.at?.file).toBe(file.replace("wsgen.yaml", "a/user.yaml"));
    }
  });

  test("but not if no reference leads to it", async () => {
    expect(
      await problems({ "wsgen.yaml": spec, "a/user.yaml": `${user}Other: { maxLenght: 1 }\nversion: 3` }),
    ).toEqual([]);
  });
});

describe("names of schemas in files", () => {
  test("two schemas with one name are refused, with the entry that gives one of them another name", async () => {
    const spec = say(`{ prefixItems: [${ref("./a.yaml#/User")}, ${ref("./b.yaml#/User")}] }`);
    const { diagnostics } = await read({ "wsgen.yaml": spec, "a.yaml": user, "b.yaml": user });
    expect(diagnostics).toMatchObject([
      {
        code: "name-collision",
        at: { file: "wsgen.yaml", line: 3 },
        message: "The schema 'b.yaml#/User' and the schema 'a.yaml#/User' on line 3 both become 'User'.",
        fix: 'Give it a name below `schemas:` of the spec: `User2: { $ref: "./b.yaml#/User" }`.',
      },
    ]);
    const named = `${spec}schemas: { User2: { $ref: "./b.yaml#/User" } }\n`;
    expect(Object.keys(await types({ "wsgen.yaml": named, "a.yaml": user, "b.yaml": user }))).toEqual([
      "User2",
      "User",
    ]);
  });

  test.each([
    ["a schema of the spec", `schemas: { User: {} }\n`, "./a.yaml#/User", "name-collision"],
    ["a schema with the same name in code", `schemas: { user: {} }\n`, "./a.yaml#/User", "name-collision"],
    ["a number", "", "./a.yaml#/User/anyOf/0", "invalid-name"],
    ["a type of generated code", "", "./a.yaml#/Promise", "reserved-name"],
  ])("refused: %s", async (_title, schemas, path, code) => {
    const text = "User: { anyOf: [{}, {}] }\nPromise: {}\n";
    const { diagnostics } = await read({ "wsgen.yaml": say(ref(path)) + schemas, "a.yaml": text });
    expect(diagnostics.map(brief)).toEqual([`wsgen.yaml:3:75 ${code}`]);
    expect(diagnostics[0]?.fix).toMatch(/^Give it a name below `schemas:` of the spec: /);
  });

  test("a schema in a file is no shared schema of the spec", async () => {
    const spec = say(`{ prefixItems: [${ref("./user.yaml#/User")}, ${ref("#/schemas/User")}] }`);
    expect(await problems({ "wsgen.yaml": spec, "user.yaml": user })).toEqual([
      "wsgen.yaml:3:122 unknown-reference",
    ]);
  });
});

describe("limits", () => {
  test("the spec and its files have together as many bytes as a spec", async () => {
    const big = `# ${"x".repeat(maxSpecBytes / 2)}\n`;
    const spec = `${say(`{ prefixItems: [${ref("./a.yaml#/A")}, ${ref("./b.yaml#/B")}] }`)}`;
    const files = { "wsgen.yaml": spec, "a.yaml": `A: {}\n${big}`, "b.yaml": "B: {}\n" };
    expect(await problems(files)).toEqual([]);
    expect(await problems({ ...files, "b.yaml": `B: {}\n${big}` })).toEqual([
      "wsgen.yaml:3:91 spec-unreadable",
    ]);
  });

  test("aliases count over all files", async () => {
    const bomb = (name: string): string => {
      const rows = Math.ceil(maxAliasedNodes / 1000 / 1.5);
      const list = `[${Array.from({ length: 1000 }, () => "1").join(", ")}]`;
      return `x: &x ${list}\n${name}: { enum: [1], x-a: [${Array.from({ length: rows }, () => "*x").join(", ")}] }\n`;
    };
    const files = { "wsgen.yaml": say(`{ prefixItems: [${ref("./a.yaml#/A")}, ${ref("./b.yaml#/B")}] }`) };
    expect(await problems({ ...files, "a.yaml": bomb("A"), "b.yaml": "B: {}" })).toEqual([]);
    expect(await problems({ ...files, "a.yaml": bomb("A"), "b.yaml": bomb("B") })).toEqual([
      expect.stringMatching(/^b\.yaml:2:\d+ spec-unreadable$/),
    ]);
  });

  test("a file is as deep as a spec may be", async () => {
    const deep = `A: ${"{ items: ".repeat(101)}{}${" }".repeat(101)}`;
    expect(await problems({ "wsgen.yaml": say(ref("./a.yaml#/A")), "a.yaml": deep })).toEqual([
      expect.stringMatching(/^a\.yaml:1:\d+ spec-unreadable$/),
    ]);
  });

  test("names such as __proto__ are data", async () => {
    const text = "__proto__: { type: string }\nconstructor: { type: string }\n";
    const spec = say(`{ prefixItems: [${ref("./a.yaml#/__proto__")}, ${ref("./a.yaml#/toString")}] }`);
    const { diagnostics } = await read({ "wsgen.yaml": spec, "a.yaml": text });
    expect(diagnostics.map(({ message }) => message).sort()).toEqual([
      "The schema name '__proto__' is a reserved word.",
      "a.yaml has nothing at '#/toString'.",
    ]);
  });
});
