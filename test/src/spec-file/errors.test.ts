// The errors of a spec: their keys, the short form of their details, and codes that cannot be used.
import { describe, expect, test } from "vitest";
import { ErrorCode } from "../../../runtime/src/wire.js";
import type { CommandModel, ErrorModel } from "../../../src/model/model.js";
import { readModel } from "../../../src/read-model.js";
import { renameEntry } from "../../../src/spec-file/edit-spec.js";
import { specSchemaDocument } from "../../../src/spec-file/spec-schema.js";

/** Reads a spec whose module has these lines; the first is line 9. */
function read(lines: string) {
  const text = `wsgen: 1
name: t
schemas:
  Task: { type: object }
modules:
  board:
    port: 1
    urls: [ws]
${lines.replace(/^/gm, "    ")}
`;
  const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
  const [module] = value?.modules ?? [];
  return {
    errors: module?.errors,
    commands: module?.commands,
    problems: diagnostics.map(
      ({ at, code, message, fix }) => `${at?.line}:${at?.column} ${message} [${code}] ${fix}`,
    ),
  };
}

const codesOf = ({ errors }: Pick<CommandModel, "errors">) => errors.map(({ wireName }) => wireName);

/** The error with these keys, below `errors:` of the module. */
function errorOf(keys: string): { readonly error: ErrorModel | undefined; readonly problems: string[] } {
  const { errors, problems } = read(`errors:\n  conflict: ${keys}`);
  return { error: errors?.[0], problems };
}

test("readSpec: an error may have a description, details, retry and a close code", () => {
  const { error, problems } = errorOf(
    "{ description: Too late., details: { current: { $ref: '#/schemas/Task' } }, retry: true, closeCode: 4403 }",
  );
  expect(problems).toEqual([]);
  expect(error).toMatchObject({
    wireName: "conflict",
    property: "conflict",
    detailsType: "ConflictErrorDetails",
    validator: "validateConflictErrorDetails",
    description: "Too late.",
    retry: true,
    closeCode: 4403,
  });
  expect(errorOf("").error).toMatchObject({ details: undefined, retry: undefined, closeCode: undefined });
});

describe("readSpec: the details of an error", () => {
  const current = { $ref: "#/schemas/Task" };
  test.each([
    [
      "a mapping of properties",
      "{ current: { $ref: '#/schemas/Task' }, reason?: { type: string } }",
      { type: "object", required: ["current"], properties: { current, reason: { type: "string" } } },
    ],
    [
      "a mapping of properties that are all optional",
      "{ reason?: true }",
      { type: "object", properties: { reason: true } },
    ],
    [
      "a property with the name of a keyword, optional",
      "{ items?: { type: array } }",
      { type: "object", properties: { items: { type: "array" } } },
    ],
    ["a whole schema", "{ $ref: '#/schemas/Task' }", current],
    ["any value", "{}", {}],
    ["any value, too", "true", true],
  ])("are %s", (_title, written, schema) => {
    const { error, problems } = errorOf(`{ details: ${written} }`);
    expect(problems).toEqual([]);
    expect(error?.details).toEqual(schema);
  });

  test("have the places of all parts", () => {
    const { error } = errorOf("{ details: { a: { type: string }, reason?: { type: [string, 'null'] } } }");
    expect(error?.locateDetails?.("/properties/reason/type/1")).toMatchObject({ line: 10, column: 77 });
    expect(error?.locateDetails?.("/properties/a")).toMatchObject({ line: 10, column: 33 });
  });

  test.each([
    ["{ current: text }", /10:39 .*details.current' must be a JSON Schema.*found the string "text"/],
    ["{ current: { $ref: '#/schemas/Tusk' } }", /10:47 .*did you mean '#\/schemas\/Task'\?/],
    ["{ type: object, current: {} }", /10:44 Unknown keyword 'current'.*below `properties:`/],
    [
      "{ items: { type: array } }",
      /10:30 The key 'items' .* keyword of JSON Schema or a property.*properties:/,
    ],
    ["{ a: true, a?: true }", /10:30 The property 'a' is required here and optional under 'a\?'/],
    ["text", /10:28 .*details' must be a JSON Schema/],
  ])("with %s are refused with their place", (written, problem) => {
    expect(errorOf(`{ details: ${written} }`).problems).toEqual([expect.stringMatching(problem)]);
  });
});

test.each([
  ["{ closeCode: 1008 }", /10:30 .*closeCode' must be a close code from 4000 to 4999, found 1008/],
  ["{ closeCode: 5000 }", /10:30 .*found 5000/],
  ["{ retry: maybe }", /10:26 .*retry' must be true or false/],
  ["{ detail: {} }", /10:19 Unknown key 'detail'.*did you mean 'details'\?/],
])("readSpec: an error with %s is refused with its place", (written, problem) => {
  expect(errorOf(written).problems).toEqual([expect.stringMatching(problem)]);
});

describe("buildModel: a command with errors", () => {
  test("lists errors of the module, or declares its own", () => {
    const { commands, errors, problems } = read(`errors:
  conflict: { retry: true }
  forbidden:
commands:
  move: { errors: [conflict, forbidden] }
  buy: { errors: { forbidden: , sold-out: { details: { item: { type: string } } }, closed: } }
  ping:`);
    expect(problems).toEqual([]);
    expect(commands?.map(codesOf)).toEqual([
      ["conflict", "forbidden"],
      ["forbidden", "sold-out", "closed"],
      [],
    ]);
    expect(errors?.map(({ wireName, property }) => [wireName, property])).toEqual([
      ["conflict", "conflict"],
      ["forbidden", "forbidden"],
      ["sold-out", "soldOut"],
      ["closed", "closed"],
    ]);
    expect(commands?.[0]?.errors[0]).toBe(errors?.[0]);
    expect(commands?.[0]).toMatchObject({ errorType: "MoveError", errorGuard: "isMoveError" });
  });

  test.each([
    ["errors: [conflikt]", /13:18 The module declares no error 'conflikt'; did you mean 'conflict'\?/],
    ["errors: [other]", /13:18 The module declares no error 'other'\..*below `errors:` of the module/],
    ["errors: [conflict, conflict]", /13:28 .*must have unique items/],
    ["errors: { conflict: { retry: false } }", /13:19 .*'conflict' is declared twice.*list its code/],
    ["errors: [timeout]", /13:18 The error code 'timeout' is reserved/],
    ["errors: conflict", /13:17 .*errors' must be a list of codes, or a mapping of errors/],
  ])("with %s is refused with its place", (written, problem) => {
    const { problems } = read(`errors:\n  conflict:\ncommands:\n  move:\n    ${written}`);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test("cannot declare a code that another command declares", () => {
    const { problems } = read("commands:\n  a: { errors: { full: } }\n  b: { errors: { full: } }");
    // An empty entry is the error that exists.
    expect(problems).toEqual([]);
    const twice = read("commands:\n  a: { errors: { full: } }\n  b: { errors: { full: { retry: true } } }");
    expect(twice.problems).toEqual([expect.stringMatching(/11:22 .*'full' is declared twice/)]);
  });
});

describe("buildModel: an error code", () => {
  test.each(Object.values(ErrorCode))("of the runtime is reserved: %s", (code) => {
    const { problems } = read(`errors:\n  ${code}:`);
    expect(problems).toEqual([
      `10:7 The error code '${code}' is reserved: the runtime sends it itself. [reserved-name] Remove it, or choose another code.`,
    ]);
  });

  test.each(["constructor", "__proto__", "toString", "delete"])(
    "that is a reserved word needs a name in code: %s",
    (code) => {
      expect(read(`errors:\n  ${code}:`).problems).toEqual([expect.stringMatching(/10:7 .*reserved-name/)]);
      const { errors, problems } = read(`errors:\n  ${code}: { as: Odd }`);
      expect(problems).toEqual([]);
      expect(errors).toMatchObject([{ wireName: code, property: "odd" }]);
    },
  );

  test.each([`'it''s "full"'`, "'*/'", "x".repeat(101), "'满'", "''"])(
    "that cannot be an identifier needs a name in code: %s",
    (code) => {
      expect(read(`errors:\n  ${code}:`).problems).toEqual([
        expect.stringMatching(/^10:7 .*\[invalid-name\]/),
      ]);
    },
  );

  test("meets another name in code", () => {
    const { problems } = read("errors:\n  sold_out:\n  sold-out:");
    expect(problems).toEqual([expect.stringMatching(/11:7 .*both become 'SoldOutErrorDetails'/)]);
  });
});

test("specSchema: editors complete the keys of errors", () => {
  const { error, command, module } = specSchemaDocument.definitions;
  expect(Object.keys(error?.properties ?? {})).toEqual([
    "description",
    "as",
    "details",
    "retry",
    "closeCode",
  ]);
  expect(module?.properties?.errors?.additionalProperties).toEqual({ $ref: "#/definitions/error" });
  expect(command?.properties?.errors?.anyOf).toHaveLength(2);
});

describe("renameEntry of an error", () => {
  const entry = { file: "wsgen.yaml", kind: "error", module: "board", name: "full" } as const;
  const rename = (lines: string, to: string, module: string = entry.module) =>
    renameEntry(`modules:\n  board:\n${lines.replace(/^/gm, "    ")}`, { ...entry, module, to });

  test("follows the lists, mappings and examples of commands, and keeps every other byte", () => {
    const spec = `\ufeffmodules:\r
  board:\r
    errors: { 'full': { description: full }, other: { as: full } } # full\r
    events: { full: }\r
    commands:\r
      full: { errors: [ other, "full" ], examples: [ { error: { code: full, details: full } } ] }\r
      ping:\r
        errors:\r
          full: # full\r
        examples: [ { request: { code: full }, reply: { error: { code: full } } } ]\r
  other: { errors: { full: } }`;
    const expected = spec
      .replace("'full':", "'no room':")
      .replace('"full"', '"no room"')
      .replace("error: { code: full,", "error: { code: no room,")
      .replace("full: # full", "no room: # full");
    expect(renameEntry(spec, { ...entry, to: "no room" })).toEqual({ value: expected, diagnostics: [] });
    expect(renameEntry(expected, { ...entry, name: "no room", to: "full" }).value).toBe(spec);
  });

  test("an error that only a command declares, in JSON, with a name that needs an escape", () => {
    const json = (name: string) => `{"modules":{"board":{"commands":{"a":{"errors":{${name}:null}}}}}}`;
    const renamed = renameEntry(json('"full"'), { ...entry, to: 'a"\u0085' }).value;
    expect(renamed).toBe(json('"a\\"\u0085"'));
    expect(JSON.parse(renamed ?? "")).toEqual(JSON.parse(json('"a\\"\u0085"')));
  });

  test.each(["true", "404", "a: b", "a #b", "[a", "a,b", "it's", "\u0000", "- a", "", " a", "a\nb"])(
    "writes the code %j in quotes if it needs them, in blocks and in braces",
    (to) => {
      const read = (text = "") => readModel({ file: "w", bytes: new TextEncoder().encode(text) });
      for (const lines of ["errors:\n  full:\ncommands: { a: { errors: [full] } }", "errors: { full: }"]) {
        const { value } = rename(lines, to);
        expect(read(value).diagnostics.filter(({ code }) => code === "spec-syntax")).toEqual([]);
        expect(renameEntry(value ?? "", { ...entry, name: to, to: "full" }).value).toBeDefined();
      }
    },
  );

  test.each([
    [
      "an unknown code",
      "errors: { ful: }",
      "board",
      "There is no error 'full' in wsgen.yaml; did you mean 'ful'?",
    ],
    [
      "an unknown module",
      "errors: { full: }",
      "bord",
      "There is no module 'bord' in wsgen.yaml; did you mean 'board'?",
    ],
    [
      "a code that is there",
      "errors: { full: }\ncommands: { a: { errors: { new: } } }",
      "board",
      "The error 'new' of 'board' is already in wsgen.yaml.",
    ],
  ])("refuses %s", (_title, lines, module, message) => {
    const { value, diagnostics } = rename(lines, "new", module);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ message }]);
  });

  test("refuses a code that an alias repeats in another module, not in another command", () => {
    const shared = "errors: { full: }\ncommands: { a: { errors: &e [full] }, b: { errors: *e } }";
    expect(rename(shared, "new").value).toContain(
      "errors: { new: }\n    commands: { a: { errors: &e [new] }, b",
    );
    const { value, diagnostics } = renameEntry(
      "modules:\n  board: { errors: &e { full: } }\n  other: { errors: *e }\n",
      { ...entry, to: "new" },
    );
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { message: "wsgen.yaml was not changed: an alias repeats the error 'full' in another place." },
    ]);
  });
});
