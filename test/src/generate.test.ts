// The stages as one function: same input same bytes, hostile text stays text, and nothing is emitted that does not parse.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import * as prettier from "prettier";
import { ts } from "ts-morph";
import { beforeAll, describe, expect, test } from "vitest";
import { readTemplates } from "../../src/fs/own-files.js";
import { type Generated, generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";

let templates: Awaited<ReturnType<typeof readTemplates>>;
beforeAll(async () => {
  templates = await readTemplates();
});

const biome = fileURLToPath(new URL("../../node_modules/.bin/biome", import.meta.url));
/** The line that keeps biome from formatting a generated file is out of its way here. */
const biomeFormat = async (text: string, path: string): Promise<string> =>
  execFileSync(biome, ["format", `--stdin-file-path=${path}`, "--javascript-formatter-quote-style=single"], {
    input: text.replace("biome-ignore-all format", "biome-skip-all format"),
    cwd: tmpdir(),
    encoding: "utf8",
  }).replace("biome-skip-all format", "biome-ignore-all format");

const threeModules = readFileSync(
  new URL(
    "../golden/cases/new/a-new-project-from-a-spec-with-three-modules/before/chat.yaml",
    import.meta.url,
  ),
);
const boardSpec = readFileSync(new URL("../e2e/board.yaml", import.meta.url));
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

  test("tells clients whether a retry makes sense only if the spec says so", async () => {
    const errors = "{ full: { retry: true }, gone: { retry: false }, odd: }";
    const spec = `{ wsgen: 1, name: a, modules: { chat: { port: 1, urls: [ws], errors: ${errors} } } }`;
    const { tree } = await generateAll(Buffer.from(spec));
    const text = String(tree.get("src/modules/chat/chat.gen.ts")).replace(/\s+/g, " ");
    expect(text).toMatch(/\{ code: "full", message: "full", retry: true \}/);
    expect(text).toMatch(/\{ code: "gone", message: "gone", retry: false \}/);
    expect(text).toMatch(/\{ code: "odd", message: "odd" \}/);
  });

  test("the README of a new project connects to an address that is valid, and pushes no event of presence", async () => {
    const spec = `{ wsgen: 1, name: a, modules: { desk: {
      port: 1, urls: [':team', ':team/of/:ticket', 'raw/a/*rest'], handshake: { params: { team: { type: integer, minimum: 3 } } },
      presence: { state: { user: { type: string } }, join: came, leave: left }, events: { came: , left: , moved: }
    } } }`;
    const { tree } = await generateAll(Buffer.from(spec));
    const readme = String(tree.get("README.md"));
    expect(readme).toContain('createDeskClient("ws://localhost:1/desk/3")');
    expect(readme).toContain('deskEvents(ctx).moved.room("lobby").emit(data);');
    expect(readme).not.toMatch(/\(ctx\)\.(came|left)/);
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

  test("replaces nothing that it did not write, whatever was changed and wherever", async () => {
    const made = (await generateAll(chatSpec)).tree as ReadonlyMap<string, string>;
    const changed = Buffer.from(String(chatSpec).replace("maxMessageSize: 16KiB", "maxMessageSize: 17KiB"));
    expect(String(changed)).not.toBe(String(chatSpec));
    const path = "src/modules/chat/chat.gen.ts";
    const text = made.get(path) ?? "";
    const [first = "", second = "", third = ""] = text.split("\n");
    const edits: Record<string, readonly [text: string, code: string]> = {
      "a line before the header": [`export const mine = 1;\n${text}`, "not-ours"],
      "a blank line before the header": [`\n${text}`, "not-ours"],
      "no header": [text.slice(`${first}\n${second}\n`.length), "not-ours"],
      "the first line alone": [text.replace(`${second}\n`, ""), "not-ours"],
      "a changed first line": [text.replace("Do not edit", "Do edit"), "not-ours"],
      "a changed checksum": [text.replace(second, second.replace(/[0-9a-f]{4}$/, "0000")), "edited-by-hand"],
      "a line between header and code": [text.replace(third, `const mine = 1;\n${third}`), "edited-by-hand"],
      "a line at the end": [`${text}export const mine = 1;\n`, "edited-by-hand"],
      "a comment at the end": [`${text}// mine\n`, "edited-by-hand"],
      "a word in a comment": [
        text.replace("Request of the command", "My request of the command"),
        "edited-by-hand",
      ],
      "a space in a string": [text.replace('"message"', '"mess age"'), "edited-by-hand"],
      "conflict marks": [
        text.replace(third, `<<<<<<< HEAD\n${third}\n=======\n${third}\n>>>>>>> other`),
        "edited-by-hand",
      ],
      "a file of the user's": ["export const everything = 42;\n", "not-ours"],
    };
    for (const [title, [edited, code]] of Object.entries(edits)) {
      for (const now of [edited, edited.replaceAll("\n", "\r\n")]) {
        const { diagnostics } = await generateAll(changed, new Map([...made, [path, now]]));
        expect(
          diagnostics.map((found) => [found.code, found.at?.file]),
          title,
        ).toEqual([[code, path]]);
      }
    }
  });

  test.each([
    ["prettier", (text: string, path: string) => prettier.format(text, { filepath: path })],
    [
      "prettier in another style",
      (text: string, path: string) =>
        prettier.format(text, {
          filepath: path,
          semi: false,
          singleQuote: true,
          tabWidth: 4,
          printWidth: 60,
          trailingComma: "none",
          arrowParens: "avoid",
          quoteProps: "consistent",
        }),
    ],
    ["biome", biomeFormat],
  ])("takes a file that %s has formatted for what it is", async (_name, format) => {
    for (const spec of [chatSpec, threeModules, boardSpec]) {
      const files = new Map((await generateAll(spec)).tree as ReadonlyMap<string, string>);
      const formatted = new Map<string, string>();
      let different = 0;
      for (const [path, text] of files) {
        const isGenerated = /\.gen\.|\.gen\.test\.|\.schema\.json$/.test(path);
        formatted.set(path, isGenerated ? await format(text, path) : text);
        if (formatted.get(path) !== text) different += 1;
      }
      expect(different).toBeGreaterThan(0);
      const again = await generateAll(spec, formatted);
      expect(again.diagnostics).toEqual([]);
      for (const [path, text] of again.tree) expect(text, path).toBe(formatted.get(path));
      const forced = await generateAll(spec, formatted, true);
      expect(forced.diagnostics).toEqual([]);
    }
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
  const model = readModel({ file: "wsgen.yaml", bytes });
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
