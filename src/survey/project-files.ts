import { layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import { type FileKind, moduleFiles } from "../model/module-files.js";
import type { TreePath } from "../tree/tree.js";

/** The files that a spec accounts for. */
export function filesOf(model: Model): ReadonlyMap<TreePath, FileKind> {
  const files = new Map<TreePath, FileKind>();
  if (model.schemas.length > 0) files.set(layout.schemas, "generated");
  for (const module of model.modules) {
    for (const { path, kind } of moduleFiles(module)) files.set(path, kind);
    for (const { file } of module.commands) files.set(file, "command");
  }
  return files;
}
