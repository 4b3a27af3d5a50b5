// The stages as one function: same input same bytes, hostile text stays text, and nothing is emitted that does not parse.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ts } from "ts-morph";
import { beforeAll, describe, expect, test } from "vitest";
import { readTemplates } from "../../src/fs/read-templates.js";
import { type Generated, generate } from "../../src/generate.js";
import { understand } from "../../src/understand.js";

let templates: Awaited<ReturnType<typeof readTemplates>>;
beforeAll(async () => {
  templates = await readTemplates();
});

const chatSpec = readFileSync(new URL("../../examples/chat/wsgen.yaml", import.meta.url));

describe("generate", () => {
  test("gives the same bytes for the same input, and changes nothing the second time", async () => {
    const first = await generateAll(chatSpec);
    const second = await generateAll(chatSpec, first.tree as ReadonlyMap<string, string>);
    expect(first.diagnostics).toEqual([]);
    expect(second.diagnostics).toEqual([]);
    expect(Object.fromEntries(second.tree)).toEqual(Object.fromEntries(first.tree));
    expect(second.tree.get("src/main.ts")).toBe(first.tree.get("src/main.ts"));
  });

  test("reports a generated file that was edited by hand, and replaces it only when forced", async () => {
    const files = new Map((await generateAll(chatSpec)).tree as ReadonlyMap<string, string>);
    const edited = files.get("src/modules/chat/chat.gen.ts")!.replace("16384", "99");
    files.set("src/modules/chat/chat.gen.ts", edited);
    const refused = await generateAll(chatSpec, files);
    expect(refused.diagnostics.map(({ code, at }) => [code, at?.file])).toEqual([
      ["edited-by-hand", "src/modules/chat/chat.gen.ts"],
    ]);
    const forced = await generateAll(chatSpec, files, true);
    expect(forced.diagnostics).toEqual([]);
    expect(forced.tree.get("src/modules/chat/chat.gen.ts")).toContain("16384");
  });

  test("takes a checkout with CRLF for what it is", async () => {
    const files = new Map(
      [...(await generateAll(chatSpec)).tree].map(([path, text]) => [
        path,
        String(text).replaceAll("\n", "\r\n"),
      ]),
    );
    const again = await generateAll(chatSpec, files);
    expect(again.diagnostics).toEqual([]);
    for (const [path, text] of again.tree) expect(text, path).toBe(files.get(path));
  });

  test("never makes code of what the spec says", async () => {
    await fc.assert(
      fc.asyncProperty(hostileSpec, async (spec) => {
        const { tree, diagnostics } = await generateAll(new TextEncoder().encode(JSON.stringify(spec)));
        expect(diagnostics).toEqual([]);
        for (const [path, text] of tree) {
          if (path.endsWith(".ts")) expect(identifiersOf(path, String(text)), path).not.toContain("pwned");
        }
      }),
      { numRuns: 150 },
    );
  });
});

async function generateAll(
  bytes: Uint8Array,
  files: ReadonlyMap<string, string> = new Map(),
  force = false,
): Promise<Generated> {
  const model = understand({ file: "wsgen.yaml", bytes });
  expect(model.diagnostics).toEqual([]);
  return generate({
    model: model.value!,
    files,
    templates,
    version: "1.2.3",
    scope: { of: "project" },
    packages: { runtime: "^1.0.0", generator: "^1.0.0" },
    force,
  });
}

/** Every text that a spec can hold, as an attacker would write it: `pwned` must stay inside a literal or a comment. */
const hostileText = fc
  .tuple(
    fc.constantFrom(
      '"',
      "'",
      "`",
      "*/",
      "${",
      "\\",
      "\n",
      "\u2028",
      "\r",
      "</script>",
      "{{",
      "//",
      '"+',
      "$&",
      ")",
    ),
    fc.constantFrom("pwned", "pwned()", ";pwned();", "${pwned}", "{{pwned}}", "pwned: pwned"),
    fc.constantFrom("", '"', "`", "/*", "*/", "//", "\n", "}}", "$'"),
  )
  .map((parts) => parts.join(""));

const hostileSchema = fc
  .record({ key: hostileText, value: hostileText, description: hostileText, pattern: hostileText })
  .map(({ key, value, description }) => ({
    type: "object",
    description,
    required: [key],
    properties: {
      [key]: { description, enum: [value, `${value}2`] },
      other: { const: value, title: description },
    },
    additionalProperties: { type: "string", default: value, examples: [value] },
  }));

const hostileCommand = fc.record({
  as: fc.constant("Only"),
  description: hostileText,
  request: hostileSchema,
  reply: hostileSchema,
});

const hostileSpec = fc
  .record({
    text: hostileText,
    command: hostileText,
    event: hostileText,
    body: hostileCommand,
    schema: hostileSchema,
  })
  .map(({ text, command, event, body, schema }) => ({
    wsgen: 1,
    name: "hostile",
    description: text,
    schemas: { Shared: schema },
    modules: {
      chat: {
        description: text,
        port: 10099,
        urls: ["ws"],
        commands: { [command]: { ...body, reply: { $ref: "#/schemas/Shared" } } },
        events: { [event]: { as: "Happened", description: text, data: schema } },
      },
    },
  }));

function identifiersOf(path: string, text: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    if (ts.isTemplateExpression(node) && node.getText().includes("pwned")) names.add("pwned");
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return names;
}
