// docs/spec-reference.md is written from the format of the spec: every key with its type, default and an example.
import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { SourceText } from "../../src/diagnostics/source-text.js";
import { readModel } from "../../src/read-model.js";
import { checkShape } from "../../src/spec-file/check-shape.js";
import { describeFormat } from "../../src/spec-file/check-value.js";
import { DiagnosticCollector } from "../../src/spec-file/diagnostic-collector.js";
import type { FormatSchema } from "../../src/spec-file/format-schema.js";
import { parseYaml } from "../../src/spec-file/parse-yaml.js";
import { buildSourceTree } from "../../src/spec-file/source-tree.js";
import type { Json } from "../../src/spec-file/spec.js";
import { specSchema, specSchemaDocument } from "../../src/spec-file/spec-schema.js";
import { printInline } from "../../src/spec-file/yaml-text.js";

const { definitions } = specSchema;
const file = new URL("../../docs/spec-reference.md", import.meta.url);

/** A key with its path in its section: `handshake.params`, `tokens[].name`. */
interface Key {
  readonly path: string;
  readonly name: string;
  readonly format: FormatSchema;
  readonly isRequired: boolean;
}

/** The keys of a mapping, those of `config` left out: they have a section of their own. */
const keysOf = (format: FormatSchema, path = ""): readonly Key[] =>
  Object.entries(format.properties ?? {}).flatMap(([name, inner]) => [
    { path: path + name, name, format: inner, isRequired: format.required?.includes(name) === true },
    ...(name === "config" ? [] : innerKeysOf(inner, path + name)),
  ]);

function innerKeysOf(format: FormatSchema, path: string): readonly Key[] {
  if (format.$ref !== undefined) return [];
  if (format.items !== undefined) return innerKeysOf(format.items, `${path}[]`);
  return [
    ...keysOf(format, `${path}.`),
    ...(format.anyOf ?? []).flatMap((alternative) => innerKeysOf(alternative, path)),
  ];
}

const references: Readonly<Record<string, string>> = {
  jsonSchema: "a [JSON Schema](#json-schema)",
  openSchema: "a [JSON Schema](#json-schema), or `any`",
  shortSchema: "a [mapping of properties](#a-mapping-of-properties), or a [JSON Schema](#json-schema)",
};

function typeOf(format: FormatSchema): string {
  const { $ref, title, items, additionalProperties, enum: values } = format;
  if ($ref !== undefined) return references[$ref.slice("#/definitions/".length)] ?? $ref;
  if (format["x-unit"] !== undefined && format.anyOf?.[0] !== undefined)
    return (title ?? "").replace(/: .*?,/, `: ${describeFormat(format.anyOf[0])},`);
  if (title !== undefined) return title;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  if (items?.$ref !== undefined) return "a list of [JSON Schemas](#json-schema)";
  if (items !== undefined) return `a list, each: ${typeOf(items)}`;
  if (typeof additionalProperties === "object") return "a mapping by name";
  return Object.keys(format).includes("type") ? describeFormat(format) : "any value";
}

/** The default of a key in words, and the rest of its description. */
function readTexts({ description = "", default: value }: FormatSchema): { text: string; fallback: string } {
  const [, text = description, words] = /^(.*?) ?Default: (.+)\.$/.exec(description) ?? [];
  return { text, fallback: words ?? (value === undefined ? "" : `\`${printInline(value)}\``) };
}

/** A value of a format: the example that it has, or one that follows from its type. */
function exampleOf(format: FormatSchema): Json {
  const { examples, const: only, enum: values, anyOf, items, type, default: fallback } = format;
  if (examples?.[0] !== undefined) return examples[0];
  if (only !== undefined) return only;
  if (format["x-unit"] !== undefined) return format["x-unit"] === "bytes" ? "64KiB" : "30s";
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0]);
  if (values !== undefined) return values.find((value) => value !== fallback) ?? null;
  if (items !== undefined) return [exampleOf(items)];
  if (type === "boolean") return fallback !== true;
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = 100 } = format;
    return Math.max(
      minimum,
      Math.min(typeof fallback === "number" && fallback > 0 ? 2 * fallback : 100, maximum),
    );
  }
  const { properties = {}, required, oneOf = [] } = format;
  const names = required ?? Object.keys(properties).slice(0, 2);
  const all = [...names, ...oneOf.slice(0, 1).flatMap((choice) => choice.required)];
  return Object.fromEntries(all.map((name) => [name, exampleOf(properties[name] ?? {})]));
}

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

const exampleCell = ({ name, format }: Key): string =>
  `\`${printInline({ [name]: exampleOf(format) }).slice(2, -2)}\``;

const table = (keys: readonly Key[]): string =>
  [
    row("key", "type", "default", "example", "what it does"),
    row("---", "---", "---", "---", "---"),
    ...keys.map((key) => {
      const { text, fallback } = readTexts(key.format);
      const isNeeded = key.isRequired ? "**required**" : fallback;
      return row(`\`${key.path}\``, typeOf(key.format), isNeeded, exampleCell(key), text);
    }),
  ].join("\n");

const keywordTable = (keys: readonly Key[]): string =>
  [
    row("keyword", "type", "example", "what it does"),
    row("---", "---", "---", "---"),
    ...keys.map((key) =>
      row(`\`${key.path}\``, typeOf(key.format), exampleCell(key), key.format.description ?? ""),
    ),
  ].join("\n");

const config = (definition: FormatSchema | undefined): FormatSchema => definition?.properties?.config ?? {};
const keywords = definitions.jsonSchema?.anyOf?.[1] ?? {};
const exampleItem = definitions.command?.properties?.examples?.items ?? {};
const commandKeys = keysOf(definitions.command ?? {}).filter(({ path }) => !path.startsWith("examples[]"));

const sections = {
  top: keysOf(specSchema),
  module: keysOf(definitions.module ?? {}),
  moduleConfig: keysOf(config(definitions.module)),
  command: commandKeys,
  commandConfig: keysOf(config(definitions.command)),
  example: keysOf(exampleItem),
  event: keysOf(definitions.event ?? {}),
  error: keysOf(definitions.error ?? {}),
  keywords: keysOf(keywords),
};

const example = `# yaml-language-server: $schema=./wsgen.schema.json
wsgen: 1
name: chat-server
description: Rooms in which people talk.

schemas:
  Person:
    type: object
    required: [name]
    properties: { name: { type: string, minLength: 1, maxLength: 40 } }

modules:
  chat:
    description: One room.
    port: 10099
    urls: ["rooms/:room"] # a client connects to ws://localhost:10099/chat/rooms/lobby?name=ann
    handshake:
      query: { name: { type: string, minLength: 1, maxLength: 40 } }
    presence:
      state: { $ref: "#/schemas/Person" }
      join: entered
    guards: [notMuted] # src/modules/chat/guards/not-muted.guard.ts
    config:
      maxMessageSize: 16KiB
      pingPeriod: 30s
      commandRate: { perSecond: 5, burst: 20 }
    errors:
      muted: { description: You may not talk in this room. }
    commands:
      say:
        description: Sends a text to the room.
        request:
          type: object
          required: [text]
          properties: { text: { type: string, minLength: 1, maxLength: 500 } }
        reply:
          type: object
          required: [delivered]
          properties: { delivered: { type: integer, minimum: 0 } }
        errors: [muted]
        config: { executeTimeout: 2s }
        examples:
          - request: { text: hi }
            reply: { delivered: { $any: integer } }
          - request: { text: "!" }
            error: { code: muted }
    events:
      said:
        description: A member of the room has said something.
        data:
          type: object
          required: [from, text]
          properties: { from: { type: string }, text: { type: string } }
        replay: { last: 100, for: 5m }
      entered:
        description: A member has entered the room. The data has the room, and the id and the state of the member.
`;

const document = `# The spec: every key of wsgen.yaml

<!-- Written from src/spec-file and runtime/src/options.ts: \`npm run regenerate\`. -->

\`wsgen.yaml\` describes a project: its modules, what clients send, and what they get. It is YAML 1.2; JSON is valid, too.
[typed.md](typed.md) explains what wsgen makes of it, and [runtime.md](runtime.md) what the server does.

A small spec that uses most of the keys:

\`\`\`yaml
${example}\`\`\`

- With the first line, an editor completes the keys and shows the descriptions of this page. For VS Code, install the extension "YAML" by
  Red Hat. \`wsgen generate\` writes \`wsgen.schema.json\` beside the spec; in a spec in another folder, write the path to it.
- An unknown key is an error, with its line. So is a key twice. \`wsgen check\` shows all errors at once.
- Names of modules, commands, events and errors are what clients see. They can be any string; \`as:\` gives a name in code to those that
  cannot be an identifier, such as \`获取\`.
- A **size** is a number of bytes, or a string with B, KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024). A **duration** is a number
  of seconds, or a string with ms, s, m or h.
- \`commands:\`, \`events:\` and other mappings by name may be empty. A command without keys is \`ping: {}\`.

${[
  ["Top level", "The outermost keys.", table(sections.top)],
  ["A module", "Below `modules:`, after the name of the module: `modules.chat`.", table(sections.module)],
  [
    "Options of a module",
    "Below `config:` of a module: `modules.chat.config`. [options.md](options.md) has the function of each option for code, and options that only code can set.",
    table(sections.moduleConfig),
  ],
  [
    "A command",
    "Below `commands:` of a module, after the name of the command: `modules.chat.commands.say`.",
    table(sections.command),
  ],
  [
    "Options of a command",
    "Below `config:` of a command: `modules.chat.commands.say.config`.",
    table(sections.commandConfig),
  ],
  [
    "An example of a command",
    "In the list `examples:` of a command: `modules.chat.commands.say.examples[0]`.",
    table(sections.example),
  ],
  [
    "An event",
    "Below `events:` of a module, after the name of the event: `modules.chat.events.said`.",
    table(sections.event),
  ],
  [
    "An error",
    "Below `errors:` of a module or a command, after the code of the error: `modules.chat.errors.muted`.",
    table(sections.error),
  ],
  [
    "A mapping of properties",
    `Below \`handshake:\`, \`presence.state\` and \`details:\` of an error. It is short for a JSON Schema with \`type: object\`. Each property is
required unless its name ends with \`?\`:

\`\`\`yaml
query: { name: { type: string }, page?: { type: integer, default: 1 } }
\`\`\`

If a property has the name of a keyword, such as \`type\` or \`format\`, write the whole schema.`,
  ],
  [
    "JSON Schema",
    `Below \`schemas:\`, after the name of the schema, and as \`request\`, \`reply\` and \`data\`. A schema is a mapping of these keywords, or \`true\`
(any value) or \`false\` (none). It follows [JSON Schema 2020-12](https://json-schema.org/draft/2020-12); other keywords are errors,
unless they begin with \`x-\`. Every keyword may be left out.`,
    keywordTable(sections.keywords),
  ],
]
  .map(([title, ...parts]) => `## ${title}\n\n${parts.join("\n\n")}`)
  .join("\n\n")}
`;

test("docs/spec-reference.md is written from the format", () => {
  if (process.env.UPDATE === "1") writeFileSync(file, document);
  expect(readFileSync(file, "utf8")).toBe(document);
});

const all = Object.entries(sections).flatMap(([section, keys]) => keys.map((key) => ({ section, ...key })));

test("every key of the format is on the page", () => {
  // Every mapping of the format, wherever it is, by its keys.
  const mappings = new Set<string>();
  JSON.stringify(specSchemaDocument, (key, value) => {
    if (key === "examples" && Array.isArray(value)) return undefined;
    if (key === "properties" && typeof value === "object") mappings.add(Object.keys(value).join(" "));
    return value;
  });
  const names = new Set(all.map(({ name }) => name));
  expect([...mappings].flatMap((keys) => keys.split(" ")).filter((name) => !names.has(name))).toEqual([]);
  expect(all.length).toBeGreaterThan(180);
});

test.each(all.map((key) => [`${key.section} ${key.path}`, key] as const))(
  "%s has a description, a default unless it is required, and a valid example",
  (_, { section, name, format, isRequired }) => {
    const { text, fallback } = readTexts(format);
    expect(text).toMatch(/^[\p{Lu}`].*\.$/su);
    if (!isRequired && section !== "keywords") expect(fallback).not.toBe("");
    const value = exampleOf(format);
    const schema = { properties: { [name]: format }, definitions };
    expect(new Ajv({ strict: false }).validate(schema, { [name]: value })).toBe(true);
    const source = new SourceText("wsgen.yaml", printInline({ [name]: value }));
    const findings = new DiagnosticCollector(source);
    const root = buildSourceTree(parseYaml(findings)?.contents ?? null, findings);
    checkShape(root, schema, findings);
    expect(findings.sorted()).toEqual([]);
  },
);

test("the example at the top is a valid spec", () => {
  const { diagnostics } = readModel({ file: "wsgen.yaml", bytes: new TextEncoder().encode(example) });
  expect(diagnostics).toEqual([]);
});
