import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ownRoot, readOwnFiles } from "../fs/own-files.js";

/** The folder of the runtime's tarball. `npm run build` creates it, so that an installed wsgen has it, too. */
const packedRuntime = join(ownRoot, "dist", "packages");

export interface PackedPackage {
  /** `wsgen-0.1.0.tgz` */
  readonly fileName: string;
  readonly content: Uint8Array;
}

/**
 * Packs the two packages as tarballs, for the `vendor/` folder of a new project.
 * @throws Error when npm cannot pack: an incomplete installation of wsgen.
 */
export async function packOwnPackages(): Promise<{ runtime: PackedPackage; generator: PackedPackage }> {
  const scratch = await mkdtemp(join(tmpdir(), "wsgen-pack-"));
  try {
    const copy = join(scratch, "wsgen");
    await copyOwnPackage(copy);
    await runNpm(["pack", copy, "--ignore-scripts", "--pack-destination", scratch]);
    return { runtime: await readTarball(packedRuntime), generator: await readTarball(scratch) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Copies the own package, because npm cannot read the archive that wsgen may be in. */
async function copyOwnPackage(target: string): Promise<void> {
  const manifest = await readFile(join(ownRoot, "package.json"), "utf8");
  const { files } = JSON.parse(manifest) as { readonly files: readonly string[] };
  for (const folder of files) {
    for (const [path, content] of await readOwnFiles(folder)) {
      await mkdir(dirname(join(target, folder, path)), { recursive: true });
      await writeFile(join(target, folder, path), content);
    }
  }
  for (const file of await readdir(ownRoot)) {
    if (/^(package\.json|README.*|LICENSE)$/.test(file))
      await writeFile(join(target, file), await readFile(join(ownRoot, file)));
  }
}

async function readTarball(folder: string): Promise<PackedPackage> {
  const [fileName, ...others] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (fileName === undefined || others.length > 0) {
    throw new Error(`Expected one tarball in ${folder}; run \`npm run build\` in wsgen's own folder.`);
  }
  return { fileName, content: await readFile(join(folder, fileName)) };
}

const execute = promisify(execFile);

/** Runs npm without a shell: its JavaScript file with this Node, because on Windows `npm` is a batch file. */
export async function runNpm(args: readonly string[], cwd?: string): Promise<void> {
  const script = findNpmScript();
  const [file, prefix] = script === undefined ? ["npm", []] : [process.execPath, [script]];
  await execute(file, [...prefix, ...args], {
    ...(cwd !== undefined && { cwd }),
    maxBuffer: 64 * 1024 * 1024,
  });
}

function findNpmScript(): string | undefined {
  const fromNpm = process.env.npm_execpath;
  const bin = dirname(process.execPath);
  const candidates = [
    ...(fromNpm?.endsWith("npm-cli.js") ? [fromNpm] : []),
    join(bin, "node_modules/npm/bin/npm-cli.js"),
    join(bin, "../lib/node_modules/npm/bin/npm-cli.js"),
  ];
  return candidates.find((path) => existsSync(path));
}

/** Finds the package manager of the pnpm or Yarn workspace of a folder. npm would not install the shared packages there. */
export async function findWorkspaceManager(folder: string): Promise<"pnpm" | "yarn" | undefined> {
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    const has = (name: string): boolean => existsSync(join(parent, name));
    if (has("pnpm-workspace.yaml")) return "pnpm";
    const manifest = await readFile(join(parent, "package.json"), "utf8").catch(() => "");
    if (manifest.includes('"workspaces"'))
      return has("yarn.lock") || has(".yarnrc.yml") || manifest.includes('"yarn@') ? "yarn" : undefined;
    if (parent === dirname(parent)) return undefined;
  }
}
