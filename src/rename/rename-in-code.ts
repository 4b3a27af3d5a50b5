import {
  type Diagnostic,
  failed,
  fileStart,
  hasErrors,
  type Outcome,
  problem,
} from "../diagnostics/diagnostic.js";
import { applyEdits } from "../edit/apply-edits.js";
import { type CommandModel, guardFile, listGuards, type Model, type ModuleModel } from "../model/model.js";
import { listFiles } from "../model/module-files.js";
import { type TreePath, usesCrlf } from "../project-files/tree.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import type { GlobalOptions } from "../run/global-options.js";
import type { OldWords } from "../run/old-words.js";
import type { Files, NamedEntry, Project, Refactored } from "../run/project-command.js";
import { type ProjectScan, scanProject } from "../scan/scan-project.js";
import { renameProject } from "../syntax/rename-project.js";
import { renameStubName } from "../syntax/untouched-stub.js";
import { findNamed, findRenaming, movePath } from "./find-renaming.js";
import { keepPlaces } from "./keep-places.js";

interface Renamed extends Refactored {
  readonly oldWords: OldWords;
}

/**
 * Renames in the user's files. Generated files become empty, because they are written again. All or nothing: a broken
 * file that has one of the names, or a name or path that is already used, is an error that prevents all changes.
 */
export function renameInCode(
  { files, before, model: after }: Project,
  { entry, to }: { readonly entry: NamedEntry; readonly to: string },
  { force }: Pick<GlobalOptions, "force">,
): Outcome<Renamed> {
  const scanned = before && scanProject(before, files);
  const renaming = scanned && findRenaming({ usual: before, present: scanned.model, next: after }, entry, to);
  if (before === undefined || scanned === undefined || renaming === undefined)
    return { value: { files, model: after, moves: new Map(), oldWords: { names: [] } }, diagnostics: [] };
  const { model: located } = scanned;
  const missing = reportMissingEntry(scanned, entry);
  if (missing !== undefined) return failed([missing]);
  const moves = new Map(
    [...files.keys()]
      .map((path) => [path, movePath(renaming, path)] as const)
      .filter(([path, target]) => path !== target),
  );
  const obstacles = [...reportTakenPaths(files, moves), ...(force ? [] : reportEditedFiles(files, located))];
  if (obstacles.length > 0) return failed(obstacles);
  const isOfTypes = entry.kind === "schema" || entry.kind === "field";
  const symbols = renaming.symbols.filter(({ file, name, owners }) => {
    const text = files.get(file) ?? "";
    // A client has the types of those schemas that it uses.
    return isOfTypes ? declares(text, owners?.[0] ?? name) : text.includes(name);
  });
  const renamed = renameProject(files, { symbols, moves });
  if (renamed.value === undefined || hasErrors(renamed.diagnostics)) return failed(renamed.diagnostics);
  const model = keepPlaces({ located, after }, { entry, to }, renaming);
  const own = withoutGenerated(renamed.value, model);
  const module = findNamed(model.modules, entry.kind === "module" ? to : entry.module);
  if (entry.kind === "module") updateSetup(own, findNamed(before.modules, entry.module), module);
  const command = entry.kind === "command" ? findNamed(module?.commands ?? [], to) : undefined;
  const guard = module && entry.kind === "guard" ? findNamed(listGuards(module), to) : undefined;
  const file =
    module && guard
      ? guardFile(module, guard)
      : entry.kind === "module"
        ? module?.files.module
        : command?.file;
  const text = file === undefined ? undefined : own.get(file);
  const from = entry.name ?? entry.module;
  if (file !== undefined && text !== undefined)
    own.set(file, renameStubName(file, text, { kind: entry.kind, from, to }));
  const literals = setCommandName(own, command);
  if (hasErrors(literals)) return failed(literals);
  const oldWords: OldWords = {
    ...renaming.oldWords,
    ...(file !== undefined && { own: { file, name: from } }),
    classNames: symbols.filter(({ owners }) => owners === undefined).map(({ name }) => name),
  };
  const kinds = listFiles(model);
  const ofUser = renamed.diagnostics.filter(({ at }) => kinds.get(at?.file ?? "") !== "generated");
  return { value: { files: own, model, moves, oldWords }, diagnostics: [...ofUser, ...literals] };
}

const declares = (text: string, name: string): boolean =>
  new RegExp(`^export (?:interface|type|const|function) ${name}\\b`, "m").test(text);

/** The error for a class whose file does not exist: code that uses the class cannot be renamed. */
function reportMissingEntry(
  { model, listings, summaries: { files } }: ProjectScan,
  { kind, module: moduleName, name = "" }: NamedEntry,
): Diagnostic | undefined {
  const module = findNamed(model.modules, moduleName);
  if (module === undefined || kind === "event") return undefined;
  const isModule = kind === "module";
  const one = isModule ? { ...module, file: module.files.module } : findNamed(module.commands, name);
  const listing = one && listings.of(isModule ? model.mainFile : module.files.module, one);
  if (one === undefined || listing === undefined) return undefined;
  const { file, className } = one;
  if (listing.brokenImport !== undefined)
    return problem("missing-file", {
      message: `'${className}' is imported from '${listing.brokenImport}', but that file does not exist; the class is in ${file}.`,
      fix: "Correct the import, then run the command again.",
      at: fileStart(file),
    });
  if (!listing.isListed || (files.get(file) ?? "").trim() !== "") return undefined;
  return problem("missing-file", {
    message: `${file} is ${files.has(file) ? "empty" : "missing"}, although its class '${className}' is in use.`,
    fix: "Run `npx wsgen generate` to create it again, then rename.",
    at: listing.at ?? fileStart(file),
  });
}

/** Empties generated files, because they are written again. Only their line ending stays. */
function withoutGenerated(renamed: Files, model: Model): Map<TreePath, string> {
  const kinds = listFiles(model);
  return new Map(
    [...renamed].map(([path, text]) =>
      kinds.get(path) === "generated" ? [path, usesCrlf(text) ? "\r\n" : "\n"] : [path, text],
    ),
  );
}

/** Reports moves to a path that already has a file, which must not be overwritten. */
const reportTakenPaths = (files: Files, moves: ReadonlyMap<TreePath, TreePath>): Diagnostic[] =>
  [...moves]
    .filter(([, target]) => files.has(target) && !moves.has(target))
    .map(([path, target]) =>
      problem("already-exists", {
        message: `${path} would become ${target}, which already exists.`,
        fix: "Move or delete it first.",
        at: fileStart(target),
      }),
    );

/** Reports generated files that were edited by hand: the edits would be lost. */
const reportEditedFiles = (files: Files, model: Model): Diagnostic[] =>
  [...listFiles(model)].flatMap(([path, kind]) => {
    const text = kind === "generated" ? files.get(path) : undefined;
    if (text === undefined || readGeneratedHeader(text)?.intact) return [];
    const message = `${path} is a generated file, but it was edited by hand.`;
    const fix = "Move your change into a file of your own, or discard it with `--force`.";
    return [problem("edited-by-hand", { message, fix, at: fileStart(path) })];
  });

/** Makes `getCommand()` return the new name, if it is a literal. Returns errors if the file cannot be edited. */
function setCommandName(
  files: Map<TreePath, string>,
  command: CommandModel | undefined,
): readonly Diagnostic[] {
  const text = command && files.get(command.file);
  if (command === undefined || text === undefined) return [];
  const { file, className, wireName } = command;
  const literal = { edit: "set-literal", className, method: "getCommand", value: wireName } as const;
  const { value, diagnostics } = applyEdits({ path: file, text }, [literal]);
  if (value !== undefined) files.set(file, value);
  return diagnostics;
}

/**
 * Updates the test setup of a renamed module: the path that its tests connect to, which begins with the module's flag,
 * and the file that its first line names. Each is left if it is not as wsgen wrote it.
 */
function updateSetup(
  files: Map<TreePath, string>,
  old: ModuleModel | undefined,
  next: ModuleModel | undefined,
): void {
  const text = next && files.get(next.files.setup);
  if (old === undefined || next === undefined || text === undefined) return;
  const heading = (module: ModuleModel): string => `How ${module.files.generatedTest} starts`;
  const headed = text.replace(/^\uFEFF?\/\/.*/, (line) => line.replace(heading(old), () => heading(next)));
  const withFlag = headed.replace(/^([ \t]*path: ["'`]\/)(.*)/m, (line, start: string, path: string) =>
    path.startsWith(`${old.flag}/`) ? start + next.flag + path.slice(old.flag.length) : line,
  );
  files.set(next.files.setup, withFlag);
}
