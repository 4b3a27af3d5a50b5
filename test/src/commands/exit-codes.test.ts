// Every way in which a command can end has its exit code, and says what it is about.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { failure } from "../../../src/commands/failure.js";
import { exitCodeOf, refusal } from "../../../src/commands/result.js";
import { journalFile } from "../../../src/fs/journal.js";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const example = fileURLToPath(
  new URL(
    "../../golden/cases/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);

async function makeProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-exit-codes-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(example, project, { recursive: true });
  return project;
}

test("a target that cannot be written is exit code 1, and nothing was changed", async () => {
  const project = await makeProject();
  const spec = await readFile(join(project, "wsgen.yaml"), "utf8");
  await mkdir(join(project, "src/modules/example/commands/say.command.ts"));
  const result = readJsonOutput(await runMain(project, ["add", "command", "example", "say", "--json"]));
  expect(result).toMatchObject({ exitCode: 1, written: false });
  expect(result.diagnostics[0]?.message).toContain("say.command.ts");
  expect(await readFile(join(project, "wsgen.yaml"), "utf8")).toBe(spec);
});

test("a run that was cut off is told by check, which changes nothing", async () => {
  const project = await makeProject();
  const journal = journalFile(project, "open");
  await mkdir(dirname(journal), { recursive: true });
  await writeFile(journal, "{}");
  const result = readJsonOutput(await runMain(project, ["check", "--json"]));
  expect(result).toMatchObject({ exitCode: 0, diagnostics: [{ code: "unfinished-commit" }] });
  expect(await readFile(journal, "utf8")).toBe("{}");
});

test("an interruption is exit code 130", () => {
  const interrupted = { code: "interrupted", severity: "error", message: "stopped" } as const;
  expect(exitCodeOf(refusal("generate", [interrupted]))).toBe(130);
});

test("a defect of ours is exit code 70, with its stack", () => {
  const result = failure(new TypeError("x is undefined"), ["list"]);
  expect(exitCodeOf(result)).toBe(70);
  expect(result.diagnostics).toMatchObject([{ code: "defect", message: "x is undefined" }]);
  expect(result.answer?.notes).toContain("exit-codes.test");
});

test("a file that cannot be read is exit code 1", () => {
  const error = Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "open", path: "/p/a.ts" });
  const result = failure(error, ["list"]);
  expect(exitCodeOf(result)).toBe(1);
  expect(result.diagnostics).toMatchObject([{ code: "read-failed" }]);
});
