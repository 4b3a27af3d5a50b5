import { posix } from "node:path";
import {
  type CommandModel,
  type ErrorModel,
  type EventModel,
  type GuardModel,
  guardFile,
  listGuards,
  type Model,
  type ModuleModel,
  type SchemaModel,
} from "../model/model.js";
import { layout, type ModuleFile, moduleFiles } from "../model/module-files.js";
import type { TreePath } from "../project-files/tree.js";
import type { OldWords } from "../run/old-words.js";
import type { NamedEntry } from "../run/project-command.js";
import type { SymbolRename } from "../syntax/rename-symbol.js";
import { compareTypes } from "./compare-types.js";

/** The changes of a renaming in the code. */
export interface Renaming {
  readonly symbols: readonly SymbolRename[];
  /** Old path → new path. A path that ends with a slash means every file below it without its own entry. */
  readonly moves: ReadonlyMap<TreePath, TreePath>;
  /** Words of the wire that the user's own text may repeat. They are reported, not changed. */
  readonly oldWords: OldWords;
}

/** Finds the changes of a renaming. Undefined if the entry is not in both specs. */
export function findRenaming(
  { usual, present, next }: Versions<Model>,
  entry: NamedEntry,
  to: string,
): Renaming | undefined {
  if (entry.kind === "field" || entry.kind === "schema") {
    const types = compareTypes(usual, next, present);
    return entry.kind === "field"
      ? createFieldRenaming(types)
      : createSchemaRenaming(types, findNamed(usual.schemas, entry.name), findNamed(next.schemas, to));
  }
  const wanted = entry.kind === "module" ? to : entry.module;
  const versions: Candidates<ModuleModel> = {
    usual: findNamed(usual.modules, entry.module),
    present: findNamed(present.modules, entry.module),
    next: findNamed(next.modules, wanted),
  };
  if (!isComplete(versions)) return undefined;
  if (entry.kind === "module") return createModuleRenaming(versions);
  const inEach = <T extends { readonly wireName: string }>(list: (module: ModuleModel) => readonly T[]) => ({
    usual: findNamed(list(versions.usual), entry.name),
    present: findNamed(list(versions.present), entry.name),
    next: findNamed(list(versions.next), to),
  });
  if (entry.kind === "command") {
    const commands = inEach(({ commands }) => commands);
    return isComplete(commands) ? createCommandRenaming(versions.present, commands) : undefined;
  }
  if (entry.kind === "error") {
    const errors = inEach(({ errors }) => errors);
    return isComplete(errors) ? createErrorRenaming(versions.present, errors) : undefined;
  }
  if (entry.kind === "guard") {
    const guards = inEach(listGuards);
    return isComplete(guards) ? createGuardRenaming(versions.present, guards) : undefined;
  }
  const events = inEach(({ events }) => events);
  return isComplete(events) ? createEventRenaming(versions.present, events) : undefined;
}

/** The path of a file after its renaming. */
export function movePath({ moves }: Renaming, path: TreePath): TreePath {
  const own = moves.get(path);
  if (own !== undefined) return own;
  const folder = [...moves].find(([from]) => from.endsWith("/") && path.startsWith(from));
  return folder === undefined ? path : folder[1] + path.slice(folder[0].length);
}

/** A model or an entry: with the names of the old spec, those of the present code, and those of the new spec. */
interface Versions<T> {
  readonly usual: T;
  readonly present: T;
  readonly next: T;
}

type Candidates<T> = { readonly [K in keyof Versions<T>]: T | undefined };

const isComplete = <T>(versions: Candidates<T>): versions is Versions<T> =>
  versions.usual !== undefined && versions.present !== undefined && versions.next !== undefined;

export const findNamed = <T extends { readonly wireName: string }>(
  list: readonly T[],
  name: string | undefined,
): T | undefined => list.find(({ wireName }) => wireName === name);

function createModuleRenaming({ usual, present, next }: Versions<ModuleModel>): Renaming {
  // A folder or a file name that the user chose stays.
  const isAtHome = present.folder === usual.folder;
  const folder = (path: TreePath): TreePath =>
    isAtHome && path.startsWith(`${usual.folder}/`)
      ? posix.dirname(next.folder + path.slice(usual.folder.length))
      : posix.dirname(path);
  const moved = ({ role, path }: ModuleFile): [TreePath, TreePath] => {
    const name = posix.basename(path);
    const isUsual = name === posix.basename(usual.files[role]);
    return [path, `${folder(path)}/${isUsual ? posix.basename(next.files[role]) : name}`];
  };
  const moves = new Map([
    ...(isAtHome ? [[`${usual.folder}/`, `${next.folder}/`] as const] : []),
    ...moduleFiles(present).map(moved),
  ]);
  const flags =
    usual.flag === next.flag ? { names: [] } : { names: [usual.flag], pathStart: `/${usual.flag}/` };
  return {
    symbols: findSymbolRenames(present, listModuleNames, { usual, present, next }),
    moves,
    oldWords: flags,
  };
}

function createCommandRenaming(module: ModuleModel, versions: Versions<CommandModel>): Renaming {
  const { usual, present, next } = versions;
  const isUsual = posix.basename(present.file) === posix.basename(usual.file);
  const file = `${posix.dirname(present.file)}/${posix.basename(next.file)}`;
  return {
    symbols: findSymbolRenames(module, listCommandNames, versions),
    moves: new Map(isUsual ? [[present.file, file]] : []),
    oldWords: { names: [...new Set([usual.wireName, usual.clientMethod])] },
  };
}

const createEventRenaming = (module: ModuleModel, versions: Versions<EventModel>): Renaming => ({
  symbols: findSymbolRenames(module, listEventNames, versions),
  moves: new Map(),
  oldWords: { names: [...new Set([versions.usual.wireName, versions.usual.property])] },
});

function createErrorRenaming(module: ModuleModel, versions: Versions<ErrorModel>): Renaming {
  const { usual, present } = versions;
  // Only a code on the wire tells the errors of a command apart.
  const commands = module.commands.filter(({ errors }) =>
    errors.some(({ wireName }) => wireName === present.wireName),
  );
  const list = (_: ModuleModel, error: ErrorModel): readonly DeclaredName[] => [
    ...listErrorNames(module, error),
    ...commands.map(({ errorType }) => ({
      file: module.files.client,
      name: error.wireName,
      owners: [errorType],
    })),
  ];
  return {
    symbols: findSymbolRenames(module, list, versions),
    moves: new Map(),
    oldWords: { names: [...new Set([usual.wireName, usual.property])] },
  };
}

function createGuardRenaming(module: ModuleModel, { present, next }: Versions<GuardModel>): Renaming {
  const file = guardFile(module, present);
  const { wireName, functionName } = present;
  return {
    symbols: [{ file, name: functionName, to: next.functionName }],
    moves: new Map([[file, guardFile(module, next)]]),
    oldWords: { names: [wireName] },
  };
}

function createSchemaRenaming(
  types: readonly SymbolRename[],
  usual: SchemaModel | undefined,
  next: SchemaModel | undefined,
): Renaming | undefined {
  if (usual === undefined || next === undefined) return undefined;
  const values = (["validator", "fieldsName"] as const)
    .map((key) => ({ file: layout.schemas, name: usual[key], to: next[key] }))
    .filter(({ name, to }) => name !== to);
  return {
    symbols: [...types, ...values],
    moves: new Map(),
    oldWords: { names: values.map(({ name }) => name) },
  };
}

function createFieldRenaming(symbols: readonly SymbolRename[]): Renaming {
  const parameters = [
    ...new Set(symbols.flatMap(({ name, owners }) => (owners === undefined ? [] : [name]))),
  ];
  // The problems of a request have its fields as JSON Pointers.
  const names = parameters.flatMap((name) => [name, `/${name}`]);
  return { symbols, moves: new Map(), oldWords: { names, parameters } };
}

/** Renames symbols that still have the name from wsgen. A name that the user chose stays. */
function findSymbolRenames<T>(
  module: ModuleModel,
  list: (module: ModuleModel, thing: T) => readonly DeclaredName[],
  { usual, present, next }: Versions<T>,
): SymbolRename[] {
  const [usualNames, nextNames] = [list(module, usual), list(module, next)];
  return list(module, present).flatMap((declared, index) => {
    const to = nextNames[index]?.name;
    const { name } = declared;
    const isGiven = name === usualNames[index]?.name && to !== undefined && name !== to;
    return isGiven ? [{ ...declared, to }] : [];
  });
}

/** A name at the top level of a file, or of a member of a type there. */
interface DeclaredName {
  readonly file: TreePath;
  readonly name: string;
  /** The path to a member from the top of the file. */
  readonly owners?: readonly string[];
}

/** The names derived from a module's name, in the same order for every module. */
const listModuleNames = (
  { files }: ModuleModel,
  {
    className,
    optionsName,
    connectionsName,
    eventsName,
    eventsType,
    errorsName,
    errorsType,
    client,
    handshake,
    ...own
  }: ModuleModel,
): readonly DeclaredName[] => [
  { file: files.module, name: className },
  { file: files.module, name: own.stateType },
  ...[
    ...[optionsName, connectionsName, eventsName, eventsType, errorsName, errorsType],
    ...[own.contextType, own.commandContextType, own.connectContextType],
    ...[own.publicStateType, own.presenceType],
    ...handshake.flatMap(({ typeName, validator }) => [typeName, validator]),
  ].map((name) => ({ file: files.generated, name })),
  ...[
    ...[...Object.values(client), own.refusalType, own.refusalGuard],
    ...handshake.map(({ typeName }) => typeName),
  ].map((name) => ({ file: files.client, name })),
];

/** The names derived from a command's name. */
const listCommandNames = (
  { files, client }: ModuleModel,
  { file, wireName, className, requestType, replyType, ...own }: CommandModel,
): readonly DeclaredName[] => [
  { file, name: className },
  ...[requestType, replyType, own.contextType, own.optionsName, own.requestValidator, own.replyValidator].map(
    (name) => ({ file: files.generated, name }),
  ),
  ...[requestType, replyType, own.errorType, own.errorGuard].map((name) => ({ file: files.client, name })),
  { file: files.client, name: own.clientMethod, owners: [client.typeName] },
  { file: files.client, name: wireName, owners: [client.contractType, "commands"] },
];

/** The names derived from an event's name. */
const listEventNames = (
  { files, client, eventsType }: ModuleModel,
  { wireName, dataType, validator, property }: EventModel,
): readonly DeclaredName[] => [
  { file: files.generated, name: dataType },
  { file: files.generated, name: validator },
  { file: files.client, name: dataType },
  { file: files.generated, name: property, owners: [eventsType] },
  { file: files.client, name: wireName, owners: [client.contractType, "events"] },
];

/** The names derived from an error's code, without the code itself. */
const listErrorNames = (
  { files, errorsType }: ModuleModel,
  { detailsType, validator, property, details }: ErrorModel,
): readonly DeclaredName[] => [
  ...(details === undefined
    ? []
    : [
        { file: files.generated, name: detailsType },
        { file: files.generated, name: validator },
        { file: files.client, name: detailsType },
      ]),
  { file: files.generated, name: property, owners: [errorsType] },
];
