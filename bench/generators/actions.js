// What is measured of wsgen alone, in small projects and as they grow.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listCommands, writeLargeSpec } from "./large-spec.js";
import { addCommand, plopAll, startWsgen, wsgen } from "./tools.js";
import { specFile } from "./workspace.js";

/**
 * @typedef {object} Action
 * @property {string} id
 * @property {string} title
 * @property {import("./run-command.js").Task} task
 * @property {string} project that it is run in, see `workspace.js`
 * @property {(folder: string) => void} [change] what is done to the project before
 * @property {{times?: number, seconds?: number}} [limit] multiples of `node -e 0`, or CPU time
 */

/** @type {readonly Action[]} */
export const actions = [
  {
    id: "version",
    title: "`--version`",
    project: "nothing",
    task: { command: wsgen("--version") },
  },
  {
    id: "help",
    title: "`--help`",
    project: "nothing",
    task: { command: wsgen("--help"), says: "wsgen generate" },
    limit: { times: 2.2 },
  },
  {
    id: "usage-error",
    title: "a mistyped flag: `generate --diif`",
    project: "wsgen-10",
    task: { command: wsgen("generate", "--diif"), exitCode: 2, says: "did you mean --diff?" },
    limit: { times: 2.2 },
  },
  ...[1, 10].map((commands) => ({
    id: `spec-error-${commands}`,
    title: `\`generate\` with a mistake in a spec of ${commands === 1 ? "1 command" : `${commands} commands`}`,
    project: `wsgen-${commands}`,
    change: misspellSpec,
    task: { command: wsgen("generate"), exitCode: 1, says: "wsgen.yaml:" },
    limit: { times: 2.2 },
  })),
  {
    id: "new-project",
    title: "`new project --no-install`, packages from npm",
    project: "nothing",
    task: startWsgen(),
  },
  {
    id: "new-project-packed",
    title: "the same, both packages packed into `vendor/` by npm",
    project: "nothing",
    task: {
      command: wsgen("new", "project", "shop", "--no-install"),
      writes: { "shop/src/main.ts": "newWebsocketServe" },
    },
  },
  {
    id: "add-command",
    title: "`add command`, request and reply given",
    project: "wsgen-10",
    task: addCommand,
    limit: { seconds: 0.6 },
  },
];

function misspellSpec(folder) {
  const file = join(folder, "wsgen.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("required: [item]", "requird: [item]"));
}

/**
 * What is run for a number of commands, in this order in the same folder; a step with a project starts with a copy of it,
 * and one with `most` is left out for more commands.
 * @returns {readonly {id: string, task: Action["task"], tool?: string, most?: number, project?: string, change?: Action["change"]}[]}
 */
export function growthSteps(commands) {
  const [module, command] = listCommands(commands).at(-1).split("/");
  const last = (folder) => ({ [`${folder}src/modules/${module}/commands/${command}.command.ts`]: "class " });
  const upToDate = "Everything is up to date.";
  return [
    {
      id: "new",
      project: "nothing",
      task: { ...startWsgen("--spec", specFile(commands)), writes: last("shop/") },
    },
    {
      id: "generate",
      project: "wsgen-1",
      change: (folder) => writeFileSync(join(folder, "wsgen.yaml"), writeLargeSpec(commands)),
      task: { command: wsgen("generate"), writes: last("") },
    },
    { id: "edited", change: editClass, task: { command: wsgen("generate"), says: upToDate } },
    { id: "unchanged", task: { command: wsgen("generate"), says: upToDate } },
    { id: "check", change: forgetReceipt, task: { command: wsgen("check"), says: upToDate } },
    { id: "add", task: addCommand },
    {
      id: "plop",
      tool: "plop",
      most: 1_000,
      project: "plop",
      change: (folder) =>
        writeFileSync(join(folder, "commands.txt"), `${listCommands(commands).join("\n")}\n`),
      task: { ...plopAll, writes: { [`src/${module}/commands/${command}.command.ts`]: "class " } },
    },
  ];
}

/** As a person does between two runs: nothing that wsgen needs to do anything about. */
function editClass(folder) {
  appendFileSync(join(folder, "src/modules/account-address/commands/address-create.command.ts"), "// done\n");
}

/** As in CI, where nothing is known of an earlier run. */
function forgetReceipt(folder) {
  rmSync(join(folder, "node_modules"), { recursive: true });
}

/** What the steps are, in the order of the report. */
export const stepTitles = {
  generate: "`generate`: all new",
  edited: "`generate` after an edit of a class: nothing to do",
  unchanged: "`generate` after no edit at all",
  check: "`check` in a fresh clone",
  add: "`add command`",
  new: "`new project --spec`",
  plop: "plop: a class and a test each",
};

export const growthLimits = {
  generate: { 1000: 3 },
  unchanged: { 1000: 1 },
};
