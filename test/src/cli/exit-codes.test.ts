// Every way in which a command can end has its exit code, and says what it is about.
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { reportFailure } from "../../../src/cli/failure.js";
import { getJournalPath } from "../../../src/fs/journal.js";
import { lockProject } from "../../../src/fs/lock-project.js";
import { getExitCode, refuse } from "../../../src/run/result.js";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const example = fileURLToPath(
  new URL(
    "../../golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);

async function makeProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-exit-codes-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(example, project, { recursive: true });
  return project;
}

test("add command: exits with 1 and changes nothing if a target cannot be written", async () => {
  const project = await makeProject();
  const spec = await readFile(join(project, "wsgen.yaml"), "utf8");
  await mkdir(join(project, "src/modules/example/commands/say.command.ts"));
  const result = readJsonOutput(await runMain(project, ["add", "command", "example", "say", "--json"]));
  expect(result).toMatchObject({ exitCode: 1, written: false });
  expect(result.diagnostics[0]?.message).toContain("say.command.ts");
  expect(await readFile(join(project, "wsgen.yaml"), "utf8")).toBe(spec);
});

test("check: reports an interrupted run and changes nothing", async () => {
  const project = await makeProject();
  const journal = getJournalPath(project);
  await mkdir(dirname(journal), { recursive: true });
  await writeFile(journal, "{}");
  const result = readJsonOutput(await runMain(project, ["check", "--json"]));
  expect(result).toMatchObject({ exitCode: 0, diagnostics: [{ code: "unfinished-commit" }] });
  expect(await readFile(journal, "utf8")).toBe("{}");
});

test.each([
  { given: ["new", "module", "Foo-Bar", "--port", "99999"], want: /^error --port: / },
  { given: ["new", "module", "feed", "--url", "a/:"], want: /^error --url: / },
  { given: ["add", "command", "example", "say", "--as", "class"], want: /^error --as: / },
  { given: ["add", "command", "example", "con"], want: /^error the name: / },
  { given: ["add", "command", "example", "say", "--request", "a:Foo"], want: /^error --request: / },
])("$given: an error names the option that it came from", async ({ given, want }) => {
  expect((await runMain(await makeProject(), given)).err).toMatch(want);
});

test.each([
  { given: ["new", "module", "set"], want: "`--as SetServer`" },
  { given: ["add", "command", "example", "delete"], want: "`--as Delete`" },
  { given: ["add", "event", "example", "你好", "--as", "class"], want: "`--as ClassHappened`" },
  {
    given: ["rename", "command", "example", "ping", "你好"],
    want: "`as: LoginUser` below the old name in wsgen.yaml first",
  },
])("$given: the fix for a name fits the command line", async ({ given, want }) => {
  const { diagnostics } = readJsonOutput(await runMain(await makeProject(), [...given, "--json"]));
  expect(diagnostics).toMatchObject([{ fix: `Write ${want}, for example.` }]);
});

test("getExitCode: an interruption gives 130", () => {
  const interrupted = { code: "interrupted", severity: "error", message: "stopped", fix: "again" } as const;
  expect(getExitCode(refuse("generate", [interrupted]))).toBe(130);
});

test("getExitCode: a defect of wsgen gives 70, with its stack", () => {
  const result = reportFailure(new TypeError("x is undefined"), ["list"]);
  expect(getExitCode(result)).toBe(70);
  expect(result.diagnostics).toMatchObject([{ code: "defect", message: "x is undefined" }]);
  expect(result.answer?.notes).toContain("exit-codes.test");
});

test("getExitCode: a file that cannot be read gives 1", () => {
  const error = Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "open", path: "/p/a.ts" });
  const result = reportFailure(error, ["list"]);
  expect(getExitCode(result)).toBe(1);
  expect(result.diagnostics).toMatchObject([{ code: "read-failed" }]);
});

test.each([
  ["a pipe", (path: string) => void execFileSync("mkfifo", [path])],
  ["a link to a device without end", (path: string) => symlinkSync("/dev/zero", path)],
  ["a folder", (path: string) => mkdirSync(path)],
])("every command that reads the spec refuses %s at once", async (_what, make) => {
  const project = await makeProject();
  make(join(project, "odd.yaml"));
  expect((await runMain(project, ["diff", "odd.yaml"])).code).toBe(1);
  for (const args of [["list"], ["check"], ["generate"], ["new", "project", "new"]]) {
    const result = readJsonOutput(await runMain(project, [...args, "--spec", "odd.yaml", "--json"]));
    expect(result.exitCode, args.join(" ")).toBe(1);
    expect(result.diagnostics[0]?.message).toContain("odd.yaml is not a regular file.");
  }
});

test.each([
  [{ spec: 7 }, '"spec"'],
  [{ spec: "" }, '"spec"'],
  [{ spec: ["a.yaml"] }, '"spec"'],
  [{ spec: null }, '"spec"'],
  ["a.yaml", '"wsgen"'],
  [null, '"wsgen"'],
])('every command refuses "wsgen": %j in package.json with its place', async (wsgen, marked) => {
  const project = await makeProject();
  const text = JSON.stringify({ name: "app", wsgen }, undefined, 2);
  await writeFile(join(project, "package.json"), text);
  for (const args of [["check"], ["list"], ["generate", "--watch"]]) {
    const { code, err } = await runMain(project, args);
    expect(code).toBe(1);
    const [, line, column] = /^package\.json:(\d+):(\d+) error .* \[wrong-type\]$/m.exec(err) ?? [];
    expect(text.split("\n")[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(new RegExp(`^${marked}`));
  }
  expect((await runMain(project, ["check", "--spec", "wsgen.yaml"])).code).toBe(0);
});

test("rename module: refuses to move commands behind a linked folder; check and generate accept them", async () => {
  const project = await makeProject();
  const commands = join(project, "src/modules/example/commands");
  await mkdir(join(project, "src/shared"));
  await rename(commands, join(project, "src/shared/all"));
  symlinkSync("../../shared/all", commands);
  for (const command of ["check", "generate"])
    expect(readJsonOutput(await runMain(project, [command, "--json"])), command).toMatchObject({
      exitCode: 0,
      diagnostics: [],
      written: command === "generate",
    });
  const before = await readdir(project, { recursive: true });
  const renamed = readJsonOutput(await runMain(project, ["rename", "module", "example", "room", "--json"]));
  expect(renamed).toMatchObject({ exitCode: 1, written: false, diagnostics: [{ code: "unexpected-shape" }] });
  expect(await readdir(project, { recursive: true })).toEqual(before);
});

test("generate: does not create a command again that is now JavaScript", async () => {
  const project = await makeProject();
  const commands = join(project, "src/modules/example/commands");
  await rm(join(commands, "ping.command.ts"));
  const code = 'export class PingCommand { getCommand() { return "ping"; } execute() {} }\n';
  await writeFile(join(commands, "ping.command.js"), code);
  for (const command of ["generate", "check"])
    expect(readJsonOutput(await runMain(project, [command, "--json"])), command).toMatchObject({
      exitCode: 0,
      diagnostics: [],
    });
  expect(await readdir(commands)).toEqual(["ping.command.js"]);
});

test("list: a spec whose name begins with two dots is inside the project", async () => {
  const project = await makeProject();
  await cp(join(project, "wsgen.yaml"), join(project, "..draft.yaml"));
  expect(readJsonOutput(await runMain(project, ["list", "--spec", "..draft.yaml", "--json"])).exitCode).toBe(
    0,
  );
  expect(readJsonOutput(await runMain(project, ["list", "--spec", "../x.yaml", "--json"]))).toMatchObject({
    exitCode: 1,
    diagnostics: [{ code: "spec-not-found" }],
  });
});

test.each([
  [["add", "command", "example", "ping", "--request", "text:string"], "with a different 'request'"],
  [["new", "module", "example", "--port", "12345"], "with a different 'port'"],
  [["new", "module", "example", "--url", "other", "--as", "Sample"], "with a different 'as' and 'urls'"],
])("%j: exits with 1 and changes nothing if the entry exists with other values", async (args, message) => {
  const project = await makeProject();
  const spec = await readFile(join(project, "wsgen.yaml"), "utf8");
  const result = readJsonOutput(await runMain(project, [...args, "--json"]));
  expect(result).toMatchObject({ exitCode: 1, written: false, diagnostics: [{ code: "already-exists" }] });
  expect(result.diagnostics[0]?.message).toContain(message);
  expect(await readFile(join(project, "wsgen.yaml"), "utf8")).toBe(spec);
});

test("new module: an equal module that exists is a note, and exit code 0", async () => {
  const project = await makeProject();
  for (const args of [
    ["new", "module", "example"],
    ["new", "module", "example", "--port", "10099"],
  ]) {
    const result = readJsonOutput(await runMain(project, [...args, "--json"]));
    expect(result).toMatchObject({
      exitCode: 0,
      diagnostics: [{ code: "already-exists", severity: "note" }],
    });
  }
});

test("new project: writes into a folder that is not empty only with --force", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-exit-codes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "mine.txt"), "mine");
  const args = [
    "new",
    "project",
    ".",
    "--runtime",
    "1.0.0",
    "--generator",
    "1.0.0",
    "--no-install",
    "--json",
  ];
  const refused = readJsonOutput(await runMain(folder, args));
  expect(refused).toMatchObject({ exitCode: 1, diagnostics: [{ code: "target-not-empty" }] });
  const forced = readJsonOutput(await runMain(folder, [...args, "--force"]));
  expect(forced).toMatchObject({ exitCode: 0, written: true });
  expect(await readFile(join(folder, "mine.txt"), "utf8")).toBe("mine");
});

test("check, generate --dry-run: do not wait for another wsgen", async () => {
  const project = await makeProject();
  const lock = await lockProject(project);
  for (const args of [["check"], ["generate", "--dry-run"]]) {
    const result = readJsonOutput(await runMain(project, [...args, "--json"]));
    expect(result.exitCode, args.join(" ")).toBe(0);
  }
  await lock.release();
});

test("diff: exits with 1 for one breaking change; --strict finds more of them", async () => {
  const project = await makeProject();
  const spec = await readFile(join(project, "wsgen.yaml"), "utf8");
  const commandOf = (fields: string) =>
    spec.replace(
      /^( +)ping:.*$/m,
      (line, indent: string) =>
        `${indent}pong: { request: { type: object, properties: {${fields}} } }\n${line}`,
    );
  await writeFile(join(project, "old.yaml"), commandOf(" a: { type: string } "));
  const diff = async (...args: string[]) =>
    readJsonOutput(await runMain(project, ["diff", "old.yaml", ...args, "--json"])).exitCode;
  await writeFile(join(project, "wsgen.yaml"), commandOf(" a: { type: string }, b: { type: string } "));
  expect([await diff(), await diff("--strict")]).toEqual([0, 1]);
  await writeFile(join(project, "wsgen.yaml"), spec);
  expect(await diff()).toBe(1);
});

test("list: escapes control characters of a description", async () => {
  const project = await makeProject();
  const description = 'description: "a\\e[2Jb\\u202Ec"';
  const entries = `commands: { say: { ${description} } }, events: { said: { ${description} } }`;
  const spec = `wsgen: 1\nname: app\nmodules: { chat: { port: 1, urls: [ws], ${entries} } }\n`;
  await writeFile(join(project, "wsgen.yaml"), spec);
  const { code, out } = await runMain(project, ["list"]);
  expect(code).toBe(0);
  expect(out.match(/a.+\[2Jb.+c$/gm)).toHaveLength(2);
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
});

test("check: the fix for a wrong type does not suggest quotes that are refused, too", async () => {
  const project = await makeProject();
  const spec =
    "wsgen: 1\nname: app\nmodules: { chat: { port: 1, urls: [ws], config: { log: { level: 7 } } } }\n";
  await writeFile(join(project, "wsgen.yaml"), spec);
  const { code, out, err } = await runMain(project, ["check"]);
  expect(code).toBe(1);
  expect(out + err).toContain("fix: ");
  expect(out + err).not.toContain("'7'");
});
