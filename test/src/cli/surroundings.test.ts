// Where the system refuses, or whoever reads the output goes away: no stack, no lock that stays, and a true exit code.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const example = join(
  root,
  "test/golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
);

/** Runs a script of a shell in a project; `wsgen` is the command, `$?` of it is what the script prints to standard error. */
function shell(script: string): {
  readonly status: number | null;
  readonly out: string;
  readonly project: string;
} {
  const project = mkdtempSync(join(tmpdir(), "wsgen-surroundings-"));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  cpSync(example, project, { recursive: true });
  const wsgen = `wsgen() { "${process.execPath}" "${join(root, "bin/wsgen.js")}" "$@"; }`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${wsgen}\n${script}`], {
    cwd: project,
    encoding: "utf8",
  });
  return { status, out: stdout + stderr, project };
}

const isStack = /^\s+at .*:\d+:\d+\)?$/m;

test.each([20, 21, 22, 23, 24, 32, 64])(
  "check, generate, add command: with %i file descriptors",
  (limit) => {
    // Below some limit Node itself cannot start: it reads the package.json of every folder above a script.
    if (
      shell(`ulimit -n ${limit}; "${process.execPath}" "${join(root, "test/support/nothing.js")}"`).status !==
      0
    )
      return;
    for (const command of ["check", "generate", "add command example say"]) {
      const { status, out, project } = shell(`ulimit -n ${limit}\nwsgen ${command}`);
      expect([0, 1], out).toContain(status);
      if (limit >= 64) expect(status, out).toBe(0);
      else if (status === 1) expect(out).toMatch(/\berror\b/);
      expect(out).not.toMatch(isStack);
      expect(existsSync(join(project, ".wsgen"))).toBe(false);
    }
  },
  120_000,
);

test.each([
  ["wsgen", "Run `wsgen check` to compare the code with wsgen.yaml, or `wsgen generate` to update it."],
  ["mkdir new; cd new; wsgen", "This folder has no wsgen.yaml: run `wsgen new project my-app`"],
])("%s: names the next command of the folder, with the help", (script, fix) => {
  const { status, out } = shell(script);
  expect(status).toBe(2);
  expect(out).toContain(fix);
  expect(out).toContain("Commands:");
});

test.each(["check", "generate", "list", "new project .", "--help"])(
  "%s: in a folder that was deleted",
  (command) => {
    const { status, out } = shell(`mkdir gone; cd gone; rmdir ../gone; wsgen ${command}`);
    expect(status).toBe(1);
    expect(out).toContain("The current folder does not exist any more");
    expect(out).not.toMatch(isStack);
  },
);

test.each([
  ["check --json | head -1", 0],
  ["list | (exec 0<&-)", 0],
  ["generate --verbose | (exec 0<&-)", 0],
  ["add command example say --diff | (exec 0<&-)", 0],
  ["bogus 2>&1 | (exec 0<&-)", 2],
])("%s: into a pipe that is closed", (command, code) => {
  const [words = "", reader = ""] = command.split(" |");
  const { out } = shell(`{ wsgen ${words.replace(" 2>&1", "")} 2>&1; echo "code $?" >&2; } | ${reader}`);
  expect(out).toContain(`code ${code}`);
  expect(out).not.toMatch(isStack);
});
