import type { CommandModel, EventModel, ModuleModel } from "../../model/model.js";
import type { TreePath } from "../../tree/tree.js";

/** A name at the top of a file, or of a member of a type there. */
export interface DeclaredName {
  readonly file: TreePath;
  readonly name: string;
  /** The way to a member from the top of the file. */
  readonly owners?: readonly string[];
}

/** The names that a module's own name gives, each at the same index in every module. */
export const moduleNames = (
  { moduleFile, generatedFile, client: { file: clientFile } }: ModuleModel,
  { className, optionsName, eventsName, eventsType, client }: ModuleModel,
): readonly DeclaredName[] => [
  { file: moduleFile, name: className },
  ...[optionsName, eventsName, eventsType].map((name) => ({ file: generatedFile, name })),
  ...[client.typeName, client.contractType, client.createName].map((name) => ({ file: clientFile, name })),
];

/** The names that a command's name gives. */
export const commandNames = (
  { generatedFile, client }: ModuleModel,
  { file, wireName, className, requestType, replyType, ...own }: CommandModel,
): readonly DeclaredName[] => [
  { file, name: className },
  ...[requestType, replyType, own.optionsName, own.requestValidator, own.replyValidator].map((name) => ({
    file: generatedFile,
    name,
  })),
  ...[requestType, replyType].map((name) => ({ file: client.file, name })),
  { file: client.file, name: own.clientMethod, owners: [client.typeName] },
  { file: client.file, name: wireName, owners: [client.contractType, "commands"] },
];

/** The names that an event's name gives. */
export const eventNames = (
  { generatedFile, client, eventsType }: ModuleModel,
  { wireName, dataType, validator, property }: EventModel,
): readonly DeclaredName[] => [
  { file: generatedFile, name: dataType },
  { file: generatedFile, name: validator },
  { file: client.file, name: dataType },
  { file: generatedFile, name: property, owners: [eventsType] },
  { file: client.file, name: wireName, owners: [client.contractType, "events"] },
];
