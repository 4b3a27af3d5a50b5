import { importPath } from "../model/import-path.js";
import { layout } from "../model/layout.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import { docComment } from "../schema/encode.js";
import { declareType, type SchemaReferences } from "./declare-type.js";
import { optionList } from "./encoders.js";

/** The view of `<module>.module.ts`. */
export const moduleView = (module: ModuleModel) => ({
  className: module.className,
  doc: docComment([module.description || `The module ${module.wireName}.`]),
  optionsName: module.optionsName,
  generatedImport: importPath(module.moduleFile, module.generatedFile),
  commands: module.commands.map(({ className, file }) => ({
    className,
    importPath: importPath(module.moduleFile, file),
  })),
  hasCommands: module.commands.length > 0,
  flag: module.flag,
  port: module.port,
  urls: module.urls,
});

/** The view of `<name>.command.ts`. */
export const commandView = (module: ModuleModel, command: CommandModel) => ({
  className: command.className,
  doc: docComment([command.description || `The command ${command.wireName}.`]),
  wireName: command.wireName,
  requestType: command.requestType,
  replyType: command.replyType,
  optionsName: command.optionsName,
  generatedImport: importPath(command.file, module.generatedFile),
});

/** The view of `test/<module>.test.ts`. */
export const moduleTestView = (module: ModuleModel) => ({
  className: module.className,
  moduleImport: importPath(module.testFile, module.moduleFile),
  title: `the module ${module.wireName} takes a client and knows its commands`,
  path: samplePath(`/${module.flag}/${module.urls[0] ?? ""}`),
  commandNames: module.commands.map(({ wireName }) => wireName),
});

/** The view of `<module>.gen.ts`. */
export function moduleGeneratedView(model: Model, module: ModuleModel) {
  const references: SchemaReferences = { model, used: new Set() };
  const commands = module.commands.map((command) => ({
    wireName: command.wireName,
    optionsName: command.optionsName,
    options: optionList(command.options),
    requestDeclaration: declareType(references, {
      name: command.requestType,
      schema: command.request,
      absent: "Record<string, unknown>",
      description: `What a client sends with ${command.wireName}.`,
    }),
    replyDeclaration: declareType(references, {
      name: command.replyType,
      schema: command.reply,
      absent: "unknown",
      description: `What ${command.wireName} answers.`,
    }),
  }));
  const events = module.events.map((event) => ({
    dataDeclaration: declareType(references, {
      name: event.dataType,
      schema: event.data,
      absent: "unknown",
      description: event.description || `What the event ${event.wireName} carries.`,
    }),
  }));
  return {
    wireName: module.wireName,
    optionsName: module.optionsName,
    options: optionList(module.options),
    runtimeValues: optionFunctions(module).join(", "),
    runtimeTypes: [...(module.commands.length > 0 ? ["SetCommandConfig"] : []), "SetWSServerConfig"].join(
      ", ",
    ),
    schemasImport: importPath(module.generatedFile, layout.schemas),
    schemaTypes: [...references.used].sort().join(", "),
    commands,
    events,
  };
}

/** The functional options that the generated file calls, each once, in alphabetical order. */
const optionFunctions = (module: ModuleModel): string[] => {
  const calls = [...module.options, ...module.commands.flatMap(({ options }) => options)];
  return [...new Set(calls.map(({ callee }) => callee))].sort();
};

/** A path that the route pattern matches: `/chat/rooms/:room` becomes `/chat/rooms/room`. */
const samplePath = (pattern: string): string => pattern.replace(/\/{2,}/g, "/").replace(/[:*]([^/]+)/g, "$1");
