import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readTemplates } from "../../src/fs/own-files.js";
import { generate } from "../../src/generate.js";
import { readModel } from "../../src/read-model.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A generated project, filled in and compiled; the runtime is the one that was built last. */
export interface BuiltExample extends AsyncDisposable {
  readonly folder: string;
}

/** One of the examples of the repository. @param editSpec returns the text of another spec */
export async function buildExample(
  name: "board" | "chat" = "chat",
  editSpec = (spec: string): string => spec,
): Promise<BuiltExample> {
  const example = join(root, "examples", name);
  const spec = editSpec(await readFile(join(example, "wsgen.yaml"), "utf8"));
  return buildProject(new TextEncoder().encode(spec), async (folder) => {
    for (const part of (await readdir(example)).filter((entry) => !entry.includes(".")))
      await cp(join(example, part), join(folder, part), { recursive: true });
  });
}

/** @param fillIn puts the user's files into the folder */
export async function buildProject(
  spec: Uint8Array,
  fillIn: (folder: string) => Promise<void>,
): Promise<BuiltExample> {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-example-"));
  const model = readModel({ file: "wsgen.yaml", bytes: spec }).value;
  if (model === undefined) throw new Error("The example's spec is wrong.");
  const packages = { runtime: "*", generator: "*" };
  const templates = await readTemplates();
  const { tree } = await generate({
    ...{ model, templates, packages, files: new Map(), version: "0.0.0" },
    scope: { of: "project" },
  });
  for (const [path, content] of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await fillIn(folder);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await promisify(execFile)(process.execPath, [
    ...[join(root, "node_modules/typescript/bin/tsc"), "-p", folder],
  ]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
