// Yarn's Plug'n'Play leaves every package in its zip archive: wsgen reads its own files from there, and packs itself from there.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const example = join(
  root,
  "test/golden/cases/new/a-new-project-without-a-spec-is-the-ping-example/expected/my-app",
);
const execute = promisify(execFile);

test("wsgen: runs from a zip archive of Yarn", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wsgen-yarn-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await execute("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "@yarnpkg/cli-dist@4"]);
  const { stdout } = await execute(
    "npm",
    ["pack", root, "--json", "--ignore-scripts", "--pack-destination", folder],
    { cwd: folder },
  );
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const app = join(folder, "app");
  await cp(example, app, { recursive: true });
  const manifest = { name: "app", private: true, devDependencies: { wsgen: `file:../${filename}` } };
  await writeFile(join(app, "package.json"), JSON.stringify(manifest));
  await writeFile(join(app, "yarn.lock"), "");
  const settings = {
    nodeLinker: "pnp",
    enableTelemetry: false,
    enableGlobalCache: false,
    enableScripts: false,
  };
  await writeFile(join(app, ".yarnrc.yml"), JSON.stringify(settings));
  const yarn = (...args: readonly string[]) =>
    execute(process.execPath, [join(folder, "node_modules/@yarnpkg/cli-dist/bin/yarn.js"), ...args], {
      cwd: app,
      env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: "0" },
    });
  await yarn("install");

  await yarn("wsgen", "add", "command", "example", "say");
  expect(await readFile(join(app, "src/modules/example/commands/say.command.ts"), "utf8")).toContain(
    "SayCommand",
  );
  await yarn("wsgen", "rename", "command", "example", "say", "tell");
  await yarn("wsgen", "check");
  await yarn("wsgen", "new", "project", "another", "--no-install");
  const [own = ""] = await readdir(join(app, "another/vendor"));
  const packed = await execute("tar", ["-tzf", join(app, "another/vendor", own)]);
  const listed = packed.stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  expect(listed.sort()).toEqual(files.map(({ path }) => path).sort());
}, 300_000);
