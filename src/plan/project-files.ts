import type { Model } from "../model/model.js";
import type { PackageSpecs } from "../render/view.js";
import type { CreateFile } from "./plan.js";

/**
 * The files that a new project gets once, by path and name of their template.
 * npm drops a file called `.gitignore` from a package, so the templates of dotfiles start with `_`.
 */
const projectTemplates: readonly (readonly [path: string, template: string])[] = [
  ["package.json", "package.json"],
  ["tsconfig.json", "tsconfig.json"],
  ["test/run.mjs", "run-tests.mjs"],
  ["README.md", "README.md"],
  ["Dockerfile", "Dockerfile"],
  [".dockerignore", "_dockerignore"],
  [".editorconfig", "_editorconfig"],
  [".gitignore", "_gitignore"],
  [".prettierignore", "_prettierignore"],
];

export const projectFiles = (model: Model, packages: PackageSpecs): readonly CreateFile[] =>
  projectTemplates.map(([path, name]) => ({
    action: "create",
    path,
    view: { template: "project-file", name, model, packages },
  }));
