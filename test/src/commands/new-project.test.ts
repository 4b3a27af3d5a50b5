// Where `new project` writes, and where it does not.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type JsonOutput, readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-new-project-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function newProject(cwd: string, ...args: readonly string[]): Promise<JsonOutput> {
  const given = ["--runtime", "1.0.0", "--generator", "1.0.0", "--no-install", "--json"];
  return readJsonOutput(await runMain(cwd, ["new", "project", ...args, ...given]));
}

test("new project: accepts a folder with only a new repository, and replaces nothing in it", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, ".git"));
  const own = { ".gitignore": "node_modules\n", "README.md": "# Mine\n", LICENSE: "Mine.\n" };
  for (const [name, text] of Object.entries(own)) writeFileSync(join(folder, name), text);
  const result = await newProject(folder, ".");
  expect(result).toMatchObject({ exitCode: 0, written: true });
  for (const [name, text] of Object.entries(own)) expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  expect(readdirSync(folder)).toContain("wsgen.yaml");
  expect(result.diagnostics).toMatchObject([
    { code: "already-exists", severity: "note", message: expect.stringMatching(/^README.md already exists/) },
    { message: expect.stringMatching(/^.gitignore already exists/), fix: "Add to it: `dist/`." },
  ]);
});

test.each([
  ["pnpm", { "pnpm-workspace.yaml": "packages: [apps/*]\n" }],
  ["yarn", { "package.json": '{ "workspaces": ["apps/*"] }', "yarn.lock": "" }],
  ["yarn", { "package.json": '{ "workspaces": ["apps/*"], "packageManager": "yarn@4.9.2" }' }],
  ["npm", { "package.json": '{ "workspaces": ["apps/*"] }' }],
])("new project: in a workspace of %s, %j, suggests its package manager", async (manager, files) => {
  const folder = makeFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { next } = await newProject(folder, "apps/chat");
  expect(next).toEqual(["cd apps/chat", `${manager} install`, `${manager} start`]);
});

test("new project: with an example that is not valid, reports only that", async () => {
  const folder = makeFolder();
  const ping = "{ reply: { type: object }, examples: [{ request: {}, reply: 5 }] }";
  writeFileSync(
    join(folder, "chat.yaml"),
    `wsgen: 1\nname: chat\nmodules:\n  chat: { port: 1, urls: [ws], commands: { ping: ${ping} } }\n`,
  );
  const result = await newProject(folder, "app", "--spec", "chat.yaml");
  expect(result).toMatchObject({ exitCode: 1, diagnostics: [{ code: "invalid-example" }] });
  expect(result.diagnostics).toHaveLength(1);
});

test("new project: refuses a folder with other files, and names them", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, ".git"));
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) writeFileSync(join(folder, name), "");
  const result = await newProject(folder, ".");
  expect(result).toMatchObject({ exitCode: 1, diagnostics: [{ code: "target-not-empty" }] });
  expect(result.diagnostics[0]?.message).toContain("'a.txt', 'b.txt', 'c.txt', 1 more");
  expect(readdirSync(folder)).toHaveLength(5);
});

test.each([
  ["a file", "mine", []],
  ["a file, forced", "mine", ["--force"]],
  ["below a file", "mine/app", []],
])("new project: reports %s in the place of the folder", async (_what, name, args) => {
  const folder = makeFolder();
  writeFileSync(join(folder, "mine"), "mine");
  const result = await newProject(folder, name, ...args);
  expect(result).toMatchObject({ exitCode: 1, diagnostics: [{ code: "already-exists" }] });
  expect(result.diagnostics[0]?.message).toContain("is a file");
  expect(readFileSync(join(folder, "mine"), "utf8")).toBe("mine");
});

test("new project: keeps the scope of a name in package.json", async () => {
  const folder = makeFolder();
  const spec = join(folder, "scoped.yaml");
  writeFileSync(spec, 'wsgen: 1\nname: "@acme/chat"\nmodules: { chat: { port: 10099, urls: [ws] } }\n');
  expect(await newProject(folder, "chat", "--spec", spec)).toMatchObject({ exitCode: 0 });
  const { name } = JSON.parse(readFileSync(join(folder, "chat/package.json"), "utf8"));
  expect(name).toBe("@acme/chat");
});

const schemaLine = "# yaml-language-server: $schema=./wsgen.schema.json";
const body = "wsgen: 1\nname: chat\nmodules: { chat: { port: 10099, urls: [ws] } }\n";
const json = JSON.stringify({ wsgen: 1, name: "chat", modules: { chat: { port: 10099, urls: ["ws"] } } });

test.each([
  ["a spec in another folder, with another name", body, `${schemaLine}\n${body}`],
  ["with the line", `${schemaLine}\n${body}`, `${schemaLine}\n${body}`],
  [
    "with the line of another schema",
    `# note\n# yaml-language-server: $schema=https://example.org/wsgen.json\n${body}`,
    `# note\n# yaml-language-server: $schema=https://example.org/wsgen.json\n${body}`,
  ],
  ["with CRLF", body.replaceAll("\n", "\r\n"), `${schemaLine}\r\n${body.replaceAll("\n", "\r\n")}`],
  ["with a byte-order mark", `\ufeff${body}`, `\ufeff${schemaLine}\n${body}`],
  ["with a directive of YAML", `%YAML 1.2\n---\n${body}`, `${schemaLine}\n%YAML 1.2\n---\n${body}`],
  ["that is JSON, which has no comments", json, json],
])("new project --spec: %s: the copy begins with the line for editors", async (_what, given, want) => {
  const folder = makeFolder();
  mkdirSync(join(folder, "specs"));
  writeFileSync(join(folder, "specs/my chat.yml"), given);
  expect(await newProject(folder, "app", "--spec", "specs/my chat.yml")).toMatchObject({
    exitCode: 0,
    diagnostics: [],
  });
  expect(readFileSync(join(folder, "app/wsgen.yaml"), "utf8")).toBe(want);
  expect(readFileSync(join(folder, "specs/my chat.yml"), "utf8")).toBe(given);
  expect(readJsonOutput(await runMain(join(folder, "app"), ["check", "--json"]))).toMatchObject({
    exitCode: 0,
    diagnostics: [],
  });
});
