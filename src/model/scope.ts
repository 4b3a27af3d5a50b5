import type { CommandModel, Model, ModuleModel } from "../model/model.js";

/**
 * How much of the project a run brings up to the spec. Generated files are always whole; the scope says
 * which of the user's files may be created or edited, so that one broken file does not stop work on another.
 */
export type Scope =
  | { readonly of: "project" }
  | { readonly of: "module"; readonly module: string }
  | { readonly of: "command"; readonly module: string; readonly command: string };

export const modulesInScope = (model: Model, scope: Scope): readonly ModuleModel[] =>
  scope.of === "project" ? model.modules : model.modules.filter(({ wireName }) => wireName === scope.module);

export const commandsInScope = (module: ModuleModel, scope: Scope): readonly CommandModel[] =>
  scope.of === "command"
    ? module.commands.filter(({ wireName }) => wireName === scope.command)
    : module.commands;
