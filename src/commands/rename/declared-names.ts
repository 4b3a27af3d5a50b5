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
  { files }: ModuleModel,
  { className, optionsName, eventsName, eventsType, client }: ModuleModel,
): readonly DeclaredName[] => [
  { file: files.module, name: className },
  ...[optionsName, eventsName, eventsType].map((name) => ({ file: files.generated, name })),
  ...[client.typeName, client.contractType, client.createName].map((name) => ({ file: files.client, name })),
];

/** The names that a command's name gives. */
export const commandNames = (
  { files, client }: ModuleModel,
  { file, wireName, className, requestType, replyType, ...own }: CommandModel,
): readonly DeclaredName[] => [
  { file, name: className },
  ...[requestType, replyType, own.optionsName, own.requestValidator, own.replyValidator].map((name) => ({
    file: files.generated,
    name,
  })),
  ...[requestType, replyType].map((name) => ({ file: files.client, name })),
  { file: files.client, name: own.clientMethod, owners: [client.typeName] },
  { file: files.client, name: wireName, owners: [client.contractType, "commands"] },
];

/** The names that an event's name gives. */
export const eventNames = (
  { files, client, eventsType }: ModuleModel,
  { wireName, dataType, validator, property }: EventModel,
): readonly DeclaredName[] => [
  { file: files.generated, name: dataType },
  { file: files.generated, name: validator },
  { file: files.client, name: dataType },
  { file: files.generated, name: property, owners: [eventsType] },
  { file: files.client, name: wireName, owners: [client.contractType, "events"] },
];
