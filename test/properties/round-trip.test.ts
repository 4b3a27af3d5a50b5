// The round trip, as a person makes it: any spec, any code written into what it gave, any change of the spec. Not one line
// of the person's is lost, the second run has nothing to do, the check agrees, and the whole still compiles.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { runMain } from "../support/run-main.js";
import { anySpec, type SpecData, specChange } from "./changing-spec.js";
import { type Files, userEdit } from "./edited-project.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const seed = Number(process.env.SEED ?? 4);

const story = fc.record({
  spec: anySpec,
  edits: fc.array(userEdit, { maxLength: 8 }),
  changes: fc.array(specChange, { minLength: 1, maxLength: 3 }),
});

test("generate: keeps every line of the user after a change of the spec; check then finds nothing", async () => {
  const compiled = await scratch();
  let projects = 0;
  await fc.assert(
    fc.asyncProperty(story, async ({ spec, edits, changes }) => {
      const project = await makeProject(spec);
      const edited = await edit(project, edits);
      const changed = changes.reduce((current, change) => change.apply(current), spec);
      await writeSpec(project, changed);

      const generated = await runMain(project, ["generate"]);
      expect(generated.code, generated.err).toBe(0);
      const after = await readFiles(project);
      for (const [path, text] of edited) expectKept(path, text, after.get(path));

      const again = await runMain(project, ["generate"]);
      expect(again.out).toMatch(/up to date/);
      expect(await readFiles(project)).toEqual(after);

      const check = JSON.parse((await runMain(project, ["check", "--json"])).out);
      const errors = check.diagnostics.filter(({ severity }: { severity: string }) => severity === "error");
      const removes = changes.some((change) => change.removes);
      expect(errors.filter(({ code }: { code: string }) => !(removes && code === "orphan"))).toEqual([]);
      if (!removes && projects < 12) await cp(project, join(compiled, `p${projects++}`), { recursive: true });
    }),
    { numRuns: 40, seed },
  );
  expect(projects).toBeGreaterThan(8);
  expect(await compile(compiled)).toBe("");
}, 600_000);

test("rename: renaming back restores the bytes", async () => {
  const subject = fc.record({
    kind: fc.constantFrom("module", "command", "event"),
    at: fc.nat(5),
    which: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(
      anySpec,
      fc.array(userEdit, { maxLength: 6 }),
      subject,
      async (spec, edits, { kind, at, which }) => {
        const words = nameOf(spec, kind, at, which);
        fc.pre(words !== undefined);
        const project = await makeProject(spec);
        await edit(project, edits);
        expect((await runMain(project, ["generate"])).code).toBe(0);
        const before = await readFiles(project);

        const there = await runMain(project, ["rename", kind, ...words!, "elsewhere"]);
        expect(there.code, there.err).toBe(0);
        expect(await readFiles(project)).not.toEqual(before);
        expect((await runMain(project, ["check"])).code).toBe(0);
        const back = await runMain(project, [
          "rename",
          kind,
          ...words!.slice(0, -1),
          "elsewhere",
          words!.at(-1)!,
        ]);
        expect(back.code, back.err).toBe(0);
        expect(Object.fromEntries(await readFiles(project))).toEqual(Object.fromEntries(before));
      },
    ),
    { numRuns: 25, seed },
  );
}, 600_000);

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-round-trip-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function makeProject(spec: SpecData): Promise<string> {
  const project = await scratch();
  await writeSpec(project, spec);
  const { code, err } = await runMain(project, ["generate"]);
  expect(code, err).toBe(0);
  return project;
}

const writeSpec = (project: string, spec: SpecData): Promise<void> =>
  writeFile(
    join(project, "wsgen.yaml"),
    `# yaml-language-server: $schema=./wsgen.schema.json\n${stringify(spec)}`,
  );

/** Lets a person write; gives the person's files as they are then. */
async function edit(project: string, edits: readonly ((files: Files) => Promise<Files>)[]): Promise<Files> {
  const before = await readFiles(project);
  let files: Files = before;
  for (const change of edits) files = await change(files);
  for (const path of before.keys()) if (!files.has(path)) await rm(join(project, path));
  for (const [path, text] of files) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
  return new Map([...files].filter(([path]) => /^(src|test)\/.*\.ts$/.test(path) && !path.includes(".gen.")));
}

async function readFiles(project: string): Promise<Map<string, string>> {
  const entries = await readdir(project, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.sort().map(async (path) => [relative(project, path), await readFile(path, "utf8")] as const),
    ),
  );
}

/** What of the spec's a line of the user's files may follow: a list, or a literal that mirrors the spec. */
const mirrors = /^\s*(return (["'[\d]|\[)|new \w+|const server|\];?$|\);?$)/;

/** Every line is still there, in the same order, with the same line end; but for those that mirror the spec. */
function expectKept(path: string, before: string, after: string | undefined): void {
  const left = (after ?? "").split("\n");
  let at = 0;
  for (const line of before.split("\n")) {
    const found = left.indexOf(line, at);
    if (found >= 0) at = found + 1;
    else if (line.includes("mine") || !mirrors.test(line))
      expect.fail(`${path} lost ${JSON.stringify(line)}:\n${after}`);
  }
  expect(after?.startsWith("\uFEFF"), path).toBe(before.startsWith("\uFEFF"));
}

/** The words that name one of the spec's entries on the command line; undefined when there is none of the kind. */
function nameOf(spec: SpecData, kind: string, at: number, which: number): string[] | undefined {
  const modules = Object.keys(spec.modules);
  const module = modules[at % modules.length]!;
  if (kind === "module") return [module];
  const entries = Object.keys(spec.modules[module]![kind === "command" ? "commands" : "events"]);
  return entries.length === 0 ? undefined : [module, entries[which % entries.length]!];
}

/** What the compiler says of all projects in a folder, under the options of a generated project. */
async function compile(folder: string): Promise<string> {
  const options = {
    noEmit: true,
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
  };
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, include: ["p*/**/*.ts"] }),
  );
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const done = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(
    (error: { stdout: string }) => error,
  );
  return done.stdout;
}
