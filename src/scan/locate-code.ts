import { posix } from "node:path";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import { listFiles } from "../model/module-files.js";
import type { TreePath } from "../project-files/tree.js";
import type { FileSummary } from "../syntax/summarize-file.js";
import { findImports } from "./find-imports.js";
import { declaresClass, type Summaries } from "./summaries.js";

/**
 * Finds the present place of the user's code: moved files, through the imports of `main.ts` and of the module, and renamed
 * classes. Code that is not found keeps the place that the spec gives it, to be created there.
 * Files are only parsed when something is not at its usual place.
 */
export function locateCode(model: Model, summaries: Summaries): Model {
  const { files } = summaries;
  const isAway = ({ files, className, commands }: ModuleModel): boolean =>
    [{ file: files.module, className }, ...commands].some((one) => !isInPlace(one, summaries));
  const mainFile = locateMain(model.mainFile, summaries);
  const served = model.modules.some(isAway)
    ? summaries.findTargets(mainFile, summaries.get(mainFile)?.served)
    : [];
  const expected = listFiles(model);
  const findUnimported = (missing: TreePath): readonly TreePath[] =>
    files.has(missing)
      ? []
      : [...files.keys()].filter(
          (path) => /^src\/.*(?<!\.gen)\.[cm]?[jt]sx?$/.test(path) && !expected.has(path),
        );
  const modules = model.modules.map((module) =>
    withExports(
      isAway(module) ? locateModule(module, { served, summaries, findUnimported }) : module,
      summaries,
    ),
  );
  return { ...model, modules, mainFile };
}

/** Adds the exported names of the classes. Files that export a class by its name in the usual way are not parsed. */
function withExports(module: ModuleModel, summaries: Summaries): ModuleModel {
  const findName = (file: TreePath, className: string): { exportedAs?: string } => {
    const text = summaries.files.get(file);
    if (text === undefined || text.includes(`export class ${className} `)) return {};
    const exports = [...(summaries.get(file)?.exports ?? [])];
    const own = exports.filter(([, local]) => local === className);
    const [exportedAs] = (own.length > 0 ? own : exports.filter(([, local]) => local === "default"))
      .map(([name]) => name)
      .sort((one, other) => Number(other === className) - Number(one === className));
    return exportedAs === undefined || exportedAs === className ? {} : { exportedAs };
  };
  const commands = module.commands.map((command) => ({
    ...command,
    ...findName(command.file, command.className),
  }));
  const text = summaries.files.get(module.files.module);
  return {
    ...module,
    commands,
    ...findName(module.files.module, module.className),
    hasState: text === undefined || text.trim() === "" || exportsType(text, module.stateType),
  };
}

const exportsType = (text: string, name: string): boolean =>
  new RegExp(String.raw`^export (?:interface|type|class) ${name}\b`, "m").test(text);

/** Finds the file that serves the modules: the usual one, otherwise the only file of the source that serves them. */
function locateMain(usual: TreePath, summaries: Summaries): TreePath {
  const serves = (path: TreePath): boolean =>
    summaries.files.get(path)?.includes("newWebsocketServe") === true;
  if (serves(usual)) return usual;
  const [found = usual, ...others] = [...summaries.files.keys()].filter(
    (path) => path.startsWith("src/") && serves(path) && summaries.get(path)?.served !== undefined,
  );
  return others.length === 0 ? found : usual;
}

interface Place {
  readonly file: TreePath;
  readonly className: string;
}

const isInPlace = ({ file, className }: Place, { files }: Summaries): boolean =>
  declaresClass(files.get(file) ?? "", className);

interface Search {
  /** The files of the classes in `newWebsocketServe(…)`. */
  readonly served: readonly TreePath[];
  readonly summaries: Summaries;
  /** Files of the source that may be the missing one, although nothing imports them; none for a file that exists. */
  readonly findUnimported: (missing: TreePath) => readonly TreePath[];
}

function locateModule(module: ModuleModel, search: Search): ModuleModel {
  const { served, summaries } = search;
  const usual = { file: module.files.module, className: module.className };
  const found = locateClass(usual, search, {
    others: served,
    wireName: module.flag,
    list: ({ modules }) => modules.map(({ className, flag }) => ({ className, wireName: flag })),
  });
  const { file } = found;
  const isMoved = file !== usual.file;
  const own = summaries.get(file)?.modules.find(({ className }) => className === found.declared);
  const others = [...summaries.findTargets(file, own?.commands), file];
  const folder = isMoved ? posix.dirname(file) : module.folder;
  const generated = locateGenerated(module, file, summaries);
  // The generated file loads it from beside itself.
  const contract = `${posix.dirname(generated)}/${posix.basename(module.files.contract)}`;
  return {
    ...module,
    className: found.className,
    files: { ...module.files, module: file, generated, contract },
    folder,
    commands: module.commands.map((command) => {
      const home = isMoved
        ? { ...command, file: `${folder}/commands/${posix.basename(command.file)}` }
        : command;
      return isInPlace(home, summaries) ? home : locateCommand(home, others, search);
    }),
  };
}

/** Finds the generated file of a module: the one that a moved module imports, otherwise one beside the module. */
function locateGenerated({ files: usual }: ModuleModel, file: TreePath, { files }: Summaries): TreePath {
  if (file === usual.module) return usual.generated;
  const name = posix.basename(usual.generated);
  const imported = findImports(files, file).find(({ target }) => posix.basename(target) === name);
  return imported?.target ?? `${posix.dirname(file)}/${name}`;
}

function locateCommand(command: CommandModel, others: readonly TreePath[], search: Search): CommandModel {
  const { file, className } = locateClass(command, search, {
    others,
    wireName: command.wireName,
    list: ({ commands }) => commands.map(({ className, command }) => ({ className, wireName: command })),
  });
  return { ...command, file, className };
}

interface ClassSearch {
  /** Files that may have the class, beside its usual file. */
  readonly others: readonly TreePath[];
  /** The flag of a module, or the name of a command. */
  readonly wireName: string;
  readonly list: (
    summary: FileSummary,
  ) => readonly { readonly className: string; readonly wireName: string | undefined }[];
}

/**
 * Finds a class: by its name or its wire name in its usual file and the files that are imported for it; otherwise the only
 * class of its usual file, if its wire name cannot be read; otherwise by its name in files that nothing imports.
 */
function locateClass(
  { file, className }: Place,
  { summaries, findUnimported }: Search,
  { others, wireName, list }: ClassSearch,
): Place & { readonly declared: string | undefined } {
  const byName = (summary: FileSummary) => list(summary).find((each) => each.className === className);
  const found =
    summaries.find(
      [file, ...others],
      [className, wireName],
      (summary) => byName(summary) ?? list(summary).find((each) => each.wireName === wireName),
    ) ??
    summaries.find([file], [""], (summary) => {
      const [only, ...more] = list(summary);
      return more.length === 0 && only?.wireName === undefined ? only : undefined;
    }) ??
    summaries.find(findUnimported(file), [className], byName);
  const declared = found?.value.className;
  return {
    file: found?.path ?? file,
    // A class without a name gets wsgen's usual one.
    className: declared === undefined || declared === "default" ? className : declared,
    declared,
  };
}
