import { posix } from "node:path";
import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { applyEdits } from "../edit/apply-edits.js";
import { understand } from "../generate.js";
import type { CommandModel, EventModel, Model, ModuleModel } from "../model/model.js";
import { readGeneratedHeader } from "../render/generated-header.js";
import { renameEntry } from "../spec/edit-spec.js";
import { survey } from "../survey/survey.js";
import { renameProject } from "../syntax/rename-project.js";
import type { TreePath } from "../tree/tree.js";
import { changeProject } from "./change-project.js";
import { type GlobalOptions, specPath } from "./global-options.js";
import type { Subject } from "./remove.js";
import type { CommandResult } from "./result.js";

type Files = ReadonlyMap<TreePath, string>;

/** What gets other names in the code: declared names, and files. */
interface Renaming {
  readonly symbols: readonly { readonly file: TreePath; readonly name: string; readonly to: string }[];
  readonly moves: ReadonlyMap<TreePath, TreePath>;
  /** The class whose `getCommand()` returns the new wire name, with the file it is in afterwards. */
  readonly command?: { readonly file: TreePath; readonly className: string; readonly wireName: string };
}

/** `wsgen rename`: in the spec, the files, the classes, the imports, the lists, and every reference in the user's code. */
export async function renameCommand(
  subject: Subject,
  to: string,
  options: GlobalOptions,
): Promise<CommandResult> {
  const { kind, module, name } = subject;
  let before: Model | undefined;
  return changeProject(
    {
      command: `rename ${kind}`,
      editSpec(text) {
        const file = specPath(options);
        before = understand({ file, bytes: new TextEncoder().encode(text) }).value;
        return renameEntry(text, {
          file,
          kind,
          to,
          ...(name === undefined ? { name: module } : { module, name }),
        });
      },
      scope: { of: "project" },
      rework: async (files, after) =>
        before === undefined
          ? { value: files, diagnostics: [] }
          : renameInCode(files, {
              before: (await survey(before, files)).model,
              after,
              subject,
              to,
              force: options.force,
            }),
    },
    options,
  );
}

interface RenameInCode {
  /** The model of the old spec, with the places that the code has. */
  readonly before: Model;
  readonly after: Model;
  readonly subject: Subject;
  readonly to: string;
  readonly force: boolean;
}

/** The user's files under their new names; generated files are left out, since they are written anew. */
async function renameInCode(files: Files, request: RenameInCode): Promise<Outcome<Files>> {
  const edited = [...files].filter(([, text]) => readGeneratedHeader(text)?.intact === false);
  if (edited.length > 0 && !request.force) {
    return { value: undefined, diagnostics: edited.map(([path]) => editedByHand(path)) };
  }
  const renaming = findRenaming(request);
  if (renaming === undefined) return { value: files, diagnostics: [] };
  const present = {
    symbols: renaming.symbols.filter(({ file, name, to }) => files.has(file) && name !== to),
    moves: allMoves(files, renaming.moves),
  };
  const renamed = await renameProject(new Map(files), present);
  if (renamed.value === undefined || hasErrors(renamed.diagnostics)) {
    return { value: undefined, diagnostics: renamed.diagnostics };
  }
  const own = new Map([...renamed.value].filter(([, text]) => readGeneratedHeader(text) === undefined));
  return setWireName(own, renaming.command, renamed.diagnostics);
}

async function setWireName(
  files: Map<TreePath, string>,
  command: Renaming["command"],
  diagnostics: readonly Diagnostic[],
): Promise<Outcome<Files>> {
  const text = command && files.get(command.file);
  if (command === undefined || text === undefined) return { value: files, diagnostics };
  const { file, className, wireName } = command;
  const literal = { edit: "set-literal", className, method: "getCommand", value: wireName } as const;
  const edited = await applyEdits({ path: file, text }, [literal]);
  if (edited.value === undefined) return { value: undefined, diagnostics: edited.diagnostics };
  return { value: files.set(file, edited.value), diagnostics: [...diagnostics, ...edited.diagnostics] };
}

function findRenaming({ before, after, subject, to }: RenameInCode): Renaming | undefined {
  const wanted = subject.kind === "module" ? to : subject.module;
  const oldModule = before.modules.find(({ wireName }) => wireName === subject.module);
  const newModule = after.modules.find(({ wireName }) => wireName === wanted);
  if (oldModule === undefined || newModule === undefined) return undefined;
  if (subject.kind === "module") return moduleRenaming(oldModule, newModule);
  if (subject.kind === "command") {
    const oldCommand = oldModule.commands.find(({ wireName }) => wireName === subject.name);
    const newCommand = newModule.commands.find(({ wireName }) => wireName === to);
    return oldCommand && newCommand && commandRenaming(oldModule, oldCommand, newCommand);
  }
  const oldEvent = oldModule.events.find(({ wireName }) => wireName === subject.name);
  const newEvent = newModule.events.find(({ wireName }) => wireName === to);
  return oldEvent && newEvent && eventRenaming(oldModule, oldEvent, newEvent);
}

function moduleRenaming(from: ModuleModel, to: ModuleModel): Renaming {
  const file = inFolderOf(from.moduleFile, to.moduleFile);
  return {
    symbols: [
      { file: from.moduleFile, name: from.className, to: to.className },
      { file: from.generatedFile, name: from.optionsName, to: to.optionsName },
    ],
    // A folder that the user moved stays where it is; only the files in it get their new names.
    moves: new Map(
      posix.basename(from.folder) === from.wireName || from.moduleFile.startsWith("src/modules/")
        ? [
            [`${from.folder}/`, `${to.folder}/`],
            [from.moduleFile, to.moduleFile],
            [from.generatedFile, to.generatedFile],
            [from.testFile, to.testFile],
          ]
        : [
            [from.moduleFile, file],
            [from.testFile, to.testFile],
          ],
    ),
  };
}

function commandRenaming(module: ModuleModel, from: CommandModel, to: CommandModel): Renaming {
  const file = inFolderOf(from.file, to.file);
  return {
    symbols: [
      { file: from.file, name: from.className, to: to.className },
      { file: module.generatedFile, name: from.requestType, to: to.requestType },
      { file: module.generatedFile, name: from.replyType, to: to.replyType },
      { file: module.generatedFile, name: from.optionsName, to: to.optionsName },
    ],
    moves: new Map([[from.file, file]]),
    command: { file, className: to.className, wireName: to.wireName },
  };
}

const eventRenaming = (module: ModuleModel, from: EventModel, to: EventModel): Renaming => ({
  symbols: [{ file: module.generatedFile, name: from.dataType, to: to.dataType }],
  moves: new Map(),
});

const inFolderOf = (present: TreePath, wanted: TreePath): TreePath =>
  `${posix.dirname(present)}/${posix.basename(wanted)}`;

/** Moves of single files; one that ends with a slash stands for every file in the folder that has none of its own. */
function allMoves(files: Files, moves: ReadonlyMap<TreePath, TreePath>): Map<TreePath, TreePath> {
  const single = new Map<TreePath, TreePath>();
  for (const path of files.keys()) {
    const own = moves.get(path);
    const folder = [...moves].find(([from]) => from.endsWith("/") && path.startsWith(from));
    const target = own ?? (folder && folder[1] + path.slice(folder[0].length));
    if (target !== undefined && target !== path) single.set(path, target);
  }
  return single;
}

const editedByHand = (path: TreePath): Diagnostic => ({
  code: "edited-by-hand",
  severity: "error",
  message: `${path} is generated, but it was changed by hand since.`,
  fix: "Move your change into a file of your own, or give it up with --force.",
  at: { file: path, line: 1, column: 1, length: 1 },
});
