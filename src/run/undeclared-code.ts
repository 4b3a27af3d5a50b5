import { type Diagnostic, fileStart, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { findImporters } from "../scan/find-imports.js";
import type { Orphan } from "../scan/find-orphans.js";
import {
  findMisnamed,
  findUndeclared,
  type Misnamed,
  type UndeclaredClass,
} from "../scan/find-undeclared.js";
import type { GlobalOptions } from "./global-options.js";
import { getTextsAfter, type ProjectState } from "./project-command.js";

/** Reports code that is not in the spec: files, classes in the lists, and commands with another name. */
export function reportUndeclared({
  model,
  orphans,
  summaries,
  generated,
}: ProjectState): readonly Diagnostic[] {
  const pruned = generated.plan.operations.filter(({ action }) => action === "delete");
  const reported = new Set([...orphans, ...pruned].map(({ path }) => path));
  return [
    ...orphans.map(reportOrphan),
    ...findUndeclared({ model, summaries, orphans: reported }).map(reportClass),
    ...findMisnamed(model, summaries).map(reportName),
  ];
}

const descriptions: Record<Orphan["kind"], string> = {
  module: "is a module",
  command: "is a command",
  guard: "is a guard",
  generated: "was generated for a module or shared schemas",
  test: "tests a module",
};

const reportOrphan = ({ path, kind }: Orphan): Diagnostic =>
  problem("orphan", {
    message: `${path} ${descriptions[kind]} that the spec does not have.`,
    fix:
      kind === "test"
        ? "Delete it by hand, or run `npx wsgen generate --prune --force`."
        : `Add ${kind === "generated" ? "that" : "it"} to the spec, or run \`npx wsgen generate --prune\`.`,
    at: fileStart(path),
  });

function reportClass({ kind, className, module, wireName, at }: UndeclaredClass): Diagnostic {
  const list = kind === "module" ? "newWebsocketServe(…)" : `the commands of '${module}'`;
  const command = module === undefined ? "new module" : `add command ${quoteForShell(module)}`;
  return problem("orphan", {
    message: `'${className}' is in ${list}, but the spec has no such ${kind}.`,
    fix: `Remove it from the list, or run \`npx wsgen ${command} ${wireName === undefined ? "<name>" : quoteForShell(wireName)}\`.`,
    at,
  });
}

function reportName({ module, command, answersTo, at }: Misnamed): Diagnostic {
  const words = [module.wireName, command.wireName, answersTo].map(quoteForShell).join(" ");
  return problem("literal-differs", {
    message: `${command.className}.getCommand() returns '${answersTo}', expected '${command.wireName}' as in the spec.`,
    fix: `Return '${command.wireName}' there, or run \`npx wsgen rename command ${words}\`.`,
    at,
  });
}

/** A name, quoted for a shell if needed. */
export const quoteForShell = (name: string): string =>
  /^[\w.:@-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;

/** Reports files of the user that would import a deleted file: errors, unless forced. */
export function reportDanglingImports(
  found: ProjectState,
  { force }: Pick<GlobalOptions, "force">,
): readonly Diagnostic[] {
  const { generated, orphans } = found;
  const deleted = generated.plan.operations.filter(({ action }) => action === "delete");
  if (deleted.length === 0) return [];
  const errors = generated.diagnostics.filter(({ severity }) => severity === "error");
  const reported = new Set([...orphans.map(({ path }) => path), ...errors.map(({ at }) => at?.file)]);
  const after = getTextsAfter(found);
  return findImporters(after, new Set(deleted.map(({ path }) => path)))
    .filter(({ importer }) => !reported.has(importer))
    .map(({ importer, target, start }) => ({
      code: "still-imported",
      severity: force ? "warning" : "error",
      message: `${importer} imports ${target}, which will be deleted.`,
      fix: "Remove the import, or delete the file anyway with `--force`.",
      ...new SourceText(importer, after.get(importer) ?? "").mark({ start, end: start + 1 }),
    }));
}
