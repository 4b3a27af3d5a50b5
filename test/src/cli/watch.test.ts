// `wsgen generate --watch` as npm run dev starts it: another process, a spec that editors write in their ways, and a signal.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readJsonOutput } from "../../support/json-output.js";

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const example = path(
  "test/golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
);
const timeout = 120_000;

test("generate --watch: runs once, then again on each change of the spec, even after an error", {
  timeout,
}, async () => {
  const { spec, text, runs, wsgen } = await start("--json");
  expect(await runs.next()).toMatchObject({ ok: true, files: expect.anything() });
  const followed = ["client/example.client.gen.ts", "src/modules/example/example.module.ts"];

  await save(spec, text.replace("port: 10099", "port: 10100"));
  expect(changed(await runs.next())).toEqual(followed);
  await save(spec, text.replace("port: 10099", "port: many"));
  expect(await runs.next()).toMatchObject({ ok: false, exitCode: 1 });
  await rm(spec);
  expect(await runs.next()).toMatchObject({ exitCode: 1, diagnostics: [{ code: "spec-not-found" }] });
  await save(spec, text);
  expect(changed(await runs.next())).toEqual(followed);

  expect(await end(wsgen, "SIGINT")).toEqual([0, null]);
  expect(await runs.rest()).toEqual([]);
});

test("generate --watch: several writes in a row are one run; the same bytes start no run", {
  timeout,
}, async () => {
  const { spec, text, runs, wsgen } = await start("--json");
  await runs.next();
  await writeFile(spec, text);
  for (let port = 1; port <= 30; port++) writeFileSync(spec, text.replace("10099", `${10_100 + port}`));
  // A busy machine may put time between two writes, so the number of runs is bounded and not exact.
  const documents = [await runs.next()];
  const main = join(spec, "../src/modules/example/example.module.ts");
  while (!(await readFile(main, "utf8")).includes("return 10130;")) documents.push(await runs.next());
  expect(documents.length).toBeLessThan(15);
  expect(documents.flatMap(changed)).not.toEqual([]);
  expect(await end(wsgen, "SIGTERM")).toEqual([0, null]);
});

test("generate --watch: prints what it does", { timeout }, async () => {
  const { spec, text, runs, wsgen } = await start();
  expect(await runs.line()).toBe("Everything is up to date.");
  expect(await runs.line()).toBe("Watching wsgen.yaml; Ctrl-C ends it.");
  await save(spec, text.replace("port: 10099", "port: 10100"));
  expect(await runs.line()).toBe("replaced   client/example.client.gen.ts");
  expect(await end(wsgen, "SIGINT")).toEqual([0, null]);
});

test("generate --watch: runs again when a file changes that the spec refers to, also one that is missing", {
  timeout,
}, async () => {
  const { spec, text, runs, wsgen } = await start("--json");
  expect(await runs.next()).toMatchObject({ ok: true });
  const user = join(spec, "../schemas/deep/user.yaml");
  await save(spec, `${text}\nschemas: { User: { $ref: ./schemas/deep/user.yaml#/User } }\n`);
  expect(await runs.next()).toMatchObject({ ok: false, diagnostics: [{ code: "unknown-reference" }] });

  await mkdir(join(user, ".."), { recursive: true });
  await save(user, "User: { type: string }\n");
  expect(changed(await runs.next())).toContain("src/schemas.gen.ts");
  await save(user, "User: { type: integer }\n");
  expect(changed(await runs.next())).toEqual(["src/schemas.gen.ts"]);
  await rm(join(spec, "../schemas"), { recursive: true });
  expect(await runs.next()).toMatchObject({ ok: false, diagnostics: [{ code: "unknown-reference" }] });
  await mkdir(join(user, ".."), { recursive: true });
  await save(user, "User: { type: boolean }\n");
  expect(changed(await runs.next())).toEqual(["src/schemas.gen.ts"]);

  expect(await end(wsgen, "SIGINT")).toEqual([0, null]);
  expect(await runs.rest()).toEqual([]);
});

/** As many editors do: a new file takes the place of the old one. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}~`, text);
  await rename(`${file}~`, file);
}

/** Starts it on a copy of the example, which ends with the test. */
async function start(...flags: string[]) {
  const project = await mkdtemp(join(tmpdir(), "wsgen-watch-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(example, project, { recursive: true });
  const args = [path("bin/wsgen.js"), "generate", "--watch", ...flags];
  const wsgen = spawn(process.execPath, args, { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void wsgen.kill("SIGKILL"));
  const lines = createInterface({ input: wsgen.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value ?? "";
  const read = (out: string) => readJsonOutput({ code: JSON.parse(out).exitCode, out: `${out}\n`, err: "" });
  const rest = async () => {
    const left: string[] = [];
    for (let out = await line(); out !== ""; out = await line()) left.push(out);
    return left;
  };
  const spec = join(project, "wsgen.yaml");
  return {
    wsgen,
    spec,
    text: await readFile(spec, "utf8"),
    runs: { line, next: async () => read(await line()), rest },
  };
}

const changed = ({
  files,
}: {
  readonly files: readonly { readonly path: string; readonly change: string }[];
}) => files.filter(({ change }) => change !== "unchanged").map(({ path }) => path);

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
  const exited = once(child, "exit");
  child.kill(signal);
  return exited;
}
