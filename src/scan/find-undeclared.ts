import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { ClassReference } from "../syntax/summarize-file.js";
import type { TreePath } from "../tree/tree.js";
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

interface StrangerSearch {
  readonly model: Model;
  readonly summaries: Summaries;
  /** Files that are already reported as orphans. */
  readonly orphans: ReadonlySet<TreePath>;
}

/** Finds classes in `newWebsocketServe(…)` and the lists of commands that are not in the spec, under any names and in any files. */
export async function findUndeclared(search: StrangerSearch): Promise<readonly UndeclaredClass[]> {
  const { model, summaries, orphans } = search;
  const undeclared: UndeclaredClass[] = [];
  const look = async (list: List): Promise<void> => {
    for (const reference of list.elements) {
      const declared = await summaries.declarationOf(list.file, reference);
      if (declared !== undefined && (orphans.has(declared.path) || list.isKnown(declared))) continue;
      const found = await describe(
        { ...reference, className: nameOf(reference, declared) },
        declared && (await summaries.of(declared.path)),
        list.module,
      );
      if (found !== undefined) undeclared.push(found);
    }
  };
  await look({
    file: model.mainFile,
    elements: (await summaries.of(model.mainFile))?.served?.instances ?? [],
    module: undefined,
    isKnown: isOneOf(
      model.modules.map(({ files, className }) => ({ file: files.module, className })),
      summaries,
    ),
  });
  for (const module of model.modules) await look(await listOf(module, summaries));
  return undeclared;
}

/** The class's name in messages. A default export has only the name of its import. */
const nameOf = ({ className, expression }: ClassReference, declared: Declaration | undefined): string => {
  const name = declared?.className ?? className;
  return name === "default" ? expression : name;
};

interface List {
  readonly file: TreePath;
  readonly elements: readonly ClassReference[];
  readonly module: ModuleModel | undefined;
  isKnown(declared: Declaration): boolean;
}

async function listOf(module: ModuleModel, summaries: Summaries): Promise<List> {
  const { className } = module;
  const file = module.files.module;
  const summary = (await summaries.of(file))?.modules.find((each) => isNamed(each, className));
  return {
    file,
    elements: summary?.commands.instances ?? [],
    module,
    isKnown: isOneOf(module.commands, summaries),
  };
}

/** An import of a missing file means the class of that name, wherever it is now. */
const isOneOf =
  (classes: readonly { readonly file: TreePath; readonly className: string }[], summaries: Summaries) =>
  (declared: Declaration): boolean =>
    classes.some(
      ({ file, className }) =>
        isNamed(declared, className) && (declared.path === file || !summaries.has(declared.path)),
    );

/** Undefined for a class that is not a module or command, such as an argument of a command. */
async function describe(
  { className, isElement, at }: ClassReference,
  summary: Awaited<ReturnType<Summaries["of"]>>,
  module: ModuleModel | undefined,
): Promise<UndeclaredClass | undefined> {
  const kind = module === undefined ? "module" : "command";
  const owner = { kind, className, module: module?.wireName, at } as const;
  const known =
    kind === "module"
      ? summary?.modules.map(({ className, flag }) => ({ className, wireName: flag }))
      : summary?.commands.map(({ className, command }) => ({ className, wireName: command }));
  const declared = known?.find((each) => each.className === className);
  if (declared !== undefined) return { ...owner, wireName: declared.wireName };
  // A class from a package, or one that is no longer recognisable, is still an element of the list.
  return isElement ? { ...owner, wireName: undefined } : undefined;
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
export async function findMisnamed(
  model: Model,
  files: ReadonlyMap<TreePath, string>,
  summaries: Summaries,
): Promise<readonly Misnamed[]> {
  const found: Misnamed[] = [];
  for (const module of model.modules) {
    for (const command of module.commands) {
      if (hasLiteral(files.get(command.file) ?? "", command.wireName)) continue;
      const summary = await summaries.of(command.file);
      const own = summary?.commands.find((each) => isNamed(each, command.className));
      if (own?.command === undefined || own.command === command.wireName) continue;
      found.push({ module, command, answersTo: own.command, at: own.at });
    }
  }
  return found;
}

const hasLiteral = (text: string, value: string): boolean =>
  ['"', "'", "`"].some((quote) => text.includes(`return ${quote}${value}${quote}`));
