// A receipt answers for a run only while the run would say the same; whoever changes a byte gets the work done.
import {
  access,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";
import { runMain } from "../../support/run-main.js";

const example = fileURLToPath(
  new URL(
    "../../golden/cases/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
    import.meta.url,
  ),
);
const receipt = "node_modules/.cache/wsgen/receipt.json";
const generated = "src/modules/example/example.gen.ts";

async function makeProject({ installed = true } = {}): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "wsgen-receipt-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(example, project, { recursive: true });
  if (installed) await mkdir(join(project, "node_modules"));
  return project;
}

const run = async (project: string, ...args: string[]) =>
  readJsonOutput(await runMain(project, [...args, "--json"]));
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

async function edit(project: string, path: string, change: (text: string) => string): Promise<void> {
  const file = join(project, path);
  await writeFile(file, change(await readFile(file, "utf8")));
}

/** Makes the receipt say something that no run would say, so that it shows who relied on it. */
const mark = (project: string): Promise<void> =>
  edit(project, receipt, (text) => {
    const diagnostics = [{ code: "user-expression", severity: "note", message: "from the receipt" }];
    return JSON.stringify({ ...JSON.parse(text), diagnostics });
  });

const reliedOnReceipt = ({ diagnostics }: Awaited<ReturnType<typeof run>>): boolean =>
  diagnostics.some(({ message }) => message === "from the receipt");

test("the second run says what the first said, and relies on the receipt", async () => {
  const project = await makeProject();
  const first = await run(project, "generate");
  expect(await run(project, "generate")).toEqual(first);
  await mark(project);
  for (const args of [["generate"], ["check"], ["generate", "--dry-run"]])
    expect(reliedOnReceipt(await run(project, ...args)), args.join(" ")).toBe(true);
});

test("a run that wrote leaves a receipt for what it wrote", async () => {
  const project = await makeProject();
  await rm(join(project, generated));
  expect(await run(project, "generate")).toMatchObject({ written: true });
  const stamped = await run(project, "generate");
  await rm(join(project, receipt));
  expect(await run(project, "generate")).toEqual(stamped);
});

test.each([
  ["the spec", "wsgen.yaml"],
  ["a generated file", generated],
  ["a file of the user's", "src/main.ts"],
  ["a file that wsgen does not know", "src/other.ts"],
])("a changed byte of %s voids the receipt", async (_what, path) => {
  const project = await makeProject();
  await writeFile(join(project, "src/other.ts"), "export {};\n");
  await run(project, "generate");
  await mark(project);
  await edit(project, path, (text) => `${text}\n`);
  expect(reliedOnReceipt(await run(project, "check"))).toBe(false);
});

test("a file that comes or goes voids the receipt", async () => {
  const project = await makeProject();
  await run(project, "generate");
  await mark(project);
  await writeFile(join(project, "test/more.test.ts"), "");
  expect(reliedOnReceipt(await run(project, "check"))).toBe(false);
  await rm(join(project, "test/more.test.ts"));
  expect(reliedOnReceipt(await run(project, "check"))).toBe(true);
  await rm(join(project, generated));
  expect(await run(project, "check")).toMatchObject({ exitCode: 1 });
});

test("the time of a file is nothing to go by", async () => {
  const project = await makeProject();
  await run(project, "generate");
  await mark(project);
  await utimes(join(project, "wsgen.yaml"), 1, 1);
  expect(reliedOnReceipt(await run(project, "generate"))).toBe(true);
});

test("--force relies on nothing", async () => {
  const project = await makeProject();
  await run(project, "generate");
  await mark(project);
  expect(reliedOnReceipt(await run(project, "generate", "--force"))).toBe(false);
});

test("a warning of generate is an error of check, and --prune acts on it, so neither takes the receipt for it", async () => {
  const project = await makeProject();
  const orphan = join(project, "src/modules/example/commands/old.command.ts");
  const ping = await readFile(join(project, "src/modules/example/commands/ping.command.ts"), "utf8");
  await writeFile(orphan, ping.replaceAll("Ping", "Old").replaceAll('"ping"', '"old"'));
  const first = await run(project, "generate");
  expect(first.diagnostics).toMatchObject([{ code: "orphan", severity: "warning" }]);
  expect(await run(project, "generate")).toEqual(first);
  expect(await run(project, "check")).toMatchObject({ exitCode: 1, diagnostics: [{ severity: "error" }] });
  await run(project, "generate", "--prune", "--force");
  expect(await exists(orphan)).toBe(false);
});

test.each([
  ["no JSON", "{"],
  ["null", "null"],
  ["of another shape", '{"digest":1,"unchanged":{},"diagnostics":null}'],
])("a receipt that is %s is none", async (_what, text) => {
  const project = await makeProject();
  await run(project, "generate");
  await writeFile(join(project, receipt), text);
  expect(await run(project, "generate")).toMatchObject({ exitCode: 0, diagnostics: [] });
});

test("what only tells leaves no receipt, and neither does a project without node_modules", async () => {
  const project = await makeProject();
  await run(project, "check");
  await run(project, "generate", "--dry-run");
  expect(await readdir(join(project, "node_modules"))).toEqual([]);
  const bare = await makeProject({ installed: false });
  await run(bare, "generate");
  expect(await exists(join(bare, "node_modules"))).toBe(false);
});

test("a receipt is not written through a link", async () => {
  const project = await makeProject({ installed: false });
  const outside = await mkdtemp(join(tmpdir(), "wsgen-outside-"));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await symlink(outside, join(project, "node_modules"));
  await run(project, "generate");
  await rm(join(project, "node_modules"));
  await mkdir(join(project, "node_modules"));
  await symlink(outside, join(project, "node_modules/.cache"));
  await run(project, "generate");
  expect(await readdir(outside)).toEqual([]);
});
