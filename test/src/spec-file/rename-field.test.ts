// The text of a spec, and of the files that it refers to, after a renaming of a field.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readModel } from "../../../src/read-model.js";
import { createValueChecker } from "../../../src/schema/value-checker.js";
import { listFields } from "../../../src/spec-file/find-fields.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";
import { renameField } from "../../../src/spec-file/rename-field.js";
import type { Json, JsonSchema } from "../../../src/spec-file/spec.js";
import { instances, schemas, withDefinitions } from "../schema/schema-arbitrary.js";
import { arbitrarySpec } from "./arbitrary-spec.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const sourceOf = (text: string, files: Readonly<Record<string, string>> = {}) => ({
  file: "wsgen.yaml",
  bytes: encode(text),
  files: new Map(Object.entries(files).map(([path, content]) => [path, encode(content)])),
});

function rename(text: string, field: string, to: string, files: Readonly<Record<string, string>> = {}) {
  const { value, diagnostics } = renameField(sourceOf(text, files), { field, to });
  const edit = (content: string, path: string) => value?.edit(content, { file: path, path }).value;
  return {
    text: edit(text, "wsgen.yaml"),
    files: Object.fromEntries(Object.entries(files).map(([path, content]) => [path, edit(content, path)])),
    problems: diagnostics.map(({ code, message }) => `${message} [${code}]`),
  };
}

/** Each `‹name›` becomes the old or the new name. */
const write = (text: string, name: string): string => text.replaceAll(/‹\w+›/g, name);
const user = "  User:\n    type: object\n    properties: { ‹name›: { type: string } }\n";

describe("renameField changes", () => {
  test.each([
    ["required", `${user}    required: [id, '‹name›', "name2"] # name\n`],
    ["dependentRequired", `${user}    dependentRequired: { ‹name›: [id], id: [‹name›] }\n`],
    ["dependentSchemas", `${user}    dependentSchemas: { ‹name›: { required: [‹name›, id] } }\n`],
    ["a key in quotes", `${user.replace("‹name›", '"‹name›"')}    default: { '‹name›': name }\n`],
    [
      "default, const, enum and examples",
      `${user}    default: { ‹name›: a }\n    examples: [{ ‹name›: name }, name]\n    enum: [{ ‹name›: a }]\n    const: { ‹name›: a }\n`,
    ],
    [
      "allOf beside it",
      `${user}    allOf: [{ required: [‹name›] }, { properties: { ‹name›: { minLength: 1 } } }]\n`,
    ],
    [
      "conditions",
      `${user}    if: { properties: { ‹name›: { const: a } } }\n    then: { required: [id] }\n    else: { required: [‹name›] }\n    not: { required: [‹name›, x] }\n`,
    ],
    ["alternatives of its own", `${user}    oneOf: [{ required: [‹name›] }, { required: [id] }]\n`],
    [
      "a schema that adds to it",
      `${user}  Admin: { allOf: [{ $ref: '#/schemas/User' }], required: [‹name›] }\n`,
    ],
    [
      "a schema that adds to one that adds to it",
      `${user}  A: { $ref: '#/schemas/User' }\n  B: { allOf: [{ $ref: '#/schemas/A' }, { required: [‹name›] }] }\n`,
    ],
    [
      "an object that two schemas describe",
      `${user}  A: { properties: { user: { $ref: '#/schemas/User' } } }\n  B: { allOf: [{ $ref: '#/schemas/A' }], properties: { user: { required: [‹name›] } } }\n`,
    ],
    [
      "items that two schemas describe",
      `${user}  A: { items: { $ref: '#/schemas/User' } }\n  B: { allOf: [{ $ref: '#/schemas/A' }], items: { required: [‹name›] } }\n`,
    ],
    [
      "alternatives that name it beside a schema that does",
      `${user}  B: { allOf: [{ $ref: '#/schemas/User' }], oneOf: [{ required: [‹name›] }, { required: [id] }] }\n`,
    ],
    [
      "what contains it, in its values",
      `${user}  Team: { properties: { name: { type: string }, lead: { $ref: '#/schemas/User' }, all: { items: { $ref: '#/schemas/User' } }, by: { additionalProperties: { $ref: '#/schemas/User' } } }, default: { name: a, lead: { ‹name›: a, name2: b }, all: [{ ‹name›: a }], by: { name: { ‹name›: a } } } }\n`,
    ],
    [
      "references that lead through it",
      `${user}    $defs: { a: { $ref: '#/properties/‹name›' }, b: { $ref: "#/properties/%6Eame2" } }\n`,
    ],
    [
      "an anchor",
      `${user}    $defs: { a: { $anchor: own, required: [x] } }\n  B: { properties: { x: { allOf: [{ $ref: '#/schemas/User' }, { required: [‹name›] }] } } }\n`,
    ],
  ])("%s", (_title, schemas) => {
    const text = (name: string) => `# name\nwsgen: 1\nschemas:\n${write(schemas, name)}`;
    const renamed = rename(text("name"), "User.name", "fullName");
    expect(renamed.problems).toEqual([]);
    expect(renamed.text).toBe(text("fullName"));
    expect(rename(renamed.text ?? "", "User.fullName", "name").text).toBe(text("name"));
  });

  test.each([
    [
      "User.name",
      "  Bot: { properties: { name: {} } }\n  Any: { anyOf: [{ $ref: '#/schemas/User' }, { $ref: '#/schemas/Bot' }] }\n",
    ],
    [
      "User.name",
      "  Dog: { allOf: [{ $ref: '#/schemas/User' }], properties: { nick: {} } }\n  Cat: { properties: { name: {} } }\n",
    ],
    ["User.name", "  Pair: { properties: { name: { $ref: '#/schemas/User' } } }\n"],
    ["User.name", "  Map: { additionalProperties: { $ref: '#/schemas/User' }, default: { name: {} } }\n"],
    ["User.name", "  Text: { const: name, enum: [name], default: name }\n"],
  ])("%s, and leaves %j", (field, others) => {
    const text = (name: string) => `wsgen: 1\nschemas:\n${write(user, name)}${others}`;
    expect(rename(text("name"), field, "fullName").text).toBe(text("fullName"));
  });

  test("a field that siblings have, only in the sibling that is meant", () => {
    const text = (name: string) =>
      `wsgen: 1\nschemas:\n  Animal: { properties: { legs: {} } }\n  Dog: { allOf: [{ $ref: '#/schemas/Animal' }], properties: { ${name}: {} } }\n  Cat: { allOf: [{ $ref: '#/schemas/Animal' }], properties: { color: {} } }\n`;
    expect(rename(text("color"), "Dog.color", "fur").text).toBe(text("fur"));
  });

  test("the value of the alternative that fits", () => {
    const text = (name: string) =>
      `wsgen: 1\nschemas:\n${write(user, name)}    required: [id]\n  Bot: { properties: { kind: { const: bot }, name: {} }, required: [kind] }\n  Any: { anyOf: [{ $ref: '#/schemas/Bot' }, { $ref: '#/schemas/User' }], examples: [{ ${name}: a, id: 1 }, { kind: bot, name: b }, { kind: { $any: string }, name: c }] }\n`;
    expect(rename(text("name"), "User.name", "fullName").text).toBe(text("fullName"));
  });

  test("the places of a module", () => {
    const text = (names: Readonly<Record<string, string>>) =>
      `wsgen: 1
name: demo
modules:
  chat:
    port: 1
    urls: [ws, 'rooms/:room', 'files/:room/*room2', "user_:room/x"]
    handshake: { params: { room: { type: string } }, query: { page?: { type: integer } }, headers: { X-Team: { type: string } } }
    presence: { state: { user: { type: object, properties: { name: {} } } } }
    errors: { full: { details: { room: { type: string }, size?: { type: integer } } } }
    commands:
      chat.say:
        request: { type: object, required: [text], properties: { text: {}, tags: { items: { properties: { label: {} } } } } }
        reply: { type: object, properties: { id: {} } }
        errors: [full]
        examples:
          - { request: { text: text, tags: [{ label: a }] }, reply: { id: { $any: value } } }
          - { request: { text: a }, error: { code: full, details: { room: room } } }
    events:
      said: { data: { type: object, properties: { text: {}, id: {} } }, slowConsumer: { latest: text } }
`.replaceAll(/‹(\w+)›/g, (_all, key: string) => names[key] ?? "");
    const one = text({});
    const changed = (field: string, from: string, to: string, ...places: readonly string[]) => {
      const expected = places.reduce((whole, place) => whole.replace(place, place.replaceAll(from, to)), one);
      expect(expected).not.toBe(one);
      expect(rename(one, field, to).text).toBe(expected);
    };
    changed(
      "chat.chat.say.request.text",
      "text",
      "body",
      "required: [text], properties: { text",
      "request: { text: ",
      "request: { text: a",
    );
    expect(rename(one, "chat.chat.say.request.text", "body").text).toContain("request: { body: text,");
    changed("chat.chat.say.request.tags.label", "label", "name", "label: {}", "label: a");
    changed("chat.chat.say.reply.id", "id", "key", "properties: { id: {} }", "reply: { id");
    changed("chat.said.data.id", "id", "key", "text: {}, id: {}");
    expect(rename(one, "chat.said.data.text", "body").text).toContain(
      "body: {}, id: {} } }, slowConsumer: { latest: body }",
    );
    changed("chat.full.details.size", "size", "count", "size?");
    expect(rename(one, "chat.full.details.room", "name").text).toContain("details: { name: room }");
    changed("chat.presence.state.user.name", "name", "nick", "name: {}");
    changed("chat.handshake.query.page", "page", "from", "page?");
    changed("chat.handshake.headers.X-Team", "X-Team", "x-group", "X-Team");
    expect(rename(one, "chat.handshake.params.room", "place").text).toContain(
      `urls: [ws, 'rooms/:place', 'files/:place/*room2', "user_:place/x"]\n    handshake: { params: { place:`,
    );
  });

  test("other files, also if the spec itself stays", () => {
    const spec =
      "wsgen: 1\nname: t\nschemas: { Team: { properties: { lead: { $ref: 'a/user.yaml#/User' } } } }\n";
    const files = (name: string) => ({
      "a/user.yaml": `User: { properties: { ${name}: {} }, $defs: { x: { $ref: '#/User/properties/${name}' } } }\nOther: { properties: { name: {} } }\n`,
      "b.yaml": `Never: { $ref: a/user.yaml#/User/properties/${name} }\nname: { properties: { name: {} } }\n`,
    });
    const renamed = rename(`${spec}# b.yaml\n`, "User.name", "fullName", files("name"));
    expect(renamed.text).toBe(`${spec}# b.yaml\n`);
    expect(renamed.files["a/user.yaml"]).toBe(files("fullName")["a/user.yaml"]);
    const all = spec.replace("lead:", "x: { $ref: b.yaml#/Never }, lead:");
    expect(rename(all, "User.name", "fullName", files("name")).files).toEqual(files("fullName"));
    const named = spec.replace("Team:", "Person: { $ref: a/user.yaml#/User }, Team:");
    expect(rename(named, "Person.name", "fullName", files("name")).files["a/user.yaml"]).toBe(
      files("fullName")["a/user.yaml"],
    );
  });

  test("both places of an alias, because they are one", () => {
    const text = (name: string) => `wsgen: 1\nschemas:\n  A: &a { properties: { ${name}: {} } }\n  B: *a\n`;
    expect(rename(text("name"), "B.name", "x").text).toBe(text("x"));
  });

  test("nothing for the same name, and keeps a byte-order mark and line ends", () => {
    const text = `\ufeffwsgen: 1\r\nschemas:\r\n  A: { properties: { a: {} } }`;
    expect(rename(text, "A.a", "a").text).toBe(text);
    expect(rename(text, "A.a", "b").text).toBe(text.replace("a: {}", "b: {}"));
  });
});

describe("renameField refuses", () => {
  const spec = `wsgen: 1
schemas:
  Base: { properties: { id: {} } }
  User: { allOf: [{ $ref: '#/schemas/Base' }], properties: { name: {}, 'a.b': {}, team: { $ref: '#/schemas/Team' } } }
  Team: { properties: { lead: { $ref: '#/schemas/User' } } }
  Map: { patternProperties: { '^n': {} }, properties: { name: {}, other: {}, nick: {} } }
  Strict: { propertyNames: { maxLength: 9 }, properties: { name: {} } }
  Union: { oneOf: [{ $ref: '#/schemas/User' }, { properties: { own: {} } }] }
modules: { chat: { port: 1, urls: [ws], errors: { full: { details: { room: {} } } }, commands: { say: { request: { $ref: '#/schemas/User' } } } } }
`;
  test.each([
    [
      "User.nmae",
      "x",
      "There is no field 'User.nmae' in wsgen.yaml; did you mean 'User.name'? [not-in-spec]",
    ],
    ["Usr.name", "x", "There is no field 'Usr.name' in wsgen.yaml; did you mean 'User.name'? [not-in-spec]"],
    ["User", "x", "There is no field 'User' in wsgen.yaml. [not-in-spec]"],
    ["Team.lead.name", "x", "'Team.lead.name' is a field of a shared schema. [not-in-spec]"],
    ["chat.say.request.name", "x", "'chat.say.request.name' is a field of a shared schema. [not-in-spec]"],
    ["User.id", "x", "'User.id' is a field of a shared schema. [not-in-spec]"],
    [
      "User.name",
      "id",
      "'User.name' cannot become 'id': the same object already has a field 'id' (in 'Base'). [already-exists]",
    ],
    [
      "Base.id",
      "name",
      "'Base.id' cannot become 'name': the same object already has a field 'name' (in 'User'). [already-exists]",
    ],
    ["Union.own", "name", undefined],
    [
      "Map.name",
      "other2",
      "'Map.name' was not renamed: 'name' and 'other2' differ for the pattern '^n' of 'patternProperties' (in 'Map'). [unexpected-shape]",
    ],
    ["Map.name", "name2", undefined],
    [
      "Strict.name",
      "x",
      "'Strict.name' was not renamed: 'propertyNames' restricts the names (in 'Strict'). [unexpected-shape]",
    ],
    [
      "chat.full.details.room",
      "type",
      "'type' cannot be a field in a mapping of properties (in 'chat.full.details'). [unexpected-shape]",
    ],
    [
      "chat.full.details.room",
      "a?",
      "'a?' cannot be a field in a mapping of properties (in 'chat.full.details'). [unexpected-shape]",
    ],
    ["User.a.b", "c", undefined],
  ])("%s to %s", (field, to, problem) => {
    expect(rename(spec, field, to).problems).toEqual(problem === undefined ? [] : [problem]);
  });

  test("with the right name of a field behind a reference", () => {
    const fixOf = (field: string) => renameField(sourceOf(spec), { field, to: "x" }).diagnostics[0]?.fix;
    for (const field of ["Team.lead.name", "chat.say.request.name", "User.team.lead.name"])
      expect(fixOf(field)).toBe("Write 'User.name', which renames it wherever the schema is used.");
    expect(fixOf("User.id")).toContain("'Base.id'");
    expect(fixOf("User.nope")).toBe("Use one of: User.name, User.a.b, User.team.");
  });

  test("a spec that is not YAML", () => {
    expect(rename("a: {", "User.name", "x").problems[0]).toContain("[spec-syntax]");
  });

  test("a place that is written in several lines", () => {
    const text = 'wsgen: 1\nschemas:\n  A: { properties: { a: {} }, required: ["\\\n    a"] }\n';
    const { value } = renameField(sourceOf(text), { field: "A.a", to: "b" });
    const edited = value?.edit(text, { file: "wsgen.yaml", path: "wsgen.yaml" });
    if (edited?.value === undefined)
      expect(edited?.diagnostics).toMatchObject([{ code: "unexpected-shape" }]);
    else expect(edited.value).toContain('required: ["b"]');
  });
});

describe("renameField, for any spec", () => {
  const fresh = "aFreshName";
  const codesOf = (text = "") => readSpec(sourceOf(text)).diagnostics.map(({ code }) => code);

  /** Renames one of the fields, and back. Undefined if it is refused, or if there are no fields. */
  function renameOne(text: string, index: number): string | undefined {
    const fields = listFields(sourceOf(text));
    const at = index % fields.length;
    const renamed = fields[at] === undefined ? undefined : rename(text, fields[at], fresh);
    if (renamed === undefined || renamed.problems.length > 0) return undefined;
    expect(codesOf(renamed.text)).toEqual(codesOf(text));
    const after = listFields(sourceOf(renamed.text ?? ""))[at] ?? "";
    expect(rename(renamed.text ?? "", after, nameOf(text, fields[at] ?? "")).text).toBe(text);
    return renamed.text;
  }

  /** The name at the end of a place: names can have dots. */
  const nameOf = (text: string, field: string): string =>
    renameField(sourceOf(text), { field, to: fresh }).value?.name ?? "";

  test("gives a valid spec, and renaming back restores the bytes", () => {
    fc.assert(
      fc.property(arbitrarySpec, fc.nat(), (spec, index) => {
        const text = JSON.stringify(spec, null, 2);
        const renamed = renameOne(text, index);
        if (listFields(sourceOf(text)).length > 0)
          expect(readModel(sourceOf(renamed ?? "")).diagnostics).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test("with every keyword, never throws, and renaming back restores the bytes", () => {
    fc.assert(
      fc.property(schemas, fc.array(instances, { maxLength: 2 }), fc.nat(), (schema, examples, index) => {
        renameOne(
          writeSpec(typeof schema === "object" ? ({ ...schema, examples } as JsonSchema) : schema),
          index,
        );
      }),
      { numRuns: 1000 },
    );
  });

  const writeSpec = (schema: JsonSchema): string =>
    JSON.stringify({ wsgen: 1, name: "t", schemas: { S: withDefinitions(schema) } });

  // Types, constants and required fields tell the alternatives apart.
  test("valid examples stay valid", async () => {
    let count = 0;
    const checker = createValueChecker(new Map());
    const isValid = async (schema: JsonSchema, value: Json) =>
      (await checker.check(schema, value)).length === 0;
    await fc.assert(
      fc.asyncProperty(
        plainSchema(4),
        fc.array(plainValues, { minLength: 30, maxLength: 30 }),
        fc.nat(),
        async (schema, values, index) => {
          const valid: Json[] = [];
          for (const value of values) if (await isValid(schema, value)) valid.push(value);
          const renamed = renameOne(
            JSON.stringify({
              wsgen: 1,
              name: "t",
              schemas: { S: { ...(schema as object), examples: valid } },
            }),
            index,
          );
          if (renamed === undefined) return;
          const after = JSON.parse(renamed).schemas.S;
          for (const [at, value] of after.examples.entries()) {
            count += renamed.includes(fresh) && JSON.stringify(value).includes(fresh) ? 1 : 0;
            expect(await isValid(after, value), JSON.stringify([valid[at], value, schema])).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(count).toBeGreaterThan(20);
  });
});

const names = fc.constantFrom("a", "b", "kind");

const plainValues = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>("a", "b", 1, null),
    fc.dictionary(names, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.dictionary(names, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 2 }),
  ),
})).value;

const plainSchema: (depth?: number) => fc.Arbitrary<JsonSchema> = fc.memo((depth) => {
  const leaf = fc.constantFrom<JsonSchema>({}, { type: "string" }, { required: ["a"] }, { const: "a" });
  if (depth <= 1) return leaf;
  const child = plainSchema();
  const list = fc.array(child, { minLength: 1, maxLength: 3 });
  const byName = fc.dictionary(names, child, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  const required = fc.uniqueArray(names, { minLength: 1, maxLength: 2 });
  const keywords = {
    type: fc.constantFrom("object", "string", ["object", "null"], ["number", "object", "array"]),
    const: fc.constantFrom("a", 1, { a: "a" }),
    enum: fc.constantFrom(["a", "b"], [1, { b: "a" }]),
    required,
    dependentRequired: fc.dictionary(names, required, { maxKeys: 1, noNullPrototype: true }),
    additionalProperties: fc.oneof(fc.constant(false), child),
    items: child,
    allOf: list,
    anyOf: list,
    dependentSchemas: fc.dictionary(names, child, { maxKeys: 1, noNullPrototype: true }),
  };
  const some = fc
    .subarray(Object.keys(keywords) as (keyof typeof keywords)[], { maxLength: 3 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword]]))));
  const described = fc.tuple(some, byName).map(([own, properties]) => ({ ...own, properties }));
  return fc.oneof(leaf, described, described, some) as fc.Arbitrary<JsonSchema>;
});
