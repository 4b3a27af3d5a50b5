import type { CommandModel, EventModel, ModuleModel } from "../../model/model.js";
import type { TreePath } from "../../tree/tree.js";

/** A name at the top of a file. */
export interface DeclaredName {
  readonly file: TreePath;
  readonly name: string;
}

/** The names that a module's own name gives, each at the same index in every module. */
export const moduleNames = (
  { moduleFile, generatedFile }: ModuleModel,
  { className, optionsName }: ModuleModel,
): readonly DeclaredName[] => [
  { file: moduleFile, name: className },
  { file: generatedFile, name: optionsName },
];

/** The names that a command's name gives. */
export const commandNames = (
  { generatedFile }: ModuleModel,
  { file, className, requestType, replyType, optionsName }: CommandModel,
): readonly DeclaredName[] => [
  { file, name: className },
  ...[requestType, replyType, optionsName].map((name) => ({ file: generatedFile, name })),
];

/** The names that an event's name gives. */
export const eventNames = (
  { generatedFile }: ModuleModel,
  { dataType }: EventModel,
): readonly DeclaredName[] => [{ file: generatedFile, name: dataType }];
