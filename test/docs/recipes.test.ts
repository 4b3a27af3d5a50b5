// Performs the recipes of CONTRIBUTING.md on a copy of the sources, so that they cannot become wrong.
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
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
/** Made by the build from files that no recipe changes. */
const core = "dist/bundle/client-core.ts";
let copy = "";

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "wsgen-recipe-"));
  for (const path of ["tsconfig.base.json", "tsconfig.json", "package.json", "src", "templates", core])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  for (const path of ["tsconfig.json", "package.json", "src"])
    cpSync(join(root, "runtime", path), join(copy, "runtime", path), { recursive: true });
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "wsgen-runtime")
      symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  symlinkSync(join(copy, "runtime"), join(copy, "node_modules/wsgen-runtime"));
  addOption();
  addEventKey();
  addTemplate();
  addSubcommand();
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [tsc, "-p", "runtime"], { cwd: copy });
  await run(process.execPath, [tsc, "-p", "."], { cwd: copy }).catch((e) => {
    throw new Error(e.stdout);
  });
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function addOption(): void {
  const recipe = "An option of a module";
  edit(
    recipe,
    "runtime/src/options.ts",
    "  maxFragments: {",
    `  maxNames: {
    setter: ["setMaxNames", "count"],
    value: { type: "integer", minimum: 1, maximum: 9 },
    default: 3,
    change: { limit: "more names are refused" },
    description: "Names of one connection.",
  },
  maxFragments: {`,
  );
  edit(
    recipe,
    "runtime/src/config/module-options.ts",
    "/** Sets the most fragments",
    `/** Sets the most names of one connection. Default 3. */
export const setMaxNames = (count: number): SetWSServerConfig => option("maxNames", count);

/** Sets the most fragments`,
  );
}

test("an option of a module: after two files the runtime checks it, the spec takes it, and wsgen diff reports it", async () => {
  expect(await ask(questionOfOption)).toEqual({
    set: 5,
    refused:
      'module "chat": maxNames is 10; allowed: a whole number from 1 to 9. Set it with setMaxNames(count).',
    problems: ["'modules.chat.config.maxNames' must be an integer from 1 to 9, found 10."],
    calls: [{ callee: "setMaxNames", args: [5] }],
    changes: ["The limit was 5 and is 3: more names are refused."],
  });
});

const questionOfOption = `
import { resolveModuleConfig } from "./runtime/dist/config/module-config.js";
import { setMaxNames } from "wsgen-runtime";
import { readModel } from "./dist/read-model.js";
import { createModuleCalls } from "./dist/render/option-calls.js";
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
  calls: createModuleCalls(five.value.modules[0].config),
  changes: diffContracts(five.value, three.value).map(({ message }) => message),
}));
`;

function addEventKey(): void {
  const recipe = "A key of an event";
  edit(
    recipe,
    "src/spec-file/event-rules.ts",
    "interface EventRuleKey {",
    `const urgencyFormat: FormatSchema = {
  title: "a whole number from 1 to 9",
  description: "How urgent the event is.",
  type: "integer",
  minimum: 1,
  maximum: 9,
  examples: [5],
};
const readUrgency = (value: Json) => (typeof value === "number" ? value : undefined);

interface EventRuleKey {`,
  );
  edit(
    recipe,
    "src/spec-file/event-rules.ts",
    "  replay: { format: replayFormat, read: readReplay },",
    `  replay: { format: replayFormat, read: readReplay },
  urgency: { format: urgencyFormat, read: readUrgency },`,
  );
  const runtime = "runtime/src/config/event-rule.ts";
  edit(
    recipe,
    runtime,
    "  readonly replay?: ReplayLimits | undefined;",
    `  readonly replay?: ReplayLimits | undefined;
  readonly urgency?: number | undefined;`,
  );
  edit(
    recipe,
    runtime,
    "  replay: optional(",
    "  urgency: optional(wholeNumber(1, 9)),\n  replay: optional(",
  );
}

test("a key of an event: after two files the spec takes it, the code passes it on, and the runtime checks it", async () => {
  const spec = (urgency: number) =>
    `{ wsgen: 1, name: a, modules: { chat: { port: 1, urls: [ws], events: { message: { urgency: ${urgency} } } } } }`;
  const project = await makeProject(spec(5));
  expect(readFileSync(join(project, "src/modules/chat/chat.gen.ts"), "utf8")).toContain(
    "message: { urgency: 5 }",
  );
  writeFileSync(join(project, "wsgen.yaml"), spec(10));
  await expect(runWsgen(project, "check")).rejects.toThrow(
    "'modules.chat.events.message.urgency' must be a whole number from 1 to 9, found 10",
  );
  expect(await ask(questionOfEventKey)).toEqual({ taken: [true, false] });
}, 60_000);

const questionOfEventKey = `
import { resolveModuleConfig } from "./runtime/dist/config/module-config.js";
import { setEvents } from "wsgen-runtime";

const isTaken = (urgency) => {
  try {
    resolveModuleConfig("chat", [setEvents({ message: { urgency } })]);
    return true;
  } catch {
    return false;
  }
};
process.stdout.write(JSON.stringify({ taken: [isTaken(5), isTaken(10)] }));
`;

function addTemplate(): void {
  const recipe = "A template file per module";
  writeFileSync(
    join(copy, "templates/module-notes.ts.hbs"),
    "export const about = {{{literal wireName}}};\n",
  );
  edit(
    recipe,
    "src/model/module-files.ts",
    "} as const satisfies Record<string, ModuleFileRule>;",
    `  notes: { template: "module-notes", kind: "generated", path: (name, { code }) => \`\${code}/\${name}.notes.gen.ts\` },
} as const satisfies Record<string, ModuleFileRule>;`,
  );
  edit(
    recipe,
    "src/render/render.ts",
    '    case "main":',
    `    case "module-notes":
      return generated("module-notes.ts", { wireName: view.module.wireName });
    case "main":`,
  );
}

test("a template file per module: after three files it is written, moved by rename, and deleted by remove", async () => {
  const project = await makeProject("{ wsgen: 1, name: a, modules: { chat: { port: 1, urls: [ws] } } }");
  const notes = (name: string) => join(project, `src/modules/${name}/${name}.notes.gen.ts`);
  expect(readFileSync(notes("chat"), "utf8")).toContain('export const about = "chat";\n');
  await runWsgen(project, "rename", "module", "chat", "talk");
  expect(existsSync(notes("chat"))).toBe(false);
  expect(readFileSync(notes("talk"), "utf8")).toContain('export const about = "talk";\n');
  await runWsgen(project, "remove", "module", "talk", "--force");
  expect(existsSync(notes("talk"))).toBe(false);
}, 60_000);

function addSubcommand(): void {
  const recipe = "A subcommand";
  expect(readRecipe(recipe)).toContain("(src/commands)");
  writeFileSync(
    join(copy, "src/commands/greet.ts"),
    `import { type CommandResult, createTextResult } from "../run/result.js";

export const greetCommand = (name: string): CommandResult =>
  createTextResult("greet", { text: \`Hello, \${name}.\\n\`, json: { name } });
`,
  );
  const declarations = "src/cli/declare/inspect.ts";
  edit(
    recipe,
    declarations,
    "export const inspectCommands",
    `const declareGreet: Declare = (parser, host) =>
  parser.command(
    "greet <name>",
    "Say hello",
    (command) => command.positional("name", { type: "string", demandOption: true, description: "Whom" }),
    (argv) =>
      host.run(argv, async () => {
        const { greetCommand } = await import("../../commands/greet.js");
        return greetCommand(argv.name);
      }),
  );

export const inspectCommands`,
  );
  edit(recipe, declarations, "declareList,", "declareList, declareGreet,");
}

test("a subcommand: after two files it runs, is in the help, and answers in JSON", async () => {
  expect((await runWsgen(copy, "greet", "Ann")).stdout).toBe("Hello, Ann.\n");
  expect(JSON.parse((await runWsgen(copy, "greet", "Ann", "--json")).stdout)).toMatchObject({ name: "Ann" });
  expect((await runWsgen(copy, "--help")).stdout).toContain("wsgen greet <name>");
});

/** A project of a spec, made by the copy. */
async function makeProject(spec: string): Promise<string> {
  const folder = mkdtempSync(join(copy, "project-"));
  writeFileSync(join(folder, "spec.yaml"), spec);
  const packages = ["--no-install", "--runtime", "wsgen-runtime@1", "--generator", "wsgen@1"];
  await runWsgen(folder, "new", "project", "made", "--spec", "spec.yaml", ...packages);
  return join(folder, "made");
}

/** The command line of the copy. */
function runWsgen(cwd: string, ...args: string[]): Promise<{ stdout: string }> {
  writeFileSync(
    join(copy, "wsgen.mjs"),
    'import { main } from "./dist/cli.js";\nprocess.exitCode = await main(process.argv.slice(2));\n',
  );
  return run(process.execPath, [join(copy, "wsgen.mjs"), ...args], { cwd });
}

/** What a script in the copy prints as JSON. */
async function ask(script: string): Promise<unknown> {
  writeFileSync(join(copy, "ask.js"), script);
  const { stdout } = await run(process.execPath, ["ask.js"], { cwd: copy });
  return JSON.parse(stdout);
}

const readRecipe = (title: string): string | undefined =>
  readFileSync(join(root, "CONTRIBUTING.md"), "utf8").split(`### ${title}\n`)[1]?.split("###")[0];

/** Puts text in the place of the one occurrence of `before` in a file that the recipe names. */
function edit(recipe: string, path: string, before: string, after: string): void {
  expect(readRecipe(recipe)).toContain(`(${path})`);
  const text = readFileSync(join(copy, path), "utf8");
  expect(text.split(before)).toHaveLength(2);
  writeFileSync(
    join(copy, path),
    text.replace(before, () => after),
  );
}
