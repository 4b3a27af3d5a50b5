import type { ConvertedName } from "./convert-name.js";
import type { ModuleModel } from "./model.js";

/** The names that come from the module's own. */
type OwnNames = Pick<
  ModuleModel,
  | "className"
  | "variable"
  | "optionsName"
  | "eventsName"
  | "eventsType"
  | "client"
  | "moduleFile"
  | "generatedFile"
  | "testFile"
  | "generatedTestFile"
>;

/** What a module's name becomes; `folder` is where its code is. */
export const moduleNames = ({ pascal, camel, kebab }: ConvertedName, folder: string): OwnNames => ({
  className: `${pascal}Module`,
  variable: camel,
  optionsName: `${camel}ModuleOptions`,
  eventsName: `${camel}Events`,
  eventsType: `${pascal}Events`,
  client: {
    file: `client/${kebab}.client.gen.ts`,
    typeName: `${pascal}Client`,
    contractType: `${pascal}Contract`,
    createName: `create${pascal}Client`,
  },
  moduleFile: `${folder}/${kebab}.module.ts`,
  generatedFile: `${folder}/${kebab}.gen.ts`,
  testFile: `test/${kebab}.setup.ts`,
  generatedTestFile: `test/${kebab}.gen.test.ts`,
});

/** The identifiers that its generated files declare, and the files outside its folder. */
export const claimedNames = ({ optionsName, eventsName, eventsType, client, ...names }: OwnNames) => ({
  identifiers: [optionsName, eventsName, eventsType, client.typeName, client.contractType, client.createName],
  files: [names.testFile, names.generatedTestFile, client.file],
});
