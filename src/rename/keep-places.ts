import type { Model, ModuleModel } from "../model/model.js";
import { mapPaths } from "../model/module-files.js";
import type { TreePath } from "../project-files/tree.js";
import type { NamedEntry } from "../run/project-command.js";
import type { SymbolRename } from "../syntax/rename-symbol.js";
import { findNamed, movePath, type Renaming } from "./find-renaming.js";

/** Gives the new model the places of the renamed code: moved files stay moved, and names that the user chose stay. */
export function keepPlaces(
  { located, after }: { readonly located: Model; readonly after: Model },
  { entry, to }: { readonly entry: NamedEntry; readonly to: string },
  renaming: Renaming,
): Model {
  const oldName = (kind: NamedEntry["kind"], name: string): string =>
    kind === entry.kind && name === to ? (entry.name ?? entry.module) : name;
  const modules = after.modules.map((module): ModuleModel => {
    const present = findNamed(located.modules, oldName("module", module.wireName));
    if (present === undefined) return module;
    const isOwner = present.wireName === entry.module;
    const commands = module.commands.map((command) => {
      const name = isOwner ? oldName("command", command.wireName) : command.wireName;
      const old = findNamed(present.commands, name);
      if (old === undefined) return command;
      const className = getNameAfter(renaming.symbols, old.file, old.className);
      return { ...command, file: movePath(renaming, old.file), className };
    });
    return {
      ...module,
      commands,
      className: getNameAfter(renaming.symbols, present.files.module, present.className),
      files: mapPaths(present.files, (path) => movePath(renaming, path)),
      folder: movePath(renaming, `${present.folder}/`).replace(/\/$/, ""),
    };
  });
  return { ...after, modules };
}

const getNameAfter = (symbols: readonly SymbolRename[], file: TreePath, name: string): string =>
  symbols.find((symbol) => symbol.file === file && symbol.name === name)?.to ?? name;
