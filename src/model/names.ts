import type { ModuleModel } from "./model.js";
import { type ModuleFolders, usualPaths } from "./module-files.js";

/** A name in the three forms that code and files use. */
export interface ConvertedName {
  /** `UserLogin`, for classes and types. */
  readonly pascal: string;
  /** `userLogin`, for variables and properties. */
  readonly camel: string;
  /** `user-login`, for files and folders; always lower case. */
  readonly kebab: string;
}

/**
 * Converts a wire name (`user.login`, `chat:send`, `HTTPStatus`). With `isExact`, it is a name that a person chose
 * for the code, and its capitals are kept (`HTTPStatus` stays). Undefined if it has other characters than ASCII
 * letters, digits and separators, has no letter or digit, or begins with a digit.
 */
export function convertName(name: string, isExact = false): ConvertedName | undefined {
  if (!(isExact ? /^[A-Za-z0-9]+$/ : /^[A-Za-z0-9 ._:/-]+$/).test(name)) return undefined;
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+/g) ?? [];
  const [first = ""] = words;
  if (!/^[A-Za-z]/.test(first)) return undefined;
  const pascal = isExact ? capitalise(name) : words.map((word) => capitalise(word.toLowerCase())).join("");
  const camel = first.toLowerCase() + pascal.slice(first.length);
  return { pascal, camel, kebab: words.join("-").toLowerCase() };
}

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The names derived from the module's name. */
type OwnNames = Pick<
  ModuleModel,
  | "className"
  | "variable"
  | "optionsName"
  | "connectionsName"
  | "eventsName"
  | "eventsType"
  | "errorsName"
  | "errorsType"
  | "refusalType"
  | "refusalGuard"
  | "contextType"
  | "commandContextType"
  | "connectContextType"
  | "stateType"
  | "publicStateType"
  | "presenceType"
  | "client"
  | "files"
>;

/** Derives the names of a module. */
export const deriveModuleNames = (
  { pascal, camel, kebab }: ConvertedName,
  folders: ModuleFolders,
): OwnNames => ({
  className: `${pascal}Module`,
  variable: camel,
  optionsName: `${camel}ModuleOptions`,
  connectionsName: `${camel}Connections`,
  eventsName: `${camel}Events`,
  eventsType: `${pascal}Events`,
  errorsName: `${camel}Errors`,
  errorsType: `${pascal}Errors`,
  refusalType: `${pascal}Refusal`,
  refusalGuard: `is${pascal}Refusal`,
  contextType: `${pascal}Context`,
  commandContextType: `${pascal}CommandContext`,
  connectContextType: `${pascal}ConnectContext`,
  stateType: `${pascal}State`,
  publicStateType: `${pascal}PublicState`,
  presenceType: `${pascal}Presence`,
  client: {
    typeName: `${pascal}Client`,
    contractType: `${pascal}Contract`,
    createName: `create${pascal}Client`,
    addressType: `${pascal}Address`,
  },
  files: usualPaths(kebab, folders),
});

/** The identifiers that a module's generated files declare, and its files. */
export const listClaimedNames = ({ client, files, ...own }: OwnNames) => ({
  identifiers: [
    ...[own.optionsName, own.connectionsName, own.eventsName, own.eventsType],
    ...[own.contextType, own.commandContextType, own.connectContextType, own.stateType],
    ...Object.values(client),
  ],
  files: Object.values(files),
});
