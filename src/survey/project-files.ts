import { layout } from "../model/layout.js";
import type { Model } from "../model/model.js";
import type { TreePath } from "../tree/tree.js";

/** What a file of a project is for. */
export type FileKind = "module" | "command" | "generated" | "test";

/** The files that a spec accounts for. */
export function filesOf(model: Model): ReadonlyMap<TreePath, FileKind> {
  const files = new Map<TreePath, FileKind>();
  if (model.schemas.length > 0) files.set(layout.schemas, "generated");
  for (const { moduleFile, generatedFile, client, testFile, generatedTestFile, commands } of model.modules) {
    files.set(moduleFile, "module").set(testFile, "test");
    for (const path of [generatedFile, client.file, generatedTestFile]) files.set(path, "generated");
    for (const { file } of commands) files.set(file, "command");
  }
  return files;
}
