import { importClause, importPath } from "../model/import-path.js";
import type { CommandModel, ModuleModel } from "../model/model.js";
import { samplePath } from "../model/sample-path.js";
import { docComment } from "../schema/encode.js";

/** The view of `<module>.module.ts`. */
export const moduleView = (module: ModuleModel) => ({
  className: module.className,
  doc: docComment([module.description || `The module ${module.wireName}.`]),
  optionsName: module.optionsName,
  generatedImport: importPath(module.files.module, module.files.generated),
  commands: module.commands.map(({ className, exportedAs, file }) => ({
    className,
    clause: importClause(className, exportedAs),
    importPath: importPath(module.files.module, file),
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
  generatedImport: importPath(command.file, module.files.generated),
});

/** The view of `test/<module>.setup.ts`. */
export const testSetupView = (module: ModuleModel) => ({
  className: module.className,
  clause: importClause(module.className, module.exportedAs),
  moduleImport: importPath(module.files.setup, module.files.module),
  generatedTestFile: module.files.generatedTest,
  path: samplePath(module),
});
