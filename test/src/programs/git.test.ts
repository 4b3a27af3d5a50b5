// `wsgen diff` against revisions of real repositories.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../../src/cli.js";
import { readOldSpec } from "../../../src/programs/git.js";

const spec = (commands: string): string =>
  `wsgen: 1\nname: app\nmodules:\n  chat:\n    port: 1000\n    urls: [ws]\n    commands: { ${commands} }\n`;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "wsgen-diff-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function git(cwd: string, ...args: readonly string[]): void {
  const identity = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe" });
}

/** A repository in which each of these specs is a commit. */
function repository(project: string, ...specs: readonly string[]): string {
  const root = folder();
  mkdirSync(join(root, project), { recursive: true });
  git(root, "init", "--quiet", "--initial-branch=main");
  for (const text of specs) {
    writeFileSync(join(root, project, "wsgen.yaml"), text);
    git(root, "add", ".");
    git(root, "commit", "--quiet", "--message=spec");
  }
  return join(root, project);
}

async function diff(cwd: string, ...args: readonly string[]) {
  let out = "";
  let err = "";
  const exitCode = await main(["--cwd", cwd, "diff", ...args], {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { exitCode, out, err };
}

test("diff: compares a revision with the present spec, committed or not", async () => {
  const project = repository("", spec("a: {}"), spec("a: {}, b: {}"));
  expect((await diff(project, "HEAD~1")).out).toContain(
    "HEAD~1:wsgen.yaml → wsgen.yaml: 0 breaking, 1 compatible",
  );
  writeFileSync(join(project, "wsgen.yaml"), spec("b: {}"));
  const { exitCode, out } = await diff(project, "main");
  expect(exitCode).toBe(1);
  expect(out).toContain("chat.a [command-removed]");
  expect(out).toContain("main:wsgen.yaml:7:17");
});

test("diff: the project may be in a folder of the repository, with another name of the spec", async () => {
  const project = repository("services/chat", spec("a: {}"));
  writeFileSync(join(project, "wsgen.yaml"), spec("a: {}, b: {}"));
  expect((await diff(project, "HEAD")).out).toContain("1 compatible");
  mkdirSync(join(project, "specs"));
  writeFileSync(join(project, "specs/other.yaml"), spec("x: {}"));
  git(project, "add", ".");
  git(project, "commit", "--quiet", "--message=other");
  const { exitCode, out } = await diff(project, "HEAD", "--spec", "specs/other.yaml");
  expect({ exitCode, out }).toEqual({
    exitCode: 0,
    out: "HEAD:specs/other.yaml → specs/other.yaml: the contract is the same.\n",
  });
  expect(await diff(project, "HEAD", "--spec", join(project, "specs/other.yaml"))).toEqual({
    exitCode,
    out,
    err: "",
  });
});

test("diff: both sides read the files that they refer to, the old ones from the commit", async () => {
  const text = (path: string) => spec("a:").replace("a:", `a: { reply: { $ref: '${path}' } }`);
  const project = repository("services/chat", text("./schemas/user.yaml#/User"));
  const save = (name: string, type: string) => {
    mkdirSync(join(project, "schemas"), { recursive: true });
    writeFileSync(join(project, "schemas", name), `User: { type: ${type} }\n`);
  };
  const missing = await diff(project, "HEAD");
  expect(missing.err).toMatch(
    /^HEAD:wsgen\.yaml:7:\d+ error schemas\/user\.yaml was not found at this revision/m,
  );
  expect(missing.err).toMatch(/^wsgen\.yaml:7:\d+ error schemas\/user\.yaml was not found in the folder/m);

  save("user.yaml", "string");
  git(project, "add", ".");
  git(project, "commit", "--quiet", "--message=schemas");
  expect(await diff(project, "HEAD")).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining("the contract is the same"),
  });
  save("user.yaml", "[string, integer]");
  const changed = await diff(project, "HEAD");
  expect(changed.exitCode).toBe(1);
  expect(changed.out).toContain("schemas/user.yaml:1:");
  save("user.yaml", "strin");
  expect((await diff(project, "HEAD")).err).toContain("schemas/user.yaml:1:15 error");
  git(project, "add", ".");
  git(project, "commit", "--quiet", "--message=broken");
  save("person.yaml", "string");
  writeFileSync(join(project, "wsgen.yaml"), text("./schemas/person.yaml#/User"));
  const { exitCode, err } = await diff(project, "HEAD");
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: expect.stringContaining("HEAD:schemas/user.yaml:1:15 error"),
  });
  // A schema that moved to another file is the same contract.
  expect((await diff(project, "HEAD~1")).out).toContain("the contract is the same");
});

test("diff: reads the committed bytes", async () => {
  const project = repository("", spec("a: { description: 获取 }").replaceAll("\n", "\r\n"));
  expect((await diff(project, "HEAD")).exitCode).toBe(0);
});

test("diff: prefers a file to a revision of the same name", async () => {
  const project = repository("", spec("a: {}"));
  writeFileSync(join(project, "main"), spec("b: {}"));
  const { out } = await diff(project, "main");
  expect(out).toContain("main → wsgen.yaml: 1 breaking, 1 compatible");
});

test("diff: reports errors of the old and of the new spec under their own names", async () => {
  const project = repository("", spec("a: {}").replace("port: 1000", "prot: 1000"));
  writeFileSync(join(project, "wsgen.yaml"), spec("a: 1"));
  const { exitCode, out, err } = await diff(project, "HEAD");
  expect(exitCode).toBe(1);
  expect(err).toContain("HEAD:wsgen.yaml:5:5 error");
  expect(err).toMatch(/^wsgen\.yaml:7:\d+ error/m);
  expect(out).toBe("Nothing was changed.\n");
});

test.each([
  ["an unknown name", "no-such-branch"],
  ["a name that git would take for an option", "--output=stolen.txt"],
  ["a dash", "-"],
  ["nothing", ""],
  ["a path of a revision", "HEAD:wsgen.yaml"],
  ["a range", "HEAD..HEAD"],
  ["a NUL", "HEAD\0"],
  ["a folder", "."],
])("diff: %s is not a revision", async (_name, revision) => {
  const project = repository("", spec("a: {}"));
  const { value, diagnostics } = await readOldSpec(project, "wsgen.yaml", revision);
  expect(value).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(["spec-not-found"]);
  expect(diagnostics[0]?.message).toBe(`'${revision}' is neither a file nor a git revision.`);
  expect(readdirSync(project).sort()).toEqual([".git", "wsgen.yaml"]);
});

test("diff: reports a revision without the spec", async () => {
  const project = repository("", spec("a: {}"));
  writeFileSync(join(project, "new.yaml"), spec("a: {}"));
  const { exitCode, err } = await diff(project, "HEAD", "--spec", "new.yaml");
  expect(exitCode).toBe(1);
  expect(err).toContain("Spec new.yaml was not found at the revision 'HEAD'.");
});

test("diff: reads no revision without a repository", async () => {
  const project = folder();
  writeFileSync(join(project, "wsgen.yaml"), spec("a: {}"));
  const { exitCode, err } = await diff(project, "HEAD");
  expect(exitCode).toBe(1);
  expect(err).toContain(
    "'HEAD' is not a file, and git cannot read it as a revision: the project is not in a git repository.",
  );
});

test("diff: reads a file, but no revision, without git", async () => {
  const project = repository("", spec("a: {}"));
  const path = process.env.PATH;
  onTestFinished(() => {
    process.env.PATH = path;
  });
  process.env.PATH = project;
  const { exitCode, err } = await diff(project, "HEAD");
  expect(exitCode).toBe(1);
  expect(err).toContain("git is not installed");
  expect((await diff(project, "wsgen.yaml")).exitCode).toBe(0);
});

test("diff: does not read a spec that is too large", async () => {
  const project = repository("", `# ${"x".repeat(11 * 1024 * 1024)}\n`);
  writeFileSync(join(project, "wsgen.yaml"), spec("a: {}"));
  const { exitCode, err } = await diff(project, "HEAD");
  expect(exitCode).toBe(1);
  expect(err).toContain("[spec-unreadable]");
});
