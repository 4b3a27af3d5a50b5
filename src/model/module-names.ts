import type { ConvertedName } from "./convert-name.js";
import type { ModuleModel } from "./model.js";
import { usualPaths } from "./module-files.js";

/** The names that come from the module's own. */
type OwnNames = Pick<
  ModuleModel,
  "className" | "variable" | "optionsName" | "eventsName" | "eventsType" | "client" | "files"
>;

/** What a module's name becomes; `folder` is where its code is. */
export const moduleNames = ({ pascal, camel, kebab }: ConvertedName, folder: string): OwnNames => ({
  className: `${pascal}Module`,
  variable: camel,
  optionsName: `${camel}ModuleOptions`,
  eventsName: `${camel}Events`,
  eventsType: `${pascal}Events`,
  client: {
    typeName: `${pascal}Client`,
    contractType: `${pascal}Contract`,
    createName: `create${pascal}Client`,
  },
  files: usualPaths(kebab, folder),
});

/** The identifiers that its generated files declare, and its files. */
export const claimedNames = ({ optionsName, eventsName, eventsType, client, files }: OwnNames) => ({
  identifiers: [optionsName, eventsName, eventsType, client.typeName, client.contractType, client.createName],
  files: Object.values(files),
});
