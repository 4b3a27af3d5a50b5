import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { buildModel } from "../../../src/model/build-model.js";
import { readModel } from "../../../src/read-model.js";
import { maxDepth, maxSpecBytes } from "../../../src/spec-file/parse-yaml.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";
import { maxAliasedNodes } from "../../../src/spec-file/source-tree.js";
import { noFields } from "../../../src/spec-file/spec.js";

const file = "wsgen.yaml";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readSpec({ file, bytes: bytes(text) });
const brief = ({ code, at }: Diagnostic): string => `${at?.line}:${at?.column} ${code}`;
const problems = (text: string): string[] => read(text).diagnostics.map(brief);

const head = "wsgen: 1\nname: demo\n";
const module = (...lines: string[]): string =>
  `${head}modules:\n  chat:\n    port: 1\n    urls: [ws]\n${lines.map((line) => `    ${line}\n`).join("")}`;
const schema = (...lines: string[]): string =>
  `${head}schemas:\n  Thing:\n${lines.map((line) => `    ${line}\n`).join("")}`;

describe("readSpec: a valid spec", () => {
  test("gives values with defaults filled in, in the order as written", () => {
    const { value, diagnostics } = read(
      module(
        "config: { maxMessageSize: 16KiB, writeWait: 500ms, log: { split: day }, inboundQueue: { bytes: 1.5MiB } }",
        "commands:",
        "  zeta: { request: { type: object }, config: { executeTimeout: 2m }, examples: [{ reply: 1 }] }",
        "  alpha:",
        "  beta: { request: any, reply: any }",
        "events: { joined: { data: { const: 1 } }, left: { data: any } }",
      ),
    );
    expect(diagnostics).toEqual([]);
    expect(value?.modules).toMatchObject([
      {
        name: { value: "chat", at: { file, line: 4, column: 3, length: 4 } },
        flag: { value: "chat" },
        port: { value: 1, at: { line: 5, column: 11 } },
        urls: [{ value: "ws", at: { line: 6, column: 12 } }],
        config: [
          { option: "maxMessageSize", value: 16_384 },
          { option: "writeWait", value: 0.5 },
          { option: "log", value: { split: "day" } },
          { option: "inboundQueue", value: { bytes: 1_572_864 } },
        ],
        commands: [
          {
            name: { value: "zeta" },
            request: { value: { type: "object" }, at: { line: 9 } },
            config: [{ option: "executeTimeout", value: 120 }],
            examples: [{ request: {}, reply: 1 }],
          },
          { name: { value: "alpha" }, description: "", request: { value: noFields, at: { line: 10 } } },
          { name: { value: "beta" }, request: undefined, reply: undefined },
        ],
        events: [
          { name: { value: "joined" }, data: { value: { const: 1 } } },
          { name: { value: "left" }, data: undefined },
        ],
      },
    ]);
  });

  test("may have a byte-order mark, CRLF, anchors and keys that look like numbers", () => {
    const text = module("commands:", "  404: { reply: &r { type: object } }", "  'true': { reply: *r }");
    const { value, diagnostics } = read(`\ufeff${text.replaceAll("\n", "\r\n")}`);
    expect(diagnostics).toEqual([]);
    expect(value?.modules[0]?.commands).toMatchObject([
      { name: { value: "404", at: { line: 8, column: 7 } }, reply: { value: { type: "object" } } },
      { name: { value: "true" }, reply: { value: { type: "object" } } },
    ]);
  });

  test("keeps __proto__ as a name", () => {
    const { value } = read(schema("properties: { __proto__: { type: string } }"));
    expect(JSON.stringify(value?.schemas[0]?.schema.value)).toBe(
      '{"properties":{"__proto__":{"type":"string"}}}',
    );
  });

  test("finds places inside a schema by JSON Pointer", () => {
    const { value } = read(schema("properties:", "  a/b:", "    enum: [x, y]"));
    const locate = value?.schemas[0]?.schema.locate;
    expect(locate?.("/properties/a~1b/enum/1")).toMatchObject({ line: 7, column: 19, length: 1 });
    expect(locate?.("/properties/a~1b/nothing")).toMatchObject({ line: 7, column: 9 });
  });
});

describe("readSpec: unreadable text", () => {
  test.each([
    ["too many bytes", bytes("#".repeat(maxSpecBytes + 1)), "1:1"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0]), "1:1"],
    ["bad UTF-8", new Uint8Array([0x61, 0x3a, 0x0a, 0x62, 0xc3, 0x28]), "2:2"],
    ["NUL", bytes("name: a\u0000b"), "1:8"],
    ["an escape sequence", bytes("name: \u001b[31m"), "1:7"],
    ["a carriage return alone", bytes("a: 1\rb: 2"), "1:5"],
    ["deep flow", bytes("[".repeat(50_000)), `1:${maxDepth + 2}`],
    ["deep blocks", bytes(`${"- ".repeat(50_000)}`), `1:${2 * maxDepth + 3}`],
  ])("%s", (_name, input, place) => {
    const { value, diagnostics } = readSpec({ file, bytes: input });
    expect(value).toBeUndefined();
    expect(diagnostics.map(brief)).toEqual([`${place} spec-unreadable`]);
  });

  test("an alias bomb is refused at the alias, in little time", () => {
    const bomb = Array.from(
      { length: 40 },
      (_, index) => `b${index}: &b${index} [${`*b${index - 1}, `.repeat(9)}1]`,
    );
    const text = `x: &b-1 [1]\n${bomb.join("\n")}`;
    expect(problems(text).filter((found) => found.includes("spec-unreadable"))).toHaveLength(1);
    expect(String(read(text).diagnostics.map(({ message }) => message))).toContain(String(maxAliasedNodes));
  });

  test.each([
    ["a tag", "wsgen: !!js/function 1", "1:8"],
    ["tabs", "wsgen: 1\nmodules:\n\tchat: 1", "3:1"],
    ["an anchor that is not there", "wsgen: *x", "1:8"],
    ["an alias within its own anchor", "wsgen: &a [*a]", "1:12"],
    ["a second document", "wsgen: 1\n---\nname: x", "2:1"],
    ["another version of YAML", "%YAML 1.1\n---\nwsgen: 1", "1:1"],
    ["a missing quote", 'wsgen: "1\nname: x', "2:8"],
  ])("%s is a syntax error", (_name, text, place) => {
    expect(problems(text)).toContain(`${place} spec-syntax`);
  });

  const values = [
    { given: "!!binary aGVsbG8=", want: "3:19 wrong-type" },
    { given: "!!timestamp 2001-12-14", want: "3:22 wrong-type" },
    { given: "!!set { a, b }", want: "3:16 wrong-type" },
    { given: "!!omap [a: 1]", want: "3:17 wrong-type" },
    { given: "!!pairs [a: 1]", want: "3:18 wrong-type" },
    { given: "!mine 1", want: "3:10 spec-syntax" },
    { given: "!!js/symbol x", want: "3:10 spec-syntax" },
    { given: ".nan", want: "3:10 wrong-type" },
    { given: "-.inf", want: "3:10 wrong-type" },
    { given: "0.1e400", want: "3:10 wrong-type" },
    { given: "{ [a]: 1 }", want: "3:12 wrong-type" },
    { given: "{ !!binary aGk=: 1 }", want: "3:21 wrong-type" },
    { given: "9007199254740993", want: "3:10 invalid-value" },
    { given: "0x20000000000001", want: "3:10 invalid-value" },
    { given: "0.12345678901234567890123", want: "3:10 invalid-value" },
    { given: "1e-400", want: "3:10 invalid-value" },
  ];
  test.each(values)(
    "$given, which JSON or JavaScript does not have, is reported wherever it stands",
    ({ given, want }) => {
      const found = problems(`wsgen: 1\nname: a\nmodules: ${given}\n`);
      expect(found).toContain(want);
      const inside = `wsgen: 1\nname: a\nschemas: { A: { examples: [ {a: ${given} } ] } }\n`;
      expect(problems(inside)).toEqual([expect.stringContaining(want.split(" ")[1] ?? "")]);
    },
  );

  test.each([
    "1.50",
    "-0.0",
    "1e3",
    "0x1F",
    "0o17",
    "0007",
    "+1",
    "9007199254740992",
    "0.1",
    "1.7976931348623157e308",
    "!!str 1",
    "!!int 1",
    "! x",
  ])("%s is accepted unchanged", (given) =>
    expect(problems(`wsgen: 1\nname: a\nschemas: { A: { const: ${given} } }\n`)).toEqual([]),
  );

  test("a merge key is an unknown key", () => {
    expect(problems(`${head}<<: { description: x }`)).toEqual(["3:1 unknown-key"]);
  });

  test("text well above a syntax error is checked, too", () => {
    expect(problems(`wsgen: 2\nnmae: x\nmodules:\n  chat\n    port: 1\n`)).toEqual([
      "1:8 invalid-value",
      "2:1 unknown-key",
      "4:3 spec-syntax",
    ]);
    expect(problems('name: "x\nwsgen: 1\n')).toEqual(["3:1 spec-syntax"]);
  });
});

describe("readSpec: problems of shape", () => {
  test.each<[string, string, string[]]>([
    ["nothing at all", "", ["1:1 wrong-type"]],
    ["a list", "- 1", ["1:1 wrong-type"]],
    ["missing keys", "description: x", ["1:1 missing-key", "1:1 missing-key"]],
    ["another version", "wsgen: 2\nname: a", ["1:8 invalid-value"]],
    ["a name that is no package name", "wsgen: 1\nname: My App", ["2:7 invalid-value"]],
    ["a module without port and urls", `${head}modules:\n  chat: {}`, ["4:3 missing-key", "4:3 missing-key"]],
    ["a port that is none", module().replace("port: 1", "port: 65536"), ["5:11 invalid-value"]],
    ["a port that is text", module().replace("port: 1", "port: '1'"), ["5:11 wrong-type"]],
    ["a port with a fraction", module().replace("port: 1", "port: 1.5"), ["5:11 wrong-type"]],
    ["urls that are no list", module().replace("[ws]", "ws"), ["6:11 wrong-type"]],
    ["urls that are empty", module().replace("[ws]", "[]"), ["6:11 invalid-value"]],
    ["an unknown key", module("prot: 1"), ["7:5 unknown-key"]],
    ["a request with nothing after it", module("commands: { a: { request: } }"), ["7:31 wrong-type"]],
    ["a request that is a list", module("commands: { a: { request: [] } }"), ["7:31 invalid-schema"]],
    ["a request of another word", module("commands: { a: { request: object } }"), ["7:31 wrong-type"]],
    ["a reply of another word", module("commands: { a: { reply: 'Any' } }"), ["7:29 wrong-type"]],
    ["any within a schema", module("commands: { a: { reply: { items: any } } }"), ["7:38 invalid-schema"]],
    ["an unknown key of a command", module("commands: { a: { requst: {} } }"), ["7:22 unknown-key"]],
    [
      "a key that is there twice",
      module("commands:", "  a: {}", "  b: {}", "  a: {}"),
      ["10:7 duplicate-key"],
    ],
    ["keys that are no text", `${head}? [a]\n: 1\n`, ["3:3 wrong-type"]],
    ["a flag of two segments", module("flag: a/b"), ["7:11 invalid-value"]],
    ["a name that is no flag", module().replace("chat:", "'a b':"), ["4:3 invalid-value"]],
    ["infinity", module("commands: { a: { examples: [{ reply: .inf }] } }"), ["7:42 wrong-type"]],
  ])("%s", (_name, text, expected) => expect(problems(text)).toEqual(expected));

  test("the fix for a merge key names YAML 1.2", () => {
    const [merge] = read(module("commands: { a: &a { description: x }, b: { <<: *a } }")).diagnostics;
    expect(merge).toMatchObject({ code: "unknown-key", fix: expect.stringContaining("no merge keys") });
  });

  test("a message has what was found, what was expected and a fix", () => {
    const [word] = read(module("commands: { a: { request: object } }")).diagnostics;
    expect(word).toMatchObject({
      message: `'modules.chat.commands.a.request' must be a JSON Schema (2020-12), or \`any\`, found the string "object".`,
      fix: "Write a JSON Schema (2020-12), or `any`.",
    });
    const [port, unknown, twice] = read(
      module("prot: 1", "flag: a", "flag: b").replace("port: 1", "port: abc"),
    ).diagnostics;
    expect(port).toMatchObject({
      message: `'modules.chat.port' must be a port from 0 to 65535, found the string "abc".`,
      fix: "Write `10099`, for example.",
    });
    expect(unknown).toMatchObject({
      message: "Unknown key 'prot' in 'modules.chat'; did you mean 'port'?",
      fix: "Rename it to 'port'.",
      at: { length: 4 },
      excerpt: "    prot: 1",
    });
    expect(twice).toMatchObject({
      message: "Duplicate key 'flag'; the first is on line 8, column 5.",
    });
  });

  test("all problems are reported in the order of the text", () => {
    const text =
      "wsgen: 3\nname: A B\nmodules:\n  chat:\n    port: -1\n    urls: [ws, 'a b']\n    flags: x\n  x: 5\nend: 1\n";
    expect(problems(text)).toEqual([
      "1:8 invalid-value",
      "2:7 invalid-value",
      "5:11 invalid-value",
      "6:16 invalid-value",
      "7:5 unknown-key",
      "8:6 wrong-type",
      "9:1 unknown-key",
    ]);
  });

  test("a spec with errors still has a value", () => {
    const { value } = read(module("prot: 1", "commands: { class: {}, 获取: {} }"));
    const codes = value && buildModel(value).diagnostics.map(brief);
    expect(codes).toEqual(["8:17 reserved-name", "8:28 invalid-name"]);
  });
});

describe("readSpec: options", () => {
  test.each([
    "maxMessageSize: 0",
    "maxMessageSize: 2GiB",
    "maxMessageSize: 16kb",
    "maxMessageSize: 0.3B",
    "writeWait: 0",
    "writeWait: 0ms",
    "pingPeriod: 25h",
    "pingPeriod: 5 weeks",
    "handshakeTimeout: 3601",
    "mode: prod",
    "logLevel: verbose",
    "log: { file: ../x.log }",
    "log: { file: a/b }",
    "pprof: { host: localhost }",
    "admin: 9000",
    "admin: { port: 9000 }",
    "admin: { port: 9000, tokenEnv: A-B }",
    "admin: { port: 9000, tokenEnv: T, token: 0123456789abcdef }",
    "admin: { port: 9000, tokenEnv: T, tokens: [] }",
    "admin: { port: 9000, tokens: [{ name: a, env: T }] }",
    "admin: { port: 9000, tokens: [{ name: a, env: T, rights: [write] }] }",
    "commandConcurrency: 1025",
    "envelope: { unknownCommand: 1001 }",
    "envelope: { invalidMessage: close }",
    "subprotocols: ['a b']",
    "subprotocols: [a, a]",
    "allowedOrigins: [example.org]",
    "allowedOrigins: [https://example.org/]",
    "trustProxy: 0",
    "tls: { cert: a }",
    "commandRate: 0",
    "logConsole: yes",
    "maxMesageSize: 1",
  ])("refuses %s", (option) => {
    const found = read(module(`config: { ${option} }`)).diagnostics;
    expect(found).toHaveLength(1);
    expect(found[0]?.at?.line).toBe(7);
  });

  test.each([
    "maxMessageSize: 1 KiB",
    "executeTimeout: 0s",
    "envelope: { unknownCommand: 1008, invalidMessage: 4000 }",
    "allowedOrigins: ['*', 'http://localhost:3000']",
    "trustProxy: 2",
    "compression: { threshold: 1KiB }",
    "pprof: 6060",
    "admin: { port: 9000, tokenEnv: ADMIN_TOKEN, host: 10.0.0.1 }",
    "admin: { port: 9000, tokens: [{ name: ops, env: T, rights: [read, push] }] }",
    "commandRate: 0.5",
  ])("accepts %s", (option) => expect(problems(module(`config: { ${option} }`))).toEqual([]));
});

describe("readSpec: JSON Schemas", () => {
  const problems = (text: string): string[] => readModel({ file, bytes: bytes(text) }).diagnostics.map(brief);

  test.each<[string, string, string]>([
    ["an unknown type", "type: strin", "5:11 invalid-schema"],
    ["a misspelt keyword", "maxLenght: 3", "5:5 invalid-schema"],
    ["a keyword of another draft", "definitions: {}", "5:5 invalid-schema"],
    ["a value of a wrong type", "properties: { a: { minLength: x } }", "5:35 invalid-schema"],
    ["items as a list", "items: [{ type: string }]", "5:12 invalid-schema"],
    ["an unknown format", "format: datetime", "5:13 invalid-schema"],
    ["a pattern that is none", "pattern: '('", "5:14 invalid-schema"],
    ["a pattern that is none with the u flag", "pattern: '\\-'", "5:14 invalid-schema"],
    ["a key of patternProperties that is none", "patternProperties: { '(': {} }", "5:26 invalid-schema"],
    ["an unknown shared schema", "$ref: '#/schemas/Other'", "5:11 unknown-reference"],
    ["an unknown definition", "items: { $ref: '#/$defs/a' }", "5:20 unknown-reference"],
    ["another file", "$ref: other.json#/a", "5:11 unknown-reference"],
    ["a part of a shared schema", "$ref: '#/schemas/Thing/items'", "5:11 unknown-reference"],
    ["a circle of itself", "$ref: '#/schemas/Thing'", "5:11 invalid-schema"],
    ["a circle through allOf", "allOf: [{ anyOf: [{ $ref: '#' }] }]", "5:31 invalid-schema"],
    ["a circle inside a property", "properties: { a: { $ref: '#/properties/a' } }", "5:30 invalid-schema"],
  ])("%s is refused", (_name, line, expected) => expect(problems(schema(line))).toEqual([expected]));

  test.each([
    "properties: { self: { $ref: '#/schemas/Thing' }, root: { $ref: '#' } }",
    "{ $defs: { a: { $anchor: here } }, items: { $ref: '#here' }, prefixItems: [{ $ref: '#/$defs/a' }] }",
    "{ type: [object, 'null'], x-note: free, const: { maxLenght: not a keyword } }",
    "enum: [1, a, null, { b: [] }]",
  ])("%s is accepted", (line) => expect(problems(schema(line))).toEqual([]));

  const unmatched = [
    {
      given: 'enum: [0.9, 1.0, "2.0.1"]',
      want: ["6:12 Write it in quotes: `'0.9'`.", "6:17 Write it in quotes: `'1.0'`."],
    },
    { given: "const: true", want: ["6:12 Write it in quotes: `'true'`."] },
    { given: "default: [a]", want: ["6:14 Change the value or the type."] },
    { given: "examples: [a, 'null', null]", want: ["6:27 Write it in quotes: `'null'`."] },
    {
      given: "enum: [a]\n    minLength: 9007199254740993",
      want: ["7:16 Write `9007199254740992`, or put it in quotes as a string."],
    },
  ];
  test.each(unmatched)("$given does not match its type, which is a warning", ({ given, want }) => {
    const { diagnostics } = read(schema("type: string", given));
    expect(diagnostics.every(({ severity }) => severity === "warning")).toBe(true);
    expect(diagnostics.map(({ at, fix }) => `${at?.line}:${at?.column} ${fix}`)).toEqual(want);
  });

  test("a request must be an object", () => {
    expect(problems(module("commands: { a: { request: { type: string } } }"))).toEqual([
      "7:39 invalid-schema",
    ]);
  });

  test("a long chain of references does not overflow the stack", () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `  T${index}: { $ref: '#/schemas/T${index + 1}' }`,
    );
    expect(problems(`${head}schemas:\n${lines.join("\n")}\n  T20000: {}\n`)).toEqual([]);
  });
});

describe("readSpec: routes", () => {
  test.each(["a/*b/c", "a/x*b", "*", "a/:", "a/:b:c", ":a/:a", "a b", "..", "a%20b", "a/:b?"])(
    "%s is refused",
    (url) => {
      expect(problems(module().replace("[ws]", `["${url}"]`))).toEqual(["6:12 invalid-value"]);
    },
  );

  test.each([
    "/",
    "/ws/",
    "//ws",
    "rooms/:room",
    "user_:name/x",
    "files/*path",
    "*all",
    "a\\\\:b",
    "房间/:名",
  ])("%s is accepted", (url) => {
    expect(problems(module().replace("[ws]", `["${url}"]`))).toEqual([]);
  });
});

describe("readSpec: any input", () => {
  const survives = (input: Uint8Array): void => {
    const { value, diagnostics } = readModel({ file, bytes: input });
    for (const { at } of diagnostics) expect(at).toMatchObject({ line: expect.any(Number) });
    expect(value === undefined && diagnostics.length === 0).toBe(false);
  };

  test("with arbitrary bytes and text never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives));
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => survives(bytes(text))));
  });

  test("with arbitrary arrangements of YAML never throws", () => {
    const piece = fc.constantFrom(
      ...[
        "wsgen: 1",
        "modules:",
        "schemas:",
        "chat:",
        "port: 1",
        "urls: [ws]",
        "commands:",
        "- ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
      ],
      ...[
        "&a ",
        "*a",
        "!!str ",
        "|",
        ">",
        "'",
        '"',
        "#",
        "\n",
        "\n  ",
        "\n    ",
        ",",
        "$ref: '#/schemas/a'",
        "a: ",
        "<<: ",
        "---\n",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => survives(bytes(pieces.join("")))),
      { numRuns: 1_000 },
    );
  });

  test("that is a valid spec without its end or with a repeated line never throws", () => {
    const lines = module(
      "config: { log: true }",
      "commands:",
      "  a:",
      "    request: { type: object }",
      "events: { b: {} }",
    ).split("\n");
    const index = fc.nat({ max: lines.length });
    fc.assert(
      fc.property(index, index, fc.nat({ max: 200 }), (from, at, cut) => {
        const changed = [...lines.slice(0, at), lines[from] ?? "", ...lines.slice(at)].join("\n");
        survives(bytes(changed.slice(0, changed.length - cut)));
      }),
    );
  });
});
