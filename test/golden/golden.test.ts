// Each folder of cases/ is one run of the command line: `case.json` has its arguments and exit code, and maybe the
// result of another case to start `from`; `before/` is put over that, `expected/` what is there afterwards, `stdout.txt` and `stderr.txt` what is printed.
// UPDATE=1 writes what a run gives, for a person to read in the diff.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { main } from "../../src/cli.js";

interface GoldenCase {
  /** A folder below cases/ that holds what is there first. */
  readonly from?: string;
  readonly args: readonly string[];
  readonly exitCode: number;
}

const casesFolder = fileURLToPath(new URL("cases/", import.meta.url));
const isUpdate = process.env.UPDATE === "1";

describe("golden projects", async () => {
  for (const name of (await readdir(casesFolder)).sort()) {
    test(name.replaceAll("-", " "), () => runCase(join(casesFolder, name)));
  }
});

async function runCase(folder: string): Promise<void> {
  const { from, args, exitCode } = JSON.parse(
    await readFile(join(folder, "case.json"), "utf8"),
  ) as GoldenCase;
  const work = await mkdtemp(join(tmpdir(), "wsgen-golden-"));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  if (from !== undefined) await cp(join(casesFolder, from), work, { recursive: true });
  await cp(join(folder, "before"), work, { recursive: true }).catch(ignoreAbsent);
  const printed = { out: "", err: "" };
  const code = await main(["--cwd", work, ...args], {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
  });
  const actual = new Map([
    ...[...(await readTree(work))].map(([path, text]) => [`expected/${path}`, text] as const),
    ["stdout.txt", neutral(printed.out, work)],
    ["stderr.txt", neutral(printed.err, work)],
  ]);
  if (isUpdate) await writeExpected(folder, actual);
  expect(code, printed.err).toBe(exitCode);
  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(await readExpected(folder)));
}

/** Text that is the same on every machine. */
const neutral = (text: string, work: string): string => text.replaceAll(work, "<project>");

async function readExpected(folder: string): Promise<Map<string, string>> {
  const all = await readTree(folder);
  return new Map([...all].filter(([path]) => /^(expected\/|stdout\.txt$|stderr\.txt$)/.test(path)));
}

async function writeExpected(folder: string, actual: ReadonlyMap<string, string>): Promise<void> {
  await rm(join(folder, "expected"), { recursive: true, force: true });
  for (const [path, text] of actual) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function readTree(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.sort().map(async (path) => [relative(root, path), await readFile(path, "utf8")] as const),
    ),
  );
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
