// The generators that are measured: what each does for a thing that all or some of them can do.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const node = process.execPath;
const installed = (file) => join(folder, "..", "node_modules", file);

/**
 * @typedef {object} Tool
 * @property {string} id what `--generators` takes
 * @property {string} title
 * @property {readonly string[]} packages whose versions are reported
 * @property {string} unit what `add` adds, for the report
 * @property {string} [template] a folder below `projects/` that is its project
 * @property {import("./run-command.js").Task} [start] makes a project `shop` in an empty folder, where it can do that
 * @property {import("./run-command.js").Task} help
 * @property {import("./run-command.js").Task} add one thing to a project, run in the project's folder
 */

const wsgenProgram = [node, join(folder, "..", "..", "bin", "wsgen.js")];
/** Both packages as they are named once they are published; else wsgen packs them, which is the work of npm. */
const published = ["--runtime", "latest", "--generator", "latest"];

/** The command line of wsgen. */
export const wsgen = (...args) => [...wsgenProgram, ...args];

/** A project `shop`, of the example or of a spec. */
export const startWsgen = (...args) => ({
  command: wsgen("new", "project", "shop", "--no-install", ...published, ...args),
  writes: { "shop/src/main.ts": "newWebsocketServe" },
});

/** A command with a request and a reply, for the first module of `large-spec.js`. */
export const addCommand = {
  command: wsgen(
    ..."add command account-address say --request text:string --reply delivered:integer".split(" "),
  ),
  writes: {
    "wsgen.yaml": "say:",
    "src/modules/account-address/commands/say.command.ts": "class SayCommand",
    "src/modules/account-address/account-address.module.ts": "new SayCommand()",
  },
};

/** @type {readonly Tool[]} */
export const tools = [
  {
    id: "wsgen",
    title: "wsgen",
    packages: ["ts-morph"],
    unit: "a command: spec, class, types, validators, client, test, list of the module",
    start: startWsgen(),
    help: { command: wsgen("--help"), says: "wsgen generate" },
    add: addCommand,
  },
  {
    id: "hygen",
    title: "hygen",
    packages: ["hygen"],
    unit: "a class, its test, an import and a list entry from four templates; the code is not understood",
    template: "hygen",
    help: { command: [node, installed("hygen/dist/bin.js"), "--help"], says: "hygen [option]" },
    add: {
      command: [node, installed("hygen/dist/bin.js"), "command", "new", "say"],
      writes: {
        "src/commands/say.command.ts": "class SayCommand",
        "test/say.test.ts": "SayCommand",
        "src/chat.module.ts": "new SayCommand()",
      },
    },
  },
  {
    id: "plop",
    title: "plop",
    packages: ["plop"],
    unit: "the same four from templates; the code is not understood",
    template: "plop",
    help: { command: [node, installed("plop/bin/plop.js"), "--help"], says: "--plopfile" },
    add: {
      command: [node, installed("plop/bin/plop.js"), "command", "say"],
      writes: {
        "src/commands/say.command.ts": "class SayCommand",
        "test/say.test.ts": "SayCommand",
        "src/chat.module.ts": "new SayCommand()",
      },
    },
  },
  {
    id: "nest",
    title: "NestJS",
    packages: ["@nestjs/cli", "@nestjs/schematics"],
    unit: "`nest generate gateway say`: a class for a WebSocket, its test, an import and a list entry",
    start: {
      command: nest(..."new shop --skip-install --skip-git --package-manager npm".split(" ")),
      writes: { "shop/src/main.ts": "NestFactory" },
    },
    help: { command: nest("--help"), says: "Generate a Nest element" },
    add: {
      command: nest("generate", "gateway", "say"),
      writes: { "src/say/say.gateway.ts": "class SayGateway", "src/app.module.ts": "SayGateway]" },
    },
  },
  {
    id: "angular",
    title: "Angular",
    packages: ["@angular/cli", "@schematics/angular"],
    unit: "`ng generate service say`: a class and its test; nothing needs to be registered",
    start: {
      command: angular(..."new shop --defaults --skip-install --skip-git".split(" ")),
      writes: { "shop/src/main.ts": "bootstrapApplication" },
    },
    help: { command: angular("--help"), says: "ng generate" },
    add: { command: angular("generate", "service", "say"), writes: { "src/app/say.ts": "class Say" } },
  },
  {
    id: "adonis",
    title: "AdonisJS",
    packages: ["@adonisjs/core", "ts-node-maintained"],
    unit: "`node ace make:controller say`: a class; nothing needs to be registered",
    template: "adonis",
    help: { command: [node, "ace.js", "--help"], says: "node ace list" },
    add: {
      command: [node, "ace.js", "make:controller", "say"],
      writes: { "app/controllers/says_controller.ts": "class SaysController" },
    },
  },
];

/** plop with a file and a test for each command of a list: what mere templates cost. */
export const plopAll = { command: [node, installed("plop/bin/plop.js"), "all"], says: "++" };

function nest(...args) {
  return [node, installed("@nestjs/cli/bin/nest.js"), ...args];
}

function angular(...args) {
  return [node, installed("@angular/cli/bin/ng.js"), ...args];
}
