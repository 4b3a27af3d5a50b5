// What the command line costs, counted and not timed: scripts loaded, files read, bytes written, programs made.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

interface Work {
  readonly loaded: readonly string[];
  /** Paths inside of the project, each as often as it was read. */
  readonly reads: readonly string[];
  readonly writes: readonly { readonly path: string; readonly bytes: number }[];
  /** How often the compiler was asked for a program: types and names of everything that a tsconfig names. */
  readonly programs: number;
}

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const counter = new URL("count-work.js", import.meta.url).href;
const add = "add command module1 say --request text:string --reply delivered:integer".split(" ");

let folder: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wsgen-work-"));
  await writeFile(join(folder, "spec.yaml"), specOf(4));
  const packages = ["--runtime", "latest", "--generator", "latest"];
  await count(["new", "project", "made", "--no-install", ...packages, "--spec", join(folder, "spec.yaml")], {
    cwd: folder,
  });
});

beforeEach(async () => {
  project = join(folder, "project");
  await rm(project, { recursive: true, force: true });
  await cp(join(folder, "made"), project, { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what is loaded", () => {
  test.each([
    { args: "--version", most: 13 },
    { args: "--help", most: 13 },
    { args: "generate --diif", most: 13, exitCode: 2 },
    { args: "list", most: 15 },
    { args: "generate", most: 20, exitCode: 1, misspelt: "requird" },
  ])("$args: no compiler, and at most $most files", async ({ args, most, exitCode, misspelt }) => {
    await changeSpec((text) => text.replace("required", misspelt ?? "required"));
    const { loaded } = await count(args.split(" "), { exitCode });
    expect(loaded.filter((file) => /ts-morph|typescript/.test(file))).toEqual([]);
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.length, loaded.join("\n")).toBeLessThanOrEqual(most);
  });

  test("one edit: the compiler's parser, and at most 50 files", async () => {
    const { loaded, programs } = await count(add);
    expect(loaded.some((file) => file.includes("ts-morph"))).toBe(true);
    expect(loaded.length, loaded.join("\n")).toBeLessThanOrEqual(50);
    expect(programs).toBe(0);
  });

  test("only a rename needs a program of the whole project", async () => {
    expect((await count(["rename", "command", "module1", "command1", "first"])).programs).toBeGreaterThan(0);
  });
});

describe("what is read and written", () => {
  test("nothing to do: each file is read once, and nothing is written but the lock", async () => {
    const { reads, writes } = await count(["generate"]);
    const own = reads.filter((path) => path.startsWith("src/"));
    expect(own.length).toBeGreaterThan(10);
    expect(own).toEqual([...new Set(own)]);
    expect(writes.map(({ path }) => path)).toEqual([".wsgen/lock"]);
  });

  test("a mistake in the spec: no file of the code is read", async () => {
    await changeSpec((text) => text.replace("required", "requird"));
    const { reads } = await count(["generate"], { exitCode: 1 });
    expect(reads).toContain("wsgen.yaml");
    expect(reads.filter((path) => path.startsWith("src/"))).toEqual([]);
  });

  test("check writes nothing at all", async () => {
    expect((await count(["check"])).writes).toEqual([]);
  });

  test("one more command: what changed is written once, and what did not change is read once", async () => {
    const before = await sizesOf(project);
    const { reads, writes } = await count(add);
    const after = await sizesOf(project);
    const changed = [...after.keys()].filter((path) => after.get(path) !== before.get(path));
    expect(contentBytes(writes)).toBe(changed.reduce((sum, path) => sum + (after.get(path) ?? 0), 0));
    const others = reads.filter((path) => path.startsWith("src/modules/module2/"));
    expect(others.length).toBeGreaterThan(4);
    expect(others).toEqual([...new Set(others)]);
  });

  test("twice the commands: twice the work, and not more", async () => {
    const small = await grow(8);
    const large = await grow(16);
    const added = (pick: (work: Work) => number) =>
      (pick(large) - pick(small)) / (pick(small) - pick(nothing));
    expect(added(({ reads }) => reads.length)).toBeLessThanOrEqual(2);
    expect(added(({ writes }) => contentBytes(writes))).toBeCloseTo(2, 1);
  });

  const nothing: Work = { loaded: [], reads: [], writes: [], programs: 0 };

  /** Generates a spec of so many modules into a project of four. */
  async function grow(modules: number): Promise<Work> {
    await rm(project, { recursive: true });
    await cp(join(folder, "made"), project, { recursive: true });
    await changeSpec(() => specOf(modules));
    return count(["generate"]);
  }
});

/** Modules of four commands. */
function specOf(modules: number): string {
  const command = (index: number) => `
      command${index}:
        request: { type: object, required: [text], properties: { text: { type: string, maxLength: 99 } } }
        reply: { type: object, properties: { at: { type: string, format: date-time } } }`;
  const one = (index: number) => `
  module${index}:
    port: 10100
    urls: [ws]
    commands:${[1, 2, 3, 4].map(command).join("")}`;
  return `wsgen: 1\nname: work\nmodules:${Array.from({ length: modules }, (_, index) => one(index + 1)).join("")}\n`;
}

async function changeSpec(change: (text: string) => string): Promise<void> {
  const file = join(project, "wsgen.yaml");
  await writeFile(file, change(await readFile(file, "utf8")));
}

interface Run {
  readonly cwd?: string;
  readonly exitCode?: number | undefined;
}

/** Runs wsgen as it is built. */
async function count(args: readonly string[], { cwd = project, exitCode = 0 }: Run = {}): Promise<Work> {
  const report = join(folder, "report.json");
  const command = ["--import", counter, join(root, "bin", "wsgen.js"), ...args];
  const env = { ...process.env, WORK_REPORT: report };
  const ended = await execute(process.execPath, command, { cwd, env }).catch((error) => error);
  expect(ended.code ?? 0, ended.stderr).toBe(exitCode);
  const work = JSON.parse(await readFile(report, "utf8")) as Work;
  await rm(report);
  const inside = (path: string) => (path.startsWith(`${cwd}/`) ? [path.slice(cwd.length + 1)] : []);
  return {
    ...work,
    reads: work.reads.flatMap(inside),
    writes: work.writes.flatMap(({ path, bytes }) =>
      inside(path).map((relative) => ({ path: relative, bytes })),
    ),
  };
}

/** The bytes of contents: new ones are written beside their targets. The rest is the journal and the lock. */
const contentBytes = (writes: Work["writes"]): number =>
  writes.filter(({ path }) => path.endsWith(".new")).reduce((sum, { bytes }) => sum + bytes, 0);

async function sizesOf(top: string): Promise<Map<string, number>> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, (await stat(file)).size] as const)));
}
