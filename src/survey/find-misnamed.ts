import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";
import { isNamed, type Summaries } from "./summaries.js";

/** A command whose `getCommand()` returns another name than the spec has. */
export interface Misnamed {
  readonly module: ModuleModel;
  readonly command: CommandModel;
  /** The name that it answers to. */
  readonly answersTo: string;
  readonly at: Location;
}

/** Finds commands that answer to another name. Files that have the name as a literal are not parsed. */
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
