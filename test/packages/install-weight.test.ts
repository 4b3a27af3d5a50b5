// What `npm install` brings: the packed packages in an empty folder, weighed without type packages and optional parts.
import { execFile } from "node:child_process";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const megabyte = 1e6;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wsgen-weight-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("wsgen-runtime weighs at most 6 MB in 60 packages, and brings no types", async () => {
  const { packages, bytes, types } = await install("runtime", join(root, "runtime"));
  expect(packages).toContain("wsgen-runtime");
  expect(packages).toContain("koa");
  expect(bytes).toBeLessThanOrEqual(6 * megabyte);
  expect(packages.length, packages.join(" ")).toBeLessThanOrEqual(60);
  // `npm prune --omit=dev` in a project leaves what this installs.
  expect(types).toEqual([]);
}, 600_000);

test("wsgen weighs at most 30 MB", async () => {
  const { packages, bytes } = await install("wsgen", root);
  expect(packages).toContain("wsgen");
  expect(packages).toContain("ts-morph");
  expect(bytes).toBeLessThanOrEqual(30 * megabyte);
}, 600_000);

interface Installed {
  readonly packages: readonly string[];
  readonly bytes: number;
  /** The packages that only have types; they do not count above. */
  readonly types: readonly string[];
}

/** Packs a package as it is built and installs it. */
async function install(name: string, source: string): Promise<Installed> {
  const prefix = join(folder, name);
  const { stdout } = await execute(
    "npm",
    ["pack", source, "--json", "--ignore-scripts", "--pack-destination", folder],
    { cwd: folder },
  );
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const options = [
    "--omit=dev",
    "--omit=optional",
    "--omit=peer",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  await execute("npm", ["install", "--prefix", prefix, join(folder, filename), ...options], { cwd: folder });
  const files = await filesIn(join(prefix, "node_modules"));
  const counted = files.filter((file) => !isType(packageOf(file)));
  const sizes = await Promise.all(counted.map(async (file) => (await lstat(file)).size));
  return {
    packages: counted.filter(isManifest).map(packageOf),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    types: files.filter(isManifest).map(packageOf).filter(isType),
  };
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The package that a file belongs to, the innermost where they are nested. */
function packageOf(file: string): string {
  const [scope = "", name = ""] = (file.split(`${sep}node_modules${sep}`).at(-1) ?? "").split(sep);
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/** Is this the manifest of a package, rather than one for a folder inside it? */
const isManifest = (file: string): boolean =>
  file.endsWith(join("node_modules", packageOf(file), "package.json"));

/** `undici-types` comes with `@types/node`. */
const isType = (name: string): boolean => name.startsWith("@types/") || name === "undici-types";
