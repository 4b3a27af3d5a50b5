import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import type { ModuleTemplate } from "../model/module-files.js";

/** What a file is made from: the name of a template and the part of the model that it shows. */
export type View =
  | {
      readonly template: "project-file";
      readonly name: string;
      readonly model: Model;
      readonly packages: PackageSpecs;
    }
  | { readonly template: "main"; readonly model: Model }
  | { readonly template: "spec-schema" }
  | { readonly template: "schemas-gen"; readonly model: Model }
  | { readonly template: "command"; readonly module: ModuleModel; readonly command: CommandModel }
  | { readonly template: ModuleTemplate; readonly model: Model; readonly module: ModuleModel };

/** What a new project gets from elsewhere. */
export interface PackageSpecs {
  /** The two packages: npm specs such as `^0.1.0` or `file:vendor/wsgen-0.1.0.tgz`. */
  readonly runtime: string;
  readonly generator: string;
  /** The spec's path from the project, where it is not the project's own `wsgen.yaml`. */
  readonly spec?: string | undefined;
}
