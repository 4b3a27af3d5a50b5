import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { TreePath } from "../project-files/tree.js";
import type { ClassReference } from "../syntax/summarize-file.js";
import { type Declaration, isNamed, type Summaries } from "./summaries.js";

/** A class in a list of the user's code that is not in the spec. */
export interface UndeclaredClass {
  readonly kind: "module" | "command";
  readonly className: string;
  /** The module whose list it is in; undefined for a module. */
  readonly module: string | undefined;
  /** The flag of a module or the name of a command; undefined if it is not a literal. */
  readonly wireName: string | undefined;
  /** Its place in the list. */
  readonly at: Location;
}

interface UndeclaredSearch {
  readonly model: Model;
  readonly summaries: Summaries;
  /** Files that are already reported as orphans. */
  readonly orphans: ReadonlySet<TreePath>;
}

/** Finds classes in `newWebsocketServe(…)` and the lists of commands that are not in the spec, under any names and in any files. */
export function findUndeclared({ model, summaries, orphans }: UndeclaredSearch): readonly UndeclaredClass[] {
  const { mainFile, modules } = model;
  const lists: readonly List[] = [
    {
      file: mainFile,
      elements: summaries.get(mainFile)?.served?.instances ?? [],
      module: undefined,
      known: modules.map(({ files, className }) => ({ file: files.module, className })),
    },
    ...modules.map((module) => ({
      file: module.files.module,
      elements: summaries.getModule(module.files.module, module.className)?.commands.instances ?? [],
      module,
      known: module.commands,
    })),
  ];
  return lists.flatMap(({ file, elements, module, known }) =>
    elements.flatMap((reference) => {
      const declared = summaries.findDeclaration(file, reference);
      const isKnown =
        declared !== undefined &&
        (orphans.has(declared.path) || known.some((one) => isDeclaredAs(one, declared, summaries)));
      return isKnown ? [] : describe(reference, declared, module, summaries);
    }),
  );
}

/** A list of the user, and the classes that the spec has in it. */
interface List {
  readonly file: TreePath;
  readonly elements: readonly ClassReference[];
  /** The module that the list belongs to; undefined for the list of modules. */
  readonly module: ModuleModel | undefined;
  readonly known: readonly { readonly file: TreePath; readonly className: string }[];
}

/** Whether a declaration is the class of a model. An import of a missing file means the class of that name, wherever it is now. */
const isDeclaredAs = (
  { file, className }: List["known"][number],
  declared: Declaration,
  summaries: Summaries,
): boolean => isNamed(declared, className) && (declared.path === file || !summaries.files.has(declared.path));

/** Nothing for a class that is not a module or command, such as an argument of a command. */
function describe(
  { className: referred, expression, isElement, at }: ClassReference,
  declared: Declaration | undefined,
  module: ModuleModel | undefined,
  summaries: Summaries,
): UndeclaredClass[] {
  const name = declared?.className ?? referred;
  // A default export has only the name of its import.
  const className = name === "default" ? expression : name;
  const summary = declared && summaries.get(declared.path);
  const owner = { className, module: module?.wireName, at };
  const found =
    module === undefined
      ? summary?.modules.find((each) => each.className === className)
      : summary?.commands.find((each) => each.className === className);
  const kind = module === undefined ? "module" : "command";
  const wireName = found && ("flag" in found ? found.flag : found.command);
  // A class from a package, or one that is no longer recognisable, is still an element of the list.
  return found !== undefined || isElement ? [{ ...owner, kind, wireName }] : [];
}

/** A command whose `getCommand()` returns another name than the spec has. */
export interface Misnamed {
  readonly module: ModuleModel;
  readonly command: CommandModel;
  /** The name that `getCommand()` returns. */
  readonly answersTo: string;
  readonly at: Location;
}

/** Finds commands with another name than in the spec. Files that contain the name as a literal are not parsed. */
export const findMisnamed = (model: Model, summaries: Summaries): readonly Misnamed[] =>
  model.modules.flatMap((module) =>
    module.commands.flatMap((command) => {
      if (returnsLiteral(summaries.files.get(command.file) ?? "", command.wireName)) return [];
      const own = summaries.get(command.file)?.commands.find((each) => isNamed(each, command.className));
      if (own?.command === undefined || own.command === command.wireName) return [];
      return [{ module, command, answersTo: own.command, at: own.at }];
    }),
  );

const returnsLiteral = (text: string, value: string): boolean =>
  ['"', "'", "`"].some((quote) => text.includes(`return ${quote}${value}${quote}`));
