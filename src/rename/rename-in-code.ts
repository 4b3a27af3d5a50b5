import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { applyEdits } from "../edit/apply-edits.js";
import { filesOf } from "../model/layout.js";
import type { CommandModel, Model, ModuleModel } from "../model/model.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import type { GlobalOptions } from "../run/global-options.js";
import type { OldWords } from "../run/old-words.js";
import type { Files, NamedEntry, Project, Refactored } from "../run/project-command.js";
import { type ProjectScan, scanProject } from "../scan/scan-project.js";
import { renameProject } from "../syntax/rename-project.js";
import { renameUnwritten } from "../syntax/unwritten.js";
import { type TreePath, usesCrlf } from "../tree/tree.js";
import { findRenaming, movedPath, type Renaming } from "./find-renaming.js";
import { keepPlaces } from "./keep-places.js";

interface Renamed extends Refactored {
  readonly oldWords: OldWords;
}

interface Wish {
  readonly entry: NamedEntry;
  readonly to: string;
}

/**
 * Renames in the user's files. Generated files become empty, because they are written again. All or nothing: a broken
 * file that has one of the names, or a name or path that is already used, is an error that prevents all changes.
 */
export async function renameInCode(
  { files, before, model: after }: Project,
  { entry, to }: Wish,
  { force }: Pick<GlobalOptions, "force">,
): Promise<Outcome<Renamed>> {
  const scanned = before && (await scanProject(before, files));
  const located = scanned?.model;
  const renaming = before && located && findRenaming({ usual: before, located, after }, entry, to);
  if (scanned === undefined || located === undefined || renaming === undefined)
    return { value: { files, model: after, moves: new Map(), oldWords: { names: [] } }, diagnostics: [] };
  const missing = missingEntry(scanned, files, entry);
  if (missing !== undefined) return { value: undefined, diagnostics: [missing] };
  const moves = movesOf(files, renaming);
  const kinds = filesOf(located);
  const generated = [...files].filter(([path]) => kinds.get(path) === "generated");
  const obstacles = [...takenPaths(files, moves), ...(force ? [] : generated.flatMap(editedByHand))];
  if (obstacles.length > 0) return { value: undefined, diagnostics: obstacles };
  const symbols = renaming.symbols.filter(({ file, name }) => files.get(file)?.includes(name));
  const renamed = await renameProject(files, { symbols, moves });
  if (renamed.value === undefined || hasErrors(renamed.diagnostics))
    return { value: undefined, diagnostics: renamed.diagnostics };
  const model = keepPlaces({ located, after }, { entry, to }, renaming);
  const own = withoutGenerated(renamed.value, model);
  if (before && entry.kind === "module") followInSetup(own, { before, after: model, from: entry.module, to });
  const kind = entry.kind === "module" ? "module" : "command";
  const file =
    entry.kind === "module"
      ? model.modules.find(({ wireName }) => wireName === to)?.files.module
      : commandOf(model, entry, to)?.file;
  const stub = file === undefined ? undefined : own.get(file);
  const from = entry.name ?? entry.module;
  if (file !== undefined && stub !== undefined && entry.kind !== "event")
    own.set(file, renameUnwritten(file, stub, { kind, from, to }));
  const answering = await answerTo(own, entry.kind === "command" ? commandOf(model, entry, to) : undefined);
  if (answering.value === undefined) return { value: undefined, diagnostics: answering.diagnostics };
  const oldWords: OldWords = {
    ...renaming.oldWords,
    ...(file !== undefined && { own: { file, name: from } }),
    classNames: symbols.filter(({ owners }) => owners === undefined).map(({ name }) => name),
  };
  return {
    value: { files: answering.value, model, moves, oldWords },
    diagnostics: [...renamed.diagnostics, ...answering.diagnostics],
  };
}

/** The error for a class whose file does not exist: code that uses the class cannot be renamed. */
function missingEntry(
  { model, listings }: ProjectScan,
  files: Files,
  entry: NamedEntry,
): Diagnostic | undefined {
  const module = model.modules.find(({ wireName }) => wireName === entry.module);
  if (module === undefined || entry.kind === "event") return undefined;
  const one =
    entry.kind === "module"
      ? { ...module, file: module.files.module }
      : commandOf(model, entry, entry.name ?? "");
  const listing = one && listings.of(entry.kind === "module" ? model.mainFile : module.files.module, one);
  if (one && listing?.brokenImport !== undefined)
    return {
      code: "missing-file",
      severity: "error",
      message: `${one.className} is imported from ${JSON.stringify(listing.brokenImport)}, but that file does not exist; the class is in ${one.file}.`,
      fix: "Correct the import, then run the command again.",
      at: { file: one.file, line: 1, column: 1, length: 1 },
    };
  if (!one || !listing?.isListed || (files.get(one.file) ?? "").trim() !== "") return undefined;
  return {
    code: "missing-file",
    severity: "error",
    message: `${one.file} is ${files.has(one.file) ? "empty" : "missing"}, although its class ${one.className} is in use.`,
    fix: "Run `npx wsgen generate` to create it again, then rename.",
    at: listing.at ?? { file: one.file, line: 1, column: 1, length: 1 },
  };
}

/** Empties generated files, because they are written again. Only their line ending stays. */
function withoutGenerated(renamed: Files, model: Model): Map<TreePath, string> {
  const kinds = filesOf(model);
  return new Map(
    [...renamed].map(([path, text]) =>
      kinds.get(path) === "generated" ? [path, usesCrlf(text) ? "\r\n" : "\n"] : [path, text],
    ),
  );
}

const movesOf = (files: Files, renaming: Renaming): ReadonlyMap<TreePath, TreePath> =>
  new Map(
    [...files.keys()]
      .map((path) => [path, movedPath(renaming, path)] as const)
      .filter(([path, target]) => path !== target),
  );

/** Finds moves to a path that already has a file, which must not be overwritten. */
const takenPaths = (files: Files, moves: ReadonlyMap<TreePath, TreePath>): Diagnostic[] =>
  [...moves]
    .filter(([, target]) => files.has(target) && !moves.has(target))
    .map(([path, target]) => ({
      code: "already-exists",
      severity: "error",
      message: `${path} would become ${target}, which already exists.`,
      fix: "Move or delete it first.",
      at: { file: target, line: 1, column: 1, length: 1 },
    }));

/** The error for a generated file that was edited by hand: the edits would be lost. */
const editedByHand = ([path, text]: readonly [TreePath, string]): Diagnostic[] =>
  readGeneratedHeader(text)?.intact !== true
    ? [
        {
          code: "edited-by-hand",
          severity: "error",
          message: `${path} is a generated file, but it was edited by hand.`,
          fix: "Move your change into a file of your own, or discard it with --force.",
          at: { file: path, line: 1, column: 1, length: 1 },
        },
      ]
    : [];

const commandOf = (model: Model, { module }: NamedEntry, name: string): CommandModel | undefined =>
  model.modules
    .find(({ wireName }) => wireName === module)
    ?.commands.find(({ wireName }) => wireName === name);

/** Makes `getCommand()` return the new name, if it is a literal. */
async function answerTo(
  files: Map<TreePath, string>,
  command: CommandModel | undefined,
): Promise<Outcome<Files>> {
  const text = command && files.get(command.file);
  if (command === undefined || text === undefined) return { value: files, diagnostics: [] };
  const { file, className, wireName } = command;
  const literal = { edit: "set-literal", className, method: "getCommand", value: wireName } as const;
  const edited = await applyEdits({ path: file, text }, [literal]);
  if (edited.value === undefined) return { value: undefined, diagnostics: edited.diagnostics };
  return { value: files.set(file, edited.value), diagnostics: edited.diagnostics };
}

/**
 * Updates the test setup of a renamed module: the path that its tests connect to, which begins with the module's flag,
 * and the file that its first line names. Each is left if it is not as wsgen wrote it.
 */
function followInSetup(
  files: Map<TreePath, string>,
  { before, after, from, to }: { before: Model; after: Model; from: string; to: string },
): void {
  const old = moduleOf(before, from);
  const next = moduleOf(after, to);
  const text = next && files.get(next.files.setup);
  if (old === undefined || next === undefined || text === undefined) return;
  const heading = `How ${old.files.generatedTest} starts`;
  const [first = ""] = text.split("\n", 1);
  const start = first.startsWith("//") || first.startsWith("\uFEFF//") ? first.indexOf(heading) : -1;
  const headed =
    start < 0
      ? text
      : `${text.slice(0, start)}How ${next.files.generatedTest} starts${text.slice(start + heading.length)}`;
  files.set(next.files.setup, withFlag(headed, old.flag, next.flag));
}

const moduleOf = ({ modules }: Model, name: string): ModuleModel | undefined =>
  modules.find(({ wireName }) => wireName === name);

/** Replaces the flag in the line `path: "/<flag>/…"`. */
function withFlag(text: string, flag: string, next: string): string {
  const found = /^[ \t]*path: ["'`]\//m.exec(text);
  if (found === null) return text;
  const start = found.index + found[0].length;
  return text.startsWith(`${flag}/`, start)
    ? text.slice(0, start) + next + text.slice(start + flag.length)
    : text;
}
