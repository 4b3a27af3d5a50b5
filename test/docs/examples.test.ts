// The examples are typed from the handshake to the error, and so is all that wsgen writes: nothing in them hides from the compiler.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Project, ts } from "ts-morph";
import { expect, test } from "vitest";
import { readTemplates } from "../../src/fs/own-files.js";
import { generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";
import { readBlocks } from "./read-blocks.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Each place where code asks the compiler to look away: a cast, `any`, `!`, a comment for the compiler. */
function blindSpotsOf(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const spots = text
    .split("\n")
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter((line) => /@ts-(ignore|expect-error|nocheck)/.test(line.text));
  const visit = (node: ts.Node): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    if (isBlindSpot(node)) spots.push({ line: line + 1, text: node.getText() });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return spots.map((spot) => `${path}:${spot.line} ${spot.text}`);
}

const isBlindSpot = (node: ts.Node): boolean =>
  (ts.isAsExpression(node) && !ts.isConstTypeReference(node.type)) ||
  ts.isTypeAssertionExpression(node) ||
  ts.isNonNullExpression(node) ||
  node.kind === ts.SyntaxKind.AnyKeyword;

test.each([
  ["const a = 1 as number;", "1 as number"],
  ["const a = <number>1;", "<number>1"],
  ["const a = b!.c;", "b!"],
  ["let a: any;", "any"],
  ["const a = (b: Map<string, any>) => b;", "any"],
  ["// @ts-expect-error", "// @ts-expect-error"],
])("%s is found", (text, spot) => {
  expect(blindSpotsOf("a.ts", `\n${text}\n`)).toEqual([`a.ts:2 ${spot}`]);
});

test("what checks types is no blind spot", () => {
  const fine =
    "import { a as b } from './c.js'; const d = ['e'] as const; const f = 1 satisfies number; // any";
  expect(blindSpotsOf("a.ts", fine)).toEqual([]);
});

const examples = ["board", "chat"];

/** The files of an example that are not generated, by their paths in the project. */
const writtenFiles = (name: string): [path: string, text: string][] => {
  const folder = join(root, "examples", name);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.[jt]s$/.test(path))
    .map((path) => [path, readFileSync(join(folder, path), "utf8")]);
};

/** What wsgen writes for a spec: TypeScript by its path. */
async function generatedFiles(specPath: string): Promise<[path: string, text: string][]> {
  const model = readModel({ file: "wsgen.yaml", bytes: readFileSync(join(root, specPath)) });
  expect(model.diagnostics).toEqual([]);
  const packages = { runtime: "*", generator: "*" };
  const { tree } = await generate({
    ...{
      model: model.value!,
      templates: await readTemplates(),
      packages,
      files: new Map(),
      version: "0.0.0",
    },
    scope: { of: "project" },
  });
  return [...tree].filter(([path]) => path.endsWith(".ts")).map(([path, content]) => [path, String(content)]);
}

test.each(examples)("the example %s has no cast and no `any`", async (name) => {
  const written = writtenFiles(name);
  expect(written.length).toBeGreaterThan(10);
  expect(written.flatMap(([path, text]) => blindSpotsOf(path, text))).toEqual([]);
  const generated = await generatedFiles(`examples/${name}/wsgen.yaml`);
  // A page imports the clients from where they are served.
  const pages = generated.map(([path, text]): [string, string] => [`web/${path}`, text]);
  // The talk of the demo is a script of JavaScript.
  const typed = written.filter(([path]) => path !== "conversation.js");
  expect(anyValuesOf([...generated, ...pages, ...typed])).toEqual([]);
});

/**
 * Errors of the compiler, and each value that has the type `any` without the word, such as what `JSON.parse` returns. Of files that
 * are not generated, pages included.
 */
function anyValuesOf(files: readonly [path: string, text: string][]): string[] {
  const project = new Project({
    tsConfigFilePath: join(root, "test/tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      ...{ allowJs: true, checkJs: true },
      ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    },
  });
  const folder = join(root, "test/docs/example");
  for (const [path, text] of files) project.createSourceFile(join(folder, path), text, { overwrite: true });
  const checker = project.getTypeChecker().compilerObject;
  const found: string[] = [];
  for (const file of project.getSourceFiles()) {
    const path = file.getFilePath().slice(folder.length + 1);
    if (!file.getFilePath().startsWith(folder) || path.includes(".gen.")) continue;
    for (const error of file.getPreEmitDiagnostics())
      found.push(`${path}:${error.getLineNumber()} ${JSON.stringify(error.getMessageText())}`);
    const visit = (node: ts.Node): void => {
      if (isValue(node) && checker.getTypeAtLocation(node).flags & ts.TypeFlags.Any)
        found.push(`${path}: ${node.getText()}`);
      ts.forEachChild(node, visit);
    };
    visit(file.compilerNode);
  }
  return found;
}

const isValue = (node: ts.Node): boolean =>
  ts.isCallExpression(node) ||
  ts.isPropertyAccessExpression(node) ||
  ts.isElementAccessExpression(node) ||
  ((ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) &&
    ts.isIdentifier(node.name));

test("the quick start of docs/runtime.md, which is started as a process, is examples/quickstart", () => {
  const block = readBlocks().find(({ file }) => file === "runtime/quick-start.ts");
  expect(block?.text).toBe(readFileSync(join(root, "examples/quickstart/server.ts"), "utf8"));
});

test.each(["quickstart", "existing-protocol"])(
  "the example %s, in one file, has no cast and no `any`",
  (name) => {
    const path = `examples/${name}/server.ts`;
    expect(blindSpotsOf(path, readFileSync(join(root, path), "utf8"))).toEqual([]);
  },
);

test("every example has a README of one screen, and README.md names it", () => {
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual([
    "board",
    "chat",
    "cluster",
    "existing-protocol",
    "quickstart",
  ]);
  for (const { name } of folders) {
    const lines = readFileSync(join(root, "examples", name, "README.md"), "utf8").split("\n");
    expect(lines.length, name).toBeLessThanOrEqual(60);
    for (const readme of ["README.md", "README.zh-CN.md"])
      expect(readFileSync(join(root, readme), "utf8")).toContain(`(examples/${name})`);
  }
});

test("a value of the type `any` is found without the word", () => {
  const text = "const a = JSON.parse('1'); export const f = () => a.b; Promise.reject(1).catch((c) => c);";
  expect(anyValuesOf([["src/a.ts", text]])).toEqual([
    "src/a.ts: a = JSON.parse('1')",
    "src/a.ts: JSON.parse('1')",
    "src/a.ts: a.b",
    "src/a.ts: c",
  ]);
});

test.each([...examples.map((name) => `examples/${name}/wsgen.yaml`), "test/e2e/board.yaml"])(
  "what wsgen writes for %s has no cast and no `any`",
  async (path) => {
    // The core of the clients is a copy of a part of the runtime.
    const files = (await generatedFiles(path)).filter(([file]) => file !== "client/wsgen-client.gen.ts");
    expect(files.length).toBeGreaterThan(8);
    expect(files.flatMap(([file, text]) => blindSpotsOf(file, text))).toEqual([]);
  },
);
