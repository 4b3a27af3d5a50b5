// The folders that commands are measured in: each run gets a project as it was.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeLargeSpec } from "./large-spec.js";
import { startWsgen } from "./tools.js";

const templates = fileURLToPath(new URL("projects/", import.meta.url));

/** Below `bench/`, so that the projects of the others find what is installed there. */
const root = fileURLToPath(new URL("../dist/generators/", import.meta.url));

export const home = join(root, "home");
/** Where runs take place. */
export const currentFolder = join(root, "run");

/** The file of a spec of so many commands. */
export const specFile = (commands) => join(root, `${commands}.yaml`);
const pristine = (name) => join(root, "projects", name);

/** Makes the projects that runs start from. @param runner makes those that generators make themselves */
export async function makeWorkspace(runner, { tools, sizes }) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  for (const commands of new Set([1, 10, ...sizes]))
    writeFileSync(specFile(commands), writeLargeSpec(commands));
  mkdirSync(pristine("nothing"), { recursive: true });
  for (const commands of [1, 10]) {
    await start(startWsgen("--spec", specFile(commands)), `wsgen-${commands}`);
    // Where something is installed, wsgen keeps a receipt of what it has found to be up to date.
    mkdirSync(join(pristine(`wsgen-${commands}`), "node_modules"));
  }
  for (const { id, template, start: task } of tools) {
    if (template !== undefined) cpSync(join(templates, template), pristine(id), { recursive: true });
    else if (task !== undefined && id !== "wsgen") await start(task, id);
  }

  async function start(task, name) {
    const folder = freshFolder("nothing");
    await runner.run(task, folder);
    cpSync(join(folder, "shop"), pristine(name), { recursive: true });
  }
}

/** The folder of a run, with a copy of a project in it. */
export function freshFolder(name) {
  rmSync(currentFolder, { recursive: true, force: true });
  cpSync(pristine(name), currentFolder, { recursive: true });
  return currentFolder;
}

export const removeWorkspace = () => rmSync(root, { recursive: true, force: true });
