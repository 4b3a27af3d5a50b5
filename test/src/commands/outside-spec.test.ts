// A spec that several projects of one repository share: the project's package.json names it, or --spec.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const text = `wsgen: 1
name: board
modules:
  board: # shared
    port: 10099
    urls: [ws]
    commands:
      add: { request: { type: object, properties: { title: { type: string } } } }
`;

/** A repository with a spec in \`contracts/\` and a project in \`services/board/\`, made as a person would. */
async function makeRepository() {
  const root = await mkdtemp(join(tmpdir(), "wsgen-outside-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "contracts"));
  const spec = join(root, "contracts/board.yaml");
  await writeFile(spec, text);
  const packages = ["--runtime", "^1.0.0", "--generator", "^1.0.0", "--no-install"];
  const from = ["--spec", "contracts/board.yaml", "--no-copy"];
  const made = await runMain(root, ["new", "project", "services/board", ...from, ...packages, "--quiet"]);
  expect(made).toMatchObject({ code: 0, err: "" });
  return { root, spec, project: join(root, "services/board") };
}

const run = async (project: string, ...args: string[]) =>
  readJsonOutput(await runMain(project, [...args, "--json"]));

test("is remembered by the project, and every command works from it", { timeout: 60_000 }, async () => {
  const { spec, project } = await makeRepository();
  expect(JSON.parse(await readFile(join(project, "package.json"), "utf8")).wsgen).toEqual({
    spec: "../../contracts/board.yaml",
  });
  expect(await readdir(project)).not.toContain("wsgen.yaml");
  expect(await readFile(join(project, "README.md"), "utf8")).toContain(
    "`../../contracts/board.yaml` describes",
  );
  for (const args of [
    ["check"],
    ["generate"],
    ["list"],
    ["add", "command", "board", "say"],
    ["add", "event", "board", "said"],
    ["new", "module", "feed"],
    ["rename", "command", "board", "say", "speak"],
    ["rename", "module", "feed", "news"],
    ["remove", "event", "board", "said"],
    ["check"],
  ])
    expect(await run(project, ...args), args.join(" ")).toMatchObject({ ok: true, diagnostics: [] });
  const edited = await readFile(spec, "utf8");
  for (const part of ["board: # shared", "speak:", "news:"]) expect(edited).toContain(part);
  for (const part of ["say:", "said:", "feed:"]) expect(edited).not.toContain(part);
  expect(await readdir(join(spec, ".."))).toEqual(["board.yaml"]);
  expect(await readdir(join(project, "src/modules"))).toEqual(["board", "news"]);

  await writeFile(spec, "wsgen: 1\nname: board\nmoduls: {}\n");
  const place = { file: "../../contracts/board.yaml", line: 3, column: 1 };
  expect(await run(project, "check")).toMatchObject({ exitCode: 1, diagnostics: [{ at: place }] });
});

test("is named by --spec for one run, by a relative or an absolute path", async () => {
  const { spec, project } = await makeRepository();
  const other = join(spec, "../other.yaml");
  await writeFile(other, text.replace("name: board", "name: other"));
  for (const path of ["../../contracts/other.yaml", other])
    expect(await run(project, "list", "--spec", path)).toMatchObject({ ok: true, name: "other" });
  expect(await run(project, "add", "command", "board", "say", "--spec", other)).toMatchObject({ ok: true });
  expect(await readFile(other, "utf8")).toContain("say:");
  expect(await readFile(spec, "utf8")).toBe(text);
});

test("is compared with its own past", async () => {
  const { root, spec, project } = await makeRepository();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: root });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  await writeFile(spec, text.replace("add:", "put:"));
  expect(await run(project, "diff", "HEAD")).toMatchObject({
    before: "HEAD:../../contracts/board.yaml",
    after: "../../contracts/board.yaml",
    diagnostics: [{ code: "breaking-change" }],
  });
});

test("stays as it was where the code cannot be changed, and where nothing is to be written", async () => {
  const { spec, project } = await makeRepository();
  expect(await run(project, "add", "command", "board", "say", "--dry-run")).toMatchObject({ ok: true });
  expect(await readFile(spec, "utf8")).toBe(text);
  await mkdir(join(project, "src/modules/board/commands/say.command.ts"));
  expect(await run(project, "add", "command", "board", "say")).toMatchObject({ exitCode: 1, written: false });
  expect(await readFile(spec, "utf8")).toBe(text);
  expect(await readdir(join(spec, ".."))).toEqual(["board.yaml"]);
});

test("is missed by its own name", async () => {
  const { spec, project } = await makeRepository();
  await rename(spec, `${spec}.old`);
  const { diagnostics } = await run(project, "generate");
  expect(diagnostics).toMatchObject([{ code: "spec-not-found" }]);
  expect(diagnostics[0]?.message).toContain("../../contracts/board.yaml");
});

test("--no-copy needs a spec", async () => {
  const { root } = await makeRepository();
  expect(await run(root, "new", "project", "other", "--no-copy")).toMatchObject({
    exitCode: 2,
    diagnostics: [{ message: "--no-copy needs the spec to work from: --spec <file>." }],
  });
});
