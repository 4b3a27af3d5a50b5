// Each folder of cases/<command>/ is one run of the command line, named as a sentence; golden-case.ts says what is in it.
// UPDATE=1 writes what a run gives, for a person to read in the diff.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../support/json-output.js";
import { runMain } from "../support/run-main.js";
import { treeDiff } from "../support/tree-diff.js";
import { casesFolder, type GoldenCase, readCase, readTextTree, setUp } from "./golden-case.js";

const isUpdate = process.env.UPDATE === "1";

const commands = await readdir(casesFolder);
const folders = await Promise.all(
  commands.map(async (command) =>
    (await readdir(join(casesFolder, command))).map((name) => ({ command, name })),
  ),
);
const cases = await Promise.all(
  folders.flat().map(async ({ command, name }) => {
    const folder = join(casesFolder, command, name);
    return {
      title: `wsgen ${command} > ${name.replaceAll("-", " ")}`,
      folder,
      golden: await readCase(folder),
    };
  }),
);
// Only a case that starts from nothing has files from which others start, and an update writes them: those cases first.
cases.sort((a, b) => Number(a.golden.from !== undefined) - Number(b.golden.from !== undefined));

for (const { title, folder, golden } of cases) test(title, () => runCase(folder, golden));

async function runCase(folder: string, golden: GoldenCase): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "wsgen-golden-"));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  await setUp(golden, folder, work);
  const before = await readTextTree(work);
  const printed = await runMain(work, golden.args);
  const after = await readTextTree(work);
  const actual = new Map([
    ...outcome(golden, before, after),
    ["stdout.txt", neutral(printed.out, work)],
    ["stderr.txt", neutral(printed.err, work)],
  ]);
  if (isUpdate) await writeExpected(folder, actual);
  expect(printed.code, printed.err).toBe(golden.exitCode);
  if (golden.args.includes("--json")) readJsonOutput(printed);
  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(await readExpected(folder)));
}

type Texts = ReadonlyMap<string, string>;

/** All files of a project that was made from nothing, else the difference that the run made. */
function outcome({ from }: GoldenCase, before: Texts, after: Texts): [string, string][] {
  if (from === undefined) return [...after].map(([path, text]) => [`expected/${path}`, text]);
  const changes = treeDiff(before, after);
  return changes === "" ? [] : [["changes.diff", changes]];
}

/** Text that is the same on every machine. */
const neutral = (text: string, work: string): string => text.replaceAll(work, "<project>");

const isExpectation = (path: string): boolean =>
  /^(expected\/|changes\.diff$|stdout\.txt$|stderr\.txt$)/.test(path);

async function readExpected(folder: string): Promise<Map<string, string>> {
  return new Map([...(await readTextTree(folder))].filter(([path]) => isExpectation(path)));
}

async function writeExpected(folder: string, actual: Texts): Promise<void> {
  for (const name of ["expected", "changes.diff"]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  for (const [path, text] of actual) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
