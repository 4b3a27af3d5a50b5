import { posix } from "node:path";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";
import { importTargets } from "./import-target.js";
import type { Summaries } from "./summaries.js";

type Files = ReadonlyMap<TreePath, string>;

/**
 * Finds the user's code where it is now: files that were moved, found through the imports of `main.ts` and of the
 * module, and classes that were renamed. What is not found keeps the place that the spec gives it, to be created there.
 * Files are only parsed when something is not where the spec puts it.
 */
export async function locateCode(model: Model, files: Files, summaries: Summaries): Promise<Model> {
  const isAway = (module: ModuleModel): boolean => !isInPlace(module, files);
  const mainFile = await locateMain(model.mainFile, files, summaries);
  if (!model.modules.some(isAway)) return { ...model, mainFile };
  const served = await summaries.targetsOf(mainFile, ({ served }) => served);
  const modules: ModuleModel[] = [];
  for (const module of model.modules) {
    modules.push(isAway(module) ? await locateModule(module, files, { served, summaries }) : module);
  }
  return { ...model, modules, mainFile };
}

/** The file that serves the modules: where the usual one does not, the only one of the source that does. */
async function locateMain(usual: TreePath, files: Files, summaries: Summaries): Promise<TreePath> {
  const serves = (path: TreePath): boolean => files.get(path)?.includes("newWebsocketServe") === true;
  if (serves(usual)) return usual;
  const found: TreePath[] = [];
  for (const path of files.keys()) {
    if (!path.startsWith("src/") || !serves(path)) continue;
    if ((await summaries.of(path))?.served !== undefined) found.push(path);
  }
  return found.length === 1 && found[0] !== undefined ? found[0] : usual;
}

const isInPlace = (module: ModuleModel, files: Files): boolean =>
  declares(files, module.moduleFile, module.className) &&
  module.commands.every((command) => isCommandInPlace(command, files));

const isCommandInPlace = ({ file, className }: CommandModel, files: Files): boolean =>
  declares(files, file, className);

/** Whether a file declares a class of just this name, told from its text alone. What stands in a comment is none. */
function declares(files: Files, path: TreePath, className: string): boolean {
  const text = files.get(path) ?? "";
  const words = `class ${className}`;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const before = text.slice(text.lastIndexOf("\n", at) + 1, at);
    if (!/^\s*(\/\/|\/?\*)/.test(before) && !/[\w$]/.test(text[at + words.length] ?? "")) return true;
  }
  return false;
}

interface Places {
  /** The files of the classes in `newWebsocketServe(…)`. */
  readonly served: readonly TreePath[];
  readonly summaries: Summaries;
}

async function locateModule(
  module: ModuleModel,
  files: Files,
  { served, summaries }: Places,
): Promise<ModuleModel> {
  const found = await summaries.find(
    [module.moduleFile, ...served],
    [module.className, module.flag],
    ({ modules }) =>
      modules.find(({ className }) => className === module.className) ??
      modules.find(({ flag }) => flag === module.flag),
  );
  if (found === undefined) return module;
  const moduleFile = found.path;
  const isMoved = moduleFile !== module.moduleFile;
  const listed = await summaries.targetsOf(
    moduleFile,
    ({ modules }) => modules.find(({ className }) => className === found.value.className)?.commands,
  );
  const folder = isMoved ? posix.dirname(moduleFile) : module.folder;
  const commands: CommandModel[] = [];
  for (const command of module.commands) {
    const home = isMoved
      ? { ...command, file: `${folder}/commands/${posix.basename(command.file)}` }
      : command;
    commands.push(
      isCommandInPlace(home, files) ? home : await locateCommand(home, [...listed, moduleFile], summaries),
    );
  }
  return {
    ...module,
    className: found.value.className,
    moduleFile,
    folder,
    generatedFile: generatedFileOf(module, files, moduleFile),
    commands,
  };
}

/** The generated file that a moved module imports stays where it is; otherwise it comes beside the module. */
function generatedFileOf(
  { generatedFile, ...module }: ModuleModel,
  files: Files,
  moduleFile: TreePath,
): TreePath {
  if (moduleFile === module.moduleFile) return generatedFile;
  const name = posix.basename(generatedFile);
  const imported = importTargets(files, moduleFile).find(({ target }) => posix.basename(target) === name);
  return imported?.target ?? `${posix.dirname(moduleFile)}/${name}`;
}

async function locateCommand(
  command: CommandModel,
  others: readonly TreePath[],
  summaries: Summaries,
): Promise<CommandModel> {
  const found = await summaries.find(
    [command.file, ...others],
    [command.className, command.wireName],
    ({ commands }) =>
      commands.find(({ className }) => className === command.className) ??
      commands.find((each) => each.command === command.wireName),
  );
  return found === undefined ? command : { ...command, file: found.path, className: found.value.className };
}
