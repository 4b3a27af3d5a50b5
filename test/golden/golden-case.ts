import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runMain } from "../support/run-main.js";

/** `case.json`: how a project comes to be, and the command line that is run on it. */
export interface GoldenCase {
  /** Folders, relative to cases/, that are laid over each other first; `before/` of the case itself comes on top. */
  readonly from?: string | readonly string[];
  /** Command lines that are run, and must succeed, before anything below. */
  readonly first?: readonly (readonly string[])[];
  /** Files that a person moves: old path → new path. Imports are not touched. */
  readonly move?: Readonly<Record<string, string>>;
  /** Edits of a person: each text stands in the file exactly once. */
  readonly replace?: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  readonly remove?: readonly string[];
  /** The checkout has CRLF everywhere. */
  readonly crlf?: boolean;
  /** Command lines that are run after the edits, and must succeed. */
  readonly then?: readonly (readonly string[])[];
  readonly args: readonly string[];
  readonly exitCode: number;
}

/** Each case is in the folder of its command. */
export const casesFolder = fileURLToPath(new URL("cases/", import.meta.url));

export const readCase = async (folder: string): Promise<GoldenCase> =>
  JSON.parse(await readFile(join(folder, "case.json"), "utf8")) as GoldenCase;

/** Makes the project that a case starts with. */
export async function setUp(golden: GoldenCase, folder: string, work: string): Promise<void> {
  const { from = [], first = [], move = {}, replace = {}, remove = [] } = golden;
  for (const layer of [from].flat()) await cp(join(casesFolder, layer), work, { recursive: true });
  for (const args of first) await succeed(work, args);
  for (const [path, target] of Object.entries(move)) {
    await mkdir(dirname(join(work, target)), { recursive: true });
    await rename(join(work, path), join(work, target));
  }
  await cp(join(folder, "before"), work, { recursive: true }).catch(ignoreAbsent);
  for (const [path, edits] of Object.entries(replace)) {
    await rewrite(join(work, path), (text) => edits.reduce(replaceOnce, text));
  }
  for (const path of remove) await rm(join(work, path));
  if (golden.crlf) {
    for (const path of (await readTextTree(work)).keys())
      await rewrite(join(work, path), (text) => text.replaceAll("\n", "\r\n"));
  }
  for (const args of golden.then ?? []) await succeed(work, args);
}

async function succeed(work: string, args: readonly string[]): Promise<void> {
  const { code, err } = await runMain(work, args);
  if (code !== 0) throw new Error(`${args.join(" ")} failed: ${err}`);
}

function replaceOnce(text: string, [from, to]: readonly [string, string]): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} is there ${parts.length - 1} times`);
  return parts.join(to);
}

const rewrite = async (path: string, change: (text: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, "utf8")));

/** The text files below a folder, by path. */
export async function readTextTree(root: string): Promise<Map<string, string>> {
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
