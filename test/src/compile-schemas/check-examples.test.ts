// Examples are held against the schemas of their command, where they stand in the spec.
import { describe, expect, test } from "vitest";
import { compileSchemas } from "../../../src/compile-schemas/compile-schemas.js";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { readModel } from "../../../src/read-model.js";

/** The problems of a module with one command, as a person reads them. */
async function problemsOf(command: string, events = ""): Promise<string[]> {
  const diagnostics = await diagnose(command, events);
  return diagnostics.map(({ at, message, code, excerpt }) => {
    const marked = excerpt?.slice((at?.column ?? 1) - 1, (at?.column ?? 1) - 1 + (at?.length ?? 0));
    return `${at?.line}: ${marked} | ${message} [${code}]`;
  });
}

async function diagnose(command: string, events: string): Promise<readonly Diagnostic[]> {
  const text = `wsgen: 1
name: test
schemas:
  Person: { type: object, required: [name], properties: { name: { type: string }, friend: { $ref: "#/schemas/Person" } } }
modules:
  chat:
    port: 1
    urls: [ws]
    commands:
      say:
${command.replace(/^/gm, "        ")}
${events.replace(/^/gm, "    ")}
`;
  const model = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
  expect(model.diagnostics).toEqual([]);
  const { value, diagnostics } = await compileSchemas(model.value!);
  expect(value === undefined).toBe(diagnostics.length > 0);
  return diagnostics;
}

const schemas = `request: { type: object, required: [text], properties: { text: { type: string } }, additionalProperties: false }
reply: { type: object, required: [person, at], properties: { person: { $ref: "#/schemas/Person" }, at: { type: string, format: date-time } } }
`;

describe("checkExamples: an example", () => {
  test("that matches is accepted, with masks or without", async () => {
    const examples = `examples:
  - { request: { text: hi }, reply: { person: { name: ann }, at: "2021-04-22T22:00:00Z" } }
  - { request: { text: hi }, reply: { person: { name: { $any: string }, friend: { $any: value } }, at: { $any: date-time } } }
  - { request: { text: hi }, reply: { $any: object } }
  - { request: { text: hi } }`;
    expect(await problemsOf(schemas + examples)).toEqual([]);
  });

  test("with fields of a command that takes none is refused, unless it takes any", async () => {
    const examples = "examples: [{ request: { text: hi } }]";
    expect(await problemsOf(examples)).toEqual([
      `11: hi | The request of this example of 'say' is invalid: /text is not a known property. [invalid-example]`,
    ]);
    expect(await problemsOf(`request: any\n${examples}`)).toEqual([]);
  });

  test("is refused with every problem and its place", async () => {
    const examples = `examples:
  - request: { text: 7, more: true }
    reply: { person: { name: 8, friend: {} }, at: yesterday }
  - reply: { at: { $any: date-time } }`;
    expect(await problemsOf(schemas + examples)).toEqual([
      `14: 7 | The request of this example of 'say' is invalid: /text must be string. [invalid-example]`,
      `14: true | The request of this example of 'say' is invalid: /more is not a known property. [invalid-example]`,
      `15: 8 | The reply of this example of 'say' is invalid: /person/name must be string. [invalid-example]`,
      `15: {} | The reply of this example of 'say' is invalid: /person/friend must have required property 'name'. [invalid-example]`,
      `15: yesterday | The reply of this example of 'say' is invalid: /at must match format "date-time". [invalid-example]`,
      `16: reply: { at: { $any: date-time } } | The request of this example of 'say' is invalid: it must have required property 'text'. [invalid-example]`,
      `16: { at: { $any: date-time } } | The reply of this example of 'say' is invalid: it must have required property 'person'. [invalid-example]`,
    ]);
  });

  test("with an unknown mask gets a suggestion", async () => {
    const examples =
      "examples: [{ request: { text: hi }, reply: { person: { $any: objekt }, at: { $any: value } } }]";
    expect(await problemsOf(schemas + examples)).toEqual([
      "13: { $any: objekt } | Unknown mask { $any: objekt }. [invalid-example]",
    ]);
  });

  test("whose request is not an object is refused, whatever the schema", async () => {
    expect(await problemsOf("examples: [{ request: hi }]")).toEqual([
      `11: hi | The request of this example of 'say' is invalid: it must be an object. [invalid-example]`,
    ]);
  });

  test("is not refused for a problem that depends on a mask", async () => {
    const reply =
      "reply: { oneOf: [{ required: [a], properties: { a: { type: integer, minimum: 5 } } }, { type: string }] }\n";
    const examples = "examples: [{ reply: { a: { $any: integer } } }]";
    expect(await problemsOf(reply + examples)).toEqual([]);
  });
});

describe("checkExamples: an example of an error", () => {
  const errors = "errors: { full: { details: { size: { type: integer } } }, gone: }\n";
  const example = (error: string) => problemsOf(`${errors}examples: [{ error: ${error} }]`);

  test("that the command declares is accepted, with details, with masks, or without", async () => {
    expect(await example("{ code: full }")).toEqual([]);
    expect(await example("{ code: full, details: { size: 3 } }")).toEqual([]);
    expect(await example("{ code: full, details: { size: { $any: integer } } }")).toEqual([]);
    expect(await example("{ code: gone }")).toEqual([]);
  });

  test.each([
    ["{ code: ful }", `12: ful | The error 'ful' of this example of 'say' is not declared by the command.`],
    [
      "{ code: full, details: { size: x } }",
      `12: x | The details of the error of this example of 'say' is invalid: /size must be integer.`,
    ],
    ["{ code: full, details: { size: { $any: int } } }", "12: { $any: int } | Unknown mask { $any: int }."],
    [
      "{ code: gone, details: 1 }",
      `12: 1 | The error 'gone' of this example of 'say' has details, but declares none.`,
    ],
    [
      "{ code: gone }, reply: 1",
      `12: { error: { code: gone }, reply: 1 } | There is a reply and an error in this example of 'say'.`,
    ],
  ])("is refused with its place: %s", async (error, problem) => {
    expect(await example(error)).toEqual([`${problem} [invalid-example]`]);
  });
});

describe("compileSchemas: the schemas of a command", () => {
  test("are refused with line and column if they cannot be compiled", async () => {
    const unsafe = "request: { type: object, properties: { name: { type: string, pattern: '^(a+)+$' } } }";
    expect(await problemsOf(unsafe)).toEqual([
      `11: '^(a+)+$' | The pattern '^(a+)+$' can take exponential time: it can match some strings in too many ways. [invalid-schema]`,
    ]);
  });
});

describe("checkRequestFields: a request", () => {
  const request = (field: string) =>
    `request: { type: object, properties: { "${field}": { type: string } } }`;

  test("cannot have the fields of the envelope, which never reach the command", async () => {
    expect(await problemsOf(request("id"))).toEqual([
      `11: { type: string } | The request of 'say' has a field 'id', which is reserved: the envelope uses it to match replies. [invalid-schema]`,
    ]);
    expect(await problemsOf(request("command"))).toEqual([
      `11: { type: string } | The request of 'say' has a field 'command', which is reserved: the envelope uses it to select the command. [invalid-schema]`,
    ]);
  });

  test("cannot have the reserved field traceparent", async () => {
    expect(await problemsOf(request("traceparent"))).toEqual([
      "11: { type: string } | The request of 'say' has a field 'traceparent', which is reserved: clients send the span of a command in it. [invalid-schema]",
    ]);
  });

  test("cannot have a field __proto__, which the server removes", async () => {
    expect(await problemsOf(request("__proto__"))).toEqual([
      "11: { type: string } | The request of 'say' has a field '__proto__', which the server removes from every message. [invalid-schema]",
    ]);
    const nested = "request: { type: object, properties: { inner: { properties: { __proto__: {} } } } }";
    expect(await problemsOf(nested)).toEqual([]);
  });

  test("cannot have them in other schemas either", async () => {
    const taken = (schema: string) => problemsOf(`request: ${schema}`);
    for (const schema of [
      "{ type: object, allOf: [{ properties: { id: { type: string } } }] }",
      "{ type: object, anyOf: [{ required: [name] }, { required: [id] }] }",
      "{ type: object, if: { required: [a] }, then: { properties: { id: true } } }",
      "{ type: object, $ref: '#/$defs/base', $defs: { base: { properties: { id: {} } } } }",
      "{ type: object, dependentSchemas: { a: { properties: { id: {} } } } }",
    ])
      expect(await taken(schema), schema).toHaveLength(1);
    for (const schema of [
      "{ type: object, properties: { id: false } }",
      "{ type: object, not: { required: [id] } }",
      "{ type: object, properties: { inner: { properties: { id: {} } } } }",
    ])
      expect(await taken(schema), schema).toEqual([]);
  });

  test("can have them if the module's envelope has other names", async () => {
    const config = "config: { envelope: { command: cmd, correlation: ref/1 } }";
    expect(await problemsOf(request("id"), config)).toEqual([]);
    expect(await problemsOf(request("ref/1"), config)).toEqual([
      `11: { type: string } | The request of 'say' has a field 'ref/1', which is reserved: the envelope uses it to match replies. [invalid-schema]`,
    ]);
  });
});

test.each([
  ["id", "", "add `config: { envelope: { correlation: requestId } }` to the module 'chat'"],
  [
    "id",
    "config: { mode: debug }",
    "add `envelope: { correlation: requestId }` to `config:` of the module 'chat'",
  ],
  [
    "command",
    "config: { envelope: { correlation: cmd } }",
    "add `command: commandName` to `envelope:` below `config:` of the module 'chat'",
  ],
  [
    "id, requestId, correlationId",
    "",
    "add `config: { envelope: { correlation: requestId2 } }` to the module 'chat'",
  ],
])("checkRequestFields: the fix for %s with '%s' is a line to write", async (fields, config, line) => {
  const request = `request: { type: object, required: [${fields}] }`;
  const [found] = await diagnose(request, config);
  expect(found?.fix).toBe(`Rename the field, or give the envelope's another name: ${line}.`);
});

describe("checkBytes: base64 in the spec", () => {
  const bytes = "{ type: string, contentEncoding: base64 }";
  const object = (more: string) => `{ type: object, properties: { a: ${bytes.replace(" }", more)} } }`;

  test("is checked in examples, whose replies may have masks", async () => {
    const command = (example: string) =>
      problemsOf(`request: ${object(" }")}\nreply: ${object(", maxLength: 4 }")}\nexamples: [${example}]`);
    expect(await command("{ request: { a: aGk= }, reply: { a: { $any: string } } }")).toEqual([]);
    expect(await command("{ request: { a: aGk }, reply: { a: aGk-aGk= } }")).toEqual([
      "13: aGk | The request of this example of 'say' is invalid: /a must be base64 with padding. [invalid-example]",
      "13: aGk-aGk= | The reply of this example of 'say' is invalid: /a must NOT have more than 4 characters. [invalid-example]",
      "13: aGk-aGk= | The reply of this example of 'say' is invalid: /a must be base64 with padding. [invalid-example]",
    ]);
  });

  test("is checked in defaults", async () => {
    expect(await problemsOf(`request: ${object(", default: aGk= }")}`)).toEqual([]);
    expect(await problemsOf(`request: ${object(", default: '?' }")}`)).toEqual([
      `11: '?' | The default "?" does not fit its schema: it must be base64 with padding. [invalid-schema]`,
    ]);
  });
});

describe("checkRequestDefaults: a default of a request", () => {
  const properties = (text: string) => problemsOf(`request: { type: object, properties: { ${text} } }`);
  const request = "{ type: object, properties: { sort: { $ref: '#/schemas/Sort' } } }";

  test("that does not fit its schema is refused with its place", async () => {
    expect(await properties("a: { type: array, items: { type: integer }, default: [x] }")).toEqual([
      `11: [x] | The default ["x"] does not fit its schema: /0 must be integer. [invalid-schema]`,
    ]);
    const nested = "o: { type: object, properties: { n: { minimum: 2, default: 1 } } }";
    expect(await properties(nested)).toEqual([
      "11: 1 | The default 1 does not fit its schema: it must be >= 2. [invalid-schema]",
    ]);
  });

  test("is reported at its own place, each once", async () => {
    const one = "{ type: array, items: { type: integer }, default: [x] }";
    expect(await properties(`a: ${one}, b: ${one}`)).toHaveLength(2);
    const model = readModel({
      file: "wsgen.yaml",
      bytes: new TextEncoder().encode(`wsgen: 1
name: test
schemas:
  Sort: { minimum: 9, default: 5 }
modules:
  chat: { port: 1, urls: [ws], commands: { a: { request: ${request} }, b: { request: ${request} } } }
`),
    });
    const { diagnostics } = await compileSchemas(model.value!);
    expect(diagnostics.map(({ at }) => [at?.line, at?.column])).toEqual([[4, 32]]);
  });

  test("must have what its own schema has defaults for", async () => {
    const o = "o: { type: object, properties: { n: { default: 1 } }, default: ";
    expect(await properties(`${o}{} }`)).toEqual([
      "11: {} | The default {} does not fit its schema: it must have required property 'n'. [invalid-schema]",
    ]);
    expect(await properties(`${o}{ n: 2 } }`)).toEqual([]);
  });

  test("may be left out of an example, also if it is required", async () => {
    const request = "request: { type: object, required: [a], properties: { a: { default: 1 } } }";
    expect(await problemsOf(`${request}\nexamples: [{ request: {} }]`)).toEqual([]);
  });
});

describe("checkLatestFields: an event of which only the latest counts", () => {
  const events = (data: string, latest: string) =>
    `events:\n  moved: { data: ${data}, slowConsumer: { latest: ${latest} } }`;

  test("must name a field of its data", async () => {
    expect(await problemsOf("description: x", events('{ $ref: "#/schemas/Person" }', "nam"))).toEqual([
      `13: { latest: nam } | The data of the event 'moved' has no field 'nam'. [invalid-value]`,
    ]);
  });

  test("may name any field if the data is not a plain object", async () => {
    expect(await problemsOf("description: x", events("{ anyOf: [{ type: string }] }", "id"))).toEqual([]);
    expect(await problemsOf("description: x", events('{ $ref: "#/schemas/Person" }', "friend"))).toEqual([]);
  });
});
