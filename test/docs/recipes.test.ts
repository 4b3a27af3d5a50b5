// Performs a recipe of CONTRIBUTING.md on a copy of the sources, so that the recipe cannot become wrong.
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "wsgen-recipe-"));
  for (const path of ["tsconfig.base.json", "tsconfig.json", "package.json", "src"])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  for (const path of ["tsconfig.json", "package.json", "src"])
    cpSync(join(root, "runtime", path), join(copy, "runtime", path), { recursive: true });
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "wsgen-runtime")
      symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  symlinkSync(join(copy, "runtime"), join(copy, "node_modules/wsgen-runtime"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("an option of a module: after two files the runtime checks it, the spec takes it, and wsgen diff reports it", async () => {
  edit(
    "runtime/src/options.ts",
    "  maxFragments: {",
    `  maxNames: {
    setter: "setMaxNames(count)",
    value: { type: "integer", minimum: 1, maximum: 9 },
    default: 3,
    change: { limit: "more names are refused" },
    description: "Names of one connection.",
  },
  maxFragments: {`,
  );
  edit(
    "runtime/src/config/module-options.ts",
    "/** Fragments that",
    `/** Names of one connection; default 3. */
export const setMaxNames = (count: number): SetWSServerConfig => option("maxNames", count);

/** Fragments that`,
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [tsc, "-p", "runtime"], { cwd: copy });
  await run(process.execPath, [tsc, "-p", "."], { cwd: copy });

  writeFileSync(join(copy, "ask.js"), question);
  const { stdout } = await run(process.execPath, ["ask.js"], { cwd: copy });
  expect(JSON.parse(stdout)).toEqual({
    set: 5,
    refused:
      'module "chat": maxNames is 10; allowed: a whole number from 1 to 9. Set it with setMaxNames(count).',
    problems: ["modules.chat.config.maxNames must be an integer from 1 to 9, found 10"],
    calls: [{ callee: "setMaxNames", args: [5] }],
    changes: ["the limit was 5 and is 3: more names are refused"],
  });
});

const question = `
import { resolveModuleConfig } from "./runtime/dist/config/module-config.js";
import { setMaxNames } from "wsgen-runtime";
import { readModel } from "./dist/read-model.js";
import { moduleOptionCalls } from "./dist/render/option-calls.js";
import { diffContracts } from "./dist/contract-diff/diff-contracts.js";

const read = (value) =>
  readModel({
    file: "a.yaml",
    bytes: Buffer.from("{ wsgen: 1, name: a, modules: { chat: { port: 1, urls: [ws], config: { maxNames: " + value + " } } } }"),
  });
const [five, three, ten] = [read(5), read(3), read(10)];
let refused;
try { resolveModuleConfig("chat", [setMaxNames(10)]); } catch (error) { refused = error.message; }
process.stdout.write(JSON.stringify({
  set: resolveModuleConfig("chat", [setMaxNames(5)]).maxNames,
  refused,
  problems: ten.diagnostics.map(({ message }) => message),
  calls: moduleOptionCalls(five.value.modules[0].config),
  changes: diffContracts(five.value, three.value).map(({ message }) => message),
}));
`;

/** Puts text in the place of the one occurrence of `before` in a file that the recipe names. */
function edit(path: string, before: string, after: string): void {
  const recipe = readFileSync(join(root, "CONTRIBUTING.md"), "utf8")
    .split("### An option of a module")[1]
    ?.split("###")[0];
  expect(recipe).toContain(`(${path})`);
  const text = readFileSync(join(copy, path), "utf8");
  expect(text.split(before)).toHaveLength(2);
  writeFileSync(
    join(copy, path),
    text.replace(before, () => after),
  );
}
