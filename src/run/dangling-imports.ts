import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { findImporters } from "../scan/find-imports.js";
import type { GlobalOptions } from "./global-options.js";
import { type ProjectState, textsAfter } from "./project-command.js";

/** Finds files of the user that would import a deleted file. An error, unless forced. */
export function danglingImports(
  { generated, files, orphans }: Pick<ProjectState, "generated" | "files" | "orphans">,
  { force }: Pick<GlobalOptions, "force">,
): readonly Diagnostic[] {
  const gone = new Set(
    generated.plan.operations.flatMap(({ action, path }) => (action === "delete" ? [path] : [])),
  );
  if (gone.size === 0) return [];
  const reported = new Set<string | undefined>(orphans.map(({ path }) => path));
  for (const { at, severity } of generated.diagnostics) if (severity === "error") reported.add(at?.file);
  const after = textsAfter({ files, generated });
  return findImporters(after, gone)
    .filter(({ importer }) => !reported.has(importer))
    .map(({ importer, target, start }) => {
      const source = new SourceText(importer, after.get(importer) ?? "");
      const at = source.locate({ start, end: start + 1 });
      return {
        code: "still-imported",
        severity: force ? "warning" : "error",
        message: `${importer} imports ${target}, which will be deleted.`,
        fix: "Remove the import, or delete the file anyway with --force.",
        at,
        excerpt: source.line(at.line),
      };
    });
}
