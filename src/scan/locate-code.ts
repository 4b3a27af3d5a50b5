import { posix } from "node:path";
import { filesOf } from "../model/layout.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { ModuleSummary } from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";
import { importTargets } from "./find-imports.js";
import { declaresClass, type Summaries } from "./summaries.js";

type Files = ReadonlyMap<TreePath, string>;

/**
 * Finds the present place of the user's code: moved files, through the imports of `main.ts` and of the module, and renamed
 * classes. Code that is not found keeps the place that the spec gives it, to be created there.
 * Files are only parsed when something is not at its usual place.
 */
export async function locateCode(model: Model, files: Files, summaries: Summaries): Promise<Model> {
  const isAway = (module: ModuleModel): boolean => !isInPlace(module, files);
  const mainFile = await locateMain(model.mainFile, files, summaries);
  const served = model.modules.some(isAway)
    ? await summaries.targetsOf(mainFile, ({ served }) => served)
    : [];
  const expected = filesOf(model);
  const strays = (missing: TreePath): readonly TreePath[] =>
    files.has(missing)
      ? []
      : [...files.keys()].filter(
          (path) => /^src\/.*(?<!\.gen)\.[cm]?[jt]sx?$/.test(path) && !expected.has(path),
        );
  const modules: ModuleModel[] = [];
  for (const module of model.modules) {
    const located = isAway(module)
      ? await locateModule(module, files, { served, summaries, strays })
      : module;
    modules.push(await withExports(located, files, summaries));
  }
  return { ...model, modules, mainFile };
}

/** Adds the exported names of the classes. Files that export a class by its name in the usual way are not parsed. */
async function withExports(module: ModuleModel, files: Files, summaries: Summaries): Promise<ModuleModel> {
  const nameOf = async (file: TreePath, className: string): Promise<{ exportedAs?: string }> => {
    const text = files.get(file);
    if (text === undefined || text.includes(`export class ${className} `)) return {};
    const exports = [...((await summaries.of(file))?.exports ?? [])];
    const own = exports.filter(([, local]) => local === className);
    const [exportedAs] = (own.length > 0 ? own : exports.filter(([, local]) => local === "default"))
      .map(([name]) => name)
      .sort((one, other) => Number(other === className) - Number(one === className));
    return exportedAs === undefined || exportedAs === className ? {} : { exportedAs };
  };
  const commands: CommandModel[] = [];
  for (const command of module.commands)
    commands.push({ ...command, ...(await nameOf(command.file, command.className)) });
  return { ...module, commands, ...(await nameOf(module.files.module, module.className)) };
}

/** Finds the file that serves the modules: the usual one, otherwise the only file of the source that serves them. */
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
  declares(files, module.files.module, module.className) &&
  module.commands.every((command) => isCommandInPlace(command, files));

const isCommandInPlace = ({ file, className }: CommandModel, files: Files): boolean =>
  declares(files, file, className);

const declares = (files: Files, path: TreePath, className: string): boolean =>
  declaresClass(files.get(path) ?? "", className);

interface Places {
  /** The files of the classes in `newWebsocketServe(…)`. */
  readonly served: readonly TreePath[];
  readonly summaries: Summaries;
  /** Files of the source that may be the missing one, although nothing imports them; none for a file that exists. */
  readonly strays: (missing: TreePath) => readonly TreePath[];
}

async function locateModule(
  module: ModuleModel,
  files: Files,
  { served, summaries, strays }: Places,
): Promise<ModuleModel> {
  const isRenamed = ({ flag }: ModuleSummary): boolean => flag === module.flag;
  const found =
    (await summaries.find(
      [module.files.module, ...served],
      [module.className, module.flag],
      ({ modules }) =>
        modules.find(({ className }) => className === module.className) ?? modules.find(isRenamed),
    )) ??
    (await summaries.find([module.files.module], [""], ({ modules }) =>
      onlyOne(modules, ({ flag }) => flag),
    )) ??
    (await summaries.find(strays(module.files.module), [module.className], ({ modules }) =>
      modules.find(({ className }) => className === module.className),
    ));
  const moduleFile = found?.path ?? module.files.module;
  const isMoved = moduleFile !== module.files.module;
  const listed = await summaries.targetsOf(
    moduleFile,
    ({ modules }) => modules.find(({ className }) => className === found?.value.className)?.commands,
  );
  const folder = isMoved ? posix.dirname(moduleFile) : module.folder;
  const commands: CommandModel[] = [];
  for (const command of module.commands) {
    const home = isMoved
      ? { ...command, file: `${folder}/commands/${posix.basename(command.file)}` }
      : command;
    commands.push(
      isCommandInPlace(home, files)
        ? home
        : await locateCommand(home, { others: [...listed, moduleFile], summaries, strays }),
    );
  }
  return {
    ...module,
    className: found === undefined ? module.className : classNameOf(found.value, module),
    files: { ...module.files, module: moduleFile, generated: generatedFileOf(module, files, moduleFile) },
    folder,
    commands,
  };
}

/** The generated file of a module: the one that a moved module imports, otherwise one beside the module. */
function generatedFileOf({ files: usual }: ModuleModel, files: Files, moduleFile: TreePath): TreePath {
  if (moduleFile === usual.module) return usual.generated;
  const name = posix.basename(usual.generated);
  const imported = importTargets(files, moduleFile).find(({ target }) => posix.basename(target) === name);
  return imported?.target ?? `${posix.dirname(moduleFile)}/${name}`;
}

async function locateCommand(
  command: CommandModel,
  {
    others,
    summaries,
    strays,
  }: Pick<Places, "summaries" | "strays"> & { readonly others: readonly TreePath[] },
): Promise<CommandModel> {
  const found =
    (await summaries.find(
      [command.file, ...others],
      [command.className, command.wireName],
      ({ commands }) =>
        commands.find(({ className }) => className === command.className) ??
        commands.find((each) => each.command === command.wireName),
    )) ??
    (await summaries.find([command.file], [""], ({ commands }) =>
      onlyOne(commands, ({ command }) => command),
    )) ??
    (await summaries.find(strays(command.file), [command.className], ({ commands }) =>
      commands.find(({ className }) => className === command.className),
    ));
  return found === undefined
    ? command
    : { ...command, file: found.path, className: classNameOf(found.value, command) };
}

/** The only class of its usual file, if its flag or name cannot be read. */
const onlyOne = <T>(classes: readonly T[], nameOf: (one: T) => string | undefined): T | undefined =>
  classes.length === 1 && classes[0] && nameOf(classes[0]) === undefined ? classes[0] : undefined;

/** The name of a class; wsgen's usual name for a class without one. */
const classNameOf = (
  found: { readonly className: string },
  { className }: { readonly className: string },
): string => (found.className === "default" ? className : found.className);
