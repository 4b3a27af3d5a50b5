// `client: { out }`: the clients are in another folder, also in one of another project.
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSpec } from "../../../src/spec-file/read-spec.js";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const specText = (client: string): string => `wsgen: 1
name: board
${client === "" ? "" : `client: ${client}\n`}modules:
  board:
    port: 10099
    urls: [ws]
    commands:
      add: { request: { type: object, properties: { title: { type: string } } } }
`;

/** A repository with a page and a server. */
async function makeRepository(client: string) {
  const root = await mkdtemp(join(tmpdir(), "wsgen-client-folder-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "web/src"), { recursive: true });
  const spec = join(root, "board.yaml");
  await writeFile(spec, specText(client));
  const packages = ["--runtime", "^1.0.0", "--generator", "^1.0.0", "--no-install", "--quiet"];
  const make = () => runMain(root, ["new", "project", "server", "--spec", "board.yaml", ...packages]);
  return { root, server: join(root, "server"), web: join(root, "web/src/api"), make };
}

const run = async (project: string, ...args: string[]) =>
  readJsonOutput(await runMain(project, [...args, "--json"]));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const notSearched = {
  severity: "note",
  code: "old-name",
  message: expect.stringMatching(/^Uses of the clients in \.\.\/web\/src\/api .* not searched/),
  at: { file: "wsgen.yaml" },
};

const both = ["board.client.gen.ts", "wsgen-client.gen.ts"];

test.each([
  ["web/api", "server/web/api"],
  ["./web/api/", "server/web/api"],
  ["src/api", "server/src/api"],
  ["../web/src", "web/src"],
])("the clients are in %s, and check finds them there", async (out, folder) => {
  const { root, server, make } = await makeRepository(`{ out: ${out} }`);
  expect(await make()).toMatchObject({ code: 0, err: "" });
  expect((await readdir(join(root, folder))).filter((name) => name.includes(".gen."))).toEqual(both);
  expect(await exists(join(server, "client"))).toBe(false);
  expect((await run(server, "check")).diagnostics).toEqual([]);
});

test("every command finds the clients in the folder of a page", { timeout: 120_000 }, async () => {
  const { server, web, make } = await makeRepository("{ out: ../web/src/api }");
  await make();
  const { diagnostics, files } = await run(server, "generate");
  expect(diagnostics).toEqual([]);
  expect(files.filter(({ change }: { change: string }) => change !== "unchanged")).toEqual([]);
  for (const args of [
    ["new", "module", "feed", "--port", "10100", "--url", "ws"],
    ["add", "command", "feed", "say"],
    ["rename", "command", "feed", "say", "tell"],
    ["rename", "module", "feed", "news"],
  ])
    expect((await run(server, ...args)).diagnostics, args.join(" ")).toMatchObject(
      args[0] === "rename" ? [notSearched] : [],
    );
  // Nothing of the commits stays there.
  expect(await readdir(web)).toEqual(["board.client.gen.ts", "news.client.gen.ts", "wsgen-client.gen.ts"]);
  expect(await readFile(join(web, "news.client.gen.ts"), "utf8")).toMatch(/^ {2}tell\(/m);
  expect((await run(server, "remove", "module", "news")).diagnostics).toEqual([]);
  expect(await readdir(web)).toEqual(both);
  expect((await run(server, "check")).diagnostics).toEqual([]);
});

test("a client in a page's folder follows to the code of the project that uses it", async () => {
  const { server, web, make } = await makeRepository("{ out: ../web/src/api }");
  await make();
  const use = join(server, "src/use.ts");
  const text = (name: string) => `import type { BoardClient } from "../../web/src/api/board.client.gen.js";
export const use = (client: BoardClient) => client.${name}({});\n`;
  await writeFile(use, text("add"));
  expect((await run(server, "rename", "command", "board", "add", "create")).diagnostics).toMatchObject([
    notSearched,
  ]);
  expect(await readFile(use, "utf8")).toBe(text("create"));
  expect(await readFile(join(web, "board.client.gen.ts"), "utf8")).toMatch(/^ {2}create\(/m);
});

test("a file there that wsgen did not write, or that was edited, stays and is reported", async () => {
  const { server, web, make } = await makeRepository("{ out: ../web/src/api }");
  await mkdir(web);
  const mine = join(web, "board.client.gen.ts");
  await writeFile(mine, "export const mine = 1;\n");
  expect((await make()).code).toBe(1);
  expect(await readdir(web)).toEqual(["board.client.gen.ts"]);
  await rm(mine);
  expect((await make()).code).toBe(0);
  await writeFile(mine, `${await readFile(mine, "utf8")}export const more = 1;\n`);
  for (const command of ["check", "generate"]) {
    const { diagnostics } = await run(server, command);
    expect(diagnostics).toMatchObject([
      { code: "edited-by-hand", at: { file: "../web/src/api/board.client.gen.ts" } },
    ]);
  }
  expect(await readFile(mine, "utf8")).toContain("more");
});

test("a link there is not followed", async () => {
  const { root, web, make } = await makeRepository("{ out: ../web/src/api }");
  await mkdir(web);
  const target = join(root, "precious.ts");
  await symlink(target, join(web, "board.client.gen.ts"));
  expect((await make()).code).toBe(1);
  expect(await exists(target)).toBe(false);
  expect(await exists(join(root, "server/src"))).toBe(false);
});

test.each([true, false])(
  "a folder there that is a link is not followed (its target exists: %s)",
  async (hasTarget) => {
    const { root, server, web, make } = await makeRepository("{ out: ../web/src/api }");
    const target = join(root, "elsewhere");
    if (hasTarget) await mkdir(target);
    await symlink(target, web);
    const { code, err } = await make();
    expect(code).toBe(1);
    expect(err).toContain("The clients would be in ../web/src/api, but that is a link.");
    expect((await readdir(root)).sort()).toEqual(["board.yaml", ...(hasTarget ? ["elsewhere"] : []), "web"]);
    if (hasTarget) expect(await readdir(target)).toEqual([]);
    await rm(web);
    expect((await make()).code).toBe(0);
    await rm(web, { recursive: true });
    await mkdir(target, { recursive: true });
    await symlink(target, web);
    for (const command of ["check", "generate"])
      expect((await run(server, command)).diagnostics).toMatchObject([
        { severity: "error", code: "outside-project", at: { file: "wsgen.yaml", line: 4, column: 16 } },
      ]);
    expect(await readdir(target)).toEqual([]);
  },
);

test("a folder that is in no folder is refused, and nothing is written", async () => {
  const { root, make } = await makeRepository("{ out: ../wbe/src/api }");
  const { code, err } = await make();
  expect(code).toBe(1);
  expect(err).toContain("The clients would be in ../wbe/src/api, but there is no folder ../wbe/src.");
  expect((await readdir(root)).sort()).toEqual(["board.yaml", "web"]);
});

test("clients that cannot be kept are undone: a failure in the project leaves the page as it was", async () => {
  const { server, web, make } = await makeRepository("{ out: ../web/src/api }");
  await make();
  const client = join(web, "board.client.gen.ts");
  const before = await readFile(client, "utf8");
  const spec = join(server, "wsgen.yaml");
  await writeFile(spec, (await readFile(spec, "utf8")).replace("add:", "added:"));
  await rm(join(server, "test"), { recursive: true });
  await writeFile(join(server, "test"), "a file where a folder must be");
  const { diagnostics } = await run(server, "generate");
  expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error" }));
  expect(await readFile(client, "utf8")).toBe(before);
});

test("after a change of the folder the old clients are reported, and go with --prune", async () => {
  const { server, web, make } = await makeRepository("");
  await make();
  await writeFile(join(server, "wsgen.yaml"), specText("{ out: ../web/src/api }"));
  const { diagnostics } = await run(server, "generate");
  expect(diagnostics).toMatchObject(both.map((name) => ({ code: "orphan", at: { file: `client/${name}` } })));
  expect(await readdir(web)).toEqual(both);
  await run(server, "generate", "--prune");
  expect(await exists(join(server, "client"))).toBe(false);
});

test("the old clients are found in any folder of the project, but not those of another project or an edited one", async () => {
  const { server, make } = await makeRepository("{ out: web/api }");
  await make();
  // Another project below this one has clients of its own.
  const inner = join(server, "inner/client");
  await mkdir(inner, { recursive: true });
  const old = join(server, "web/api/board.client.gen.ts");
  const text = await readFile(old, "utf8");
  await writeFile(join(inner, "board.client.gen.ts"), text);
  await writeFile(join(server, "inner/wsgen.schema.json"), "{}");
  await mkdir(join(server, "web/own"));
  await writeFile(join(server, "web/own/board.client.gen.ts"), "export const mine = 1;\n");
  await writeFile(join(server, "wsgen.yaml"), specText("{ out: web/next }"));
  const orphans = both.map((name) => ({ code: "orphan", at: { file: `web/api/${name}` } }));
  expect((await run(server, "generate")).diagnostics).toMatchObject(orphans);
  expect((await run(server, "check")).diagnostics).toMatchObject(orphans);
  await writeFile(old, `${text}export const more = 1;\n`);
  expect((await run(server, "generate", "--prune")).diagnostics).toMatchObject([
    { code: "written-in", at: { file: "web/api/board.client.gen.ts" } },
  ]);
  await writeFile(old, text);
  expect((await run(server, "generate", "--prune")).diagnostics).toEqual([]);
  expect(await readdir(join(server, "web"))).toEqual(["next", "own"]);
  expect(await readdir(inner)).toEqual(["board.client.gen.ts"]);
  expect((await run(server, "check")).diagnostics).toEqual([]);
});

test.each([
  ["", ["src", "client", "test"], "`client/`"],
  ["{ out: web/api }", ["src", "web/api", "test"], "`web/api/`"],
  ["{ out: src/api }", ["src", "test"], "`src/api/`"],
  ["{ out: ../web/src/api }", ["src", "test"], "`../web/src/api/`"],
])("a new project with client: %s compiles and names that folder", async (client, include, named) => {
  const { server, make } = await makeRepository(client);
  await make();
  expect(JSON.parse(await readFile(join(server, "tsconfig.json"), "utf8")).include).toEqual(include);
  expect(await readFile(join(server, "README.md"), "utf8")).toContain(`${named} has a typed client`);
});

test.each([
  ["js", "./wsgen-client.gen.js"],
  ["ts", "./wsgen-client.gen.ts"],
  ["none", "./wsgen-client.gen"],
])("extension: %s is how a client imports its core", async (extension, path) => {
  const { root, make } = await makeRepository(`{ out: ../web/src/api, extension: ${extension} }`);
  await make();
  const client = await readFile(join(root, "web/src/api/board.client.gen.ts"), "utf8");
  expect(client.match(/ from "(.*)";$/gm)).toEqual([` from "${path}";`, ` from "${path}";`]);
});

test.each([
  "/etc",
  "C:/web",
  "C:\\web",
  "..",
  "../..",
  ".",
  "./",
  "web/../..",
  "../web/../../x",
  "web//api",
  "a\\b",
  "web/./api",
  "node_modules/api",
  "../web/node_modules/x",
  ".git",
  ".wsgen/x",
  "a/.GIT/b",
  '"a\\0b"',
  '"a\\nb"',
])("out: %s is refused with its place", (out) => {
  const { diagnostics } = read(`{ out: ${out} }`);
  expect(diagnostics).toMatchObject([{ code: "invalid-value", at: { line: 3, column: 16 } }]);
});

test.each([
  ["{ out: 5 }", /'client\.out' must be/],
  ['{ out: "" }', /'client\.out' must not be empty/],
  ["{ extension: mjs }", /'client\.extension' must be one of js, ts, none/],
  ["web", /'client' must be a mapping/],
  ["{ folder: web }", /unknown key 'folder'|no key 'folder'|'folder'/],
])("client: %s is refused", (client, problem) => {
  const { diagnostics } = read(client);
  expect(diagnostics[0]?.message).toMatch(problem);
});

function read(client: string) {
  return readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(specText(client)) });
}
