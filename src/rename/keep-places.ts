import { mapPaths } from "../model/layout.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { NamedEntry } from "../run/project-command.js";
import type { SymbolRename } from "../syntax/rename-symbol.js";
import type { TreePath } from "../tree/tree.js";
import { movedPath, type Renaming } from "./find-renaming.js";

/** Gives the new model the places of the renamed code: moved files stay moved, and names that the user chose stay. */
export function keepPlaces(
  { located, after }: { readonly located: Model; readonly after: Model },
  { entry, to }: { readonly entry: NamedEntry; readonly to: string },
  renaming: Renaming,
): Model {
  const oldName = (kind: NamedEntry["kind"], name: string): string =>
    kind === entry.kind && name === to ? (entry.name ?? entry.module) : name;
  const modules = after.modules.map((module): ModuleModel => {
    const present = located.modules.find(({ wireName }) => wireName === oldName("module", module.wireName));
    if (present === undefined) return module;
    const isOwner = present.wireName === entry.module;
    const commands = module.commands.map((command) => {
      const name = isOwner ? oldName("command", command.wireName) : command.wireName;
      return placed(
        command,
        present.commands.find(({ wireName }) => wireName === name),
        renaming,
      );
    });
    return {
      ...module,
      commands,
      className: nameAfter(renaming.symbols, present.files.module, present.className),
      files: mapPaths(present.files, (path) => movedPath(renaming, path)),
      folder: movedPath(renaming, `${present.folder}/`).replace(/\/$/, ""),
    };
  });
  return { ...after, modules };
}

const placed = (
  command: CommandModel,
  present: CommandModel | undefined,
  renaming: Renaming,
): CommandModel =>
  present === undefined
    ? command
    : {
        ...command,
        file: movedPath(renaming, present.file),
        className: nameAfter(renaming.symbols, present.file, present.className),
      };

const nameAfter = (symbols: readonly SymbolRename[], file: TreePath, name: string): string =>
  symbols.find((symbol) => symbol.file === file && symbol.name === name)?.to ?? name;
