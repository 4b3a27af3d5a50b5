// The core of the client that wsgen writes into a project: the same code as `wsgen-runtime/client`, and nothing else is needed.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readTemplates } from "../../src/fs/own-files.js";
import { generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { joinModules } = (await import(pathToFileURL(join(root, "join-client.js")).href)) as {
  joinModules(entry: URL): string;
};

/** A folder that has nothing but the generated clients of the chat example: no package is near. */
let page: string;

beforeAll(async () => {
  page = await mkdtemp(join(tmpdir(), "wsgen-page-"));
  const bytes = await readFile(join(root, "examples/chat/wsgen.yaml"));
  const model = readModel({ file: "wsgen.yaml", bytes }).value!;
  const templates = await readTemplates();
  const input = { model, templates, files: new Map(), version: "0.0.0", scope: { of: "project" } } as const;
  for (const [path, content] of (await generate(input)).tree) {
    if (!path.startsWith("client/")) continue;
    await mkdir(dirname(join(page, path)), { recursive: true });
    await writeFile(join(page, path), content);
  }
  const entry = `export { createChatClient } from "./client/chat.client.gen.js";
export { createResume } from "./client/wsgen-client.gen.js";\n`;
  await writeFile(join(page, "page.ts"), entry);
});
afterAll(() => rm(page, { recursive: true, force: true }));

/** What a browser loads of a file, or of a text that stands for it. */
async function bundle(input: string): Promise<string> {
  const work = await rolldown({ input, platform: "browser", onLog: failOnWarning });
  const { output } = await work.generate({ format: "esm", minify: true });
  await work.close();
  expect(output).toHaveLength(1);
  return output[0].code;
}

function failOnWarning(level: string, { message }: { readonly message: string }): void {
  if (level === "warn") throw new Error(message);
}

describe("the core in a project", () => {
  test("is the code of the runtime's client", async () => {
    const own = await bundle(join(root, "runtime/src/client/index.ts"));
    const written = await bundle(join(page, "client/wsgen-client.gen.ts"));
    // Not compared as texts: their difference would fill the screen.
    expect(comparable(written) === comparable(own)).toBe(true);
  });

  test("imports nothing, and has no syntax that Babel does not read as React Native sets it up", async () => {
    const core = await readFile(join(page, "client/wsgen-client.gen.ts"), "utf8");
    expect(core).not.toMatch(/^import|\bfrom "|\brequire\(|\bnode:|NodeJS/m);
    expect(core).not.toMatch(/^\s*declare /m);
  });

  test("is all that a page needs with Vite", async () => {
    const result = await build({
      root: page,
      configFile: false,
      logLevel: "error",
      build: { write: false, lib: { entry: "page.ts", formats: ["es"] } },
    });
    const chunks = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toMatchObject({ imports: [], dynamicImports: [] });
  });
});

/** A bundle without the name of each export, which depends on the file. */
const comparable = (code: string): string => code.replace(/export\{.*$/s, "");

test("a page loads at most 5,200 bytes with the client of the chat and with resume, minified and compressed", async () => {
  const code = await bundle(join(page, "page.ts"));
  expect(code).not.toMatch(/\b(?:import|require|process|Buffer)\b/);
  expect(gzipSync(code).length).toBeLessThanOrEqual(5_200);
});

describe("modules are joined only if", () => {
  test.each([
    [
      "no two files declare a name",
      { "a.ts": "export const a = 1;\nconst b = 1;", "b.ts": "export const b = 2;" },
      /b is in .* too/,
    ],
    [
      "they import no package",
      { "a.ts": 'import { x } from "x";\nexport const a = x;', "b.ts": "export const b = 2;" },
      /import of x/,
    ],
    [
      "they import no name as another",
      { "a.ts": 'import { b as c } from "./b.js";\nexport const a = c;', "b.ts": "export const b = 2;" },
      /import of .\/b/,
    ],
    [
      "they import no namespace",
      { "a.ts": 'import * as b from "./b.js";\nexport const a = b;', "b.ts": "export const b = 2;" },
      /import of .\/b/,
    ],
    [
      "they declare what is exported",
      { "a.ts": "export const c = 1;", "b.ts": "export const b = 2;" },
      /no file declares a/,
    ],
  ])("%s", async (_title, files, message) => {
    const folder = await mkdtemp(join(tmpdir(), "wsgen-join-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const index = 'export { a } from "./a.js";\nexport { b } from "./b.js";\n';
    for (const [name, text] of Object.entries({ ...files, "index.ts": index }))
      await writeFile(join(folder, name), text);
    expect(() => joinModules(pathToFileURL(join(folder, "index.ts")))).toThrow(message);
  });
});
