import type { CommandModel, Model, ModuleModel } from "../model/model.js";

/** What a file is made from: the name of a template and the part of the model that it shows. */
export type View =
  | { readonly template: "project-file"; readonly file: string; readonly model: Model }
  | { readonly template: "main"; readonly model: Model }
  | { readonly template: "schemas-gen"; readonly model: Model }
  | { readonly template: "module"; readonly module: ModuleModel }
  | { readonly template: "module-gen"; readonly model: Model; readonly module: ModuleModel }
  | { readonly template: "command"; readonly module: ModuleModel; readonly command: CommandModel }
  | { readonly template: "module-test"; readonly module: ModuleModel };
