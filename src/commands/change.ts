import { failed, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { renameInCode } from "../rename/rename-in-code.js";
import { changeProject, type ProjectChange } from "../run/change-project.js";
import { type GlobalOptions, getSpecPath } from "../run/global-options.js";
import { findOldWords, type OldWords, reportOutsideUses } from "../run/old-words.js";
import { createSpecEntry, getTextsAfter, type NamedEntry } from "../run/project-command.js";
import type { CommandResult } from "../run/result.js";
import { getOwnName } from "../spec-file/collect-files.js";
import {
  addCommand,
  addEvent,
  addModule,
  type NewCommand,
  type NewEvent,
  type NewModule,
  removeEntry,
  renameEntry,
} from "../spec-file/edit-spec.js";
import { parseFields } from "../spec-file/field-shorthand.js";
import { type RenamedField, renameField } from "../spec-file/rename-field.js";
import { renameReferences } from "../spec-file/rename-schema.js";
import { anySchema } from "../spec-file/short-schema.js";
import type { JsonSchema } from "../spec-file/spec.js";

// The commands that change one entry of the spec, and the code with it.

/** `wsgen new module`: adds a module to the spec, unless it is already there, and to the code. */
export const newModuleCommand = (
  module: Omit<NewModule, "file">,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "new module",
      editSpec: (text) => addModule(text, { ...module, file: getSpecPath(options) }),
      scope: { of: "module", module: module.name },
      next: () => [`wsgen add command ${module.name} <command>`, "npm start"],
    },
    options,
  );

/** Fields in shorthand: `text:string`, `count:integer?`, `tags:string[]`. */
type Fields = readonly string[] | undefined;

/** `wsgen add command`: adds a command to the spec, unless it is already there, and to the code. */
export const addCommandCommand = (
  {
    request,
    reply,
    ...command
  }: Omit<NewCommand, "file" | "request" | "reply"> & Readonly<Record<"request" | "reply", Fields>>,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add command",
      editSpec: (text) => {
        const schemas = [readFields(request), readFields(reply)];
        const diagnostics = schemas.flatMap((each) => each.diagnostics);
        if (hasErrors(diagnostics)) return failed(diagnostics);
        const [own, answer] = schemas.map(({ value }) => value);
        return addCommand(text, { ...command, request: own, reply: answer, file: getSpecPath(options) });
      },
      scope: { of: "command", module: command.module, command: command.name },
      next: ({ modules }) => {
        const owner = modules.find(({ wireName }) => wireName === command.module);
        const added = owner?.commands.find(({ wireName }) => wireName === command.name);
        return added === undefined ? [] : [`fill in ${added.file}`, "npm start"];
      },
    },
    options,
  );

/** `wsgen add event`: adds an event to the spec, unless it is already there, and to the generated types. */
export const addEventCommand = (
  { data, ...event }: Omit<NewEvent, "file" | "data"> & { readonly data: Fields },
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: "add event",
      editSpec: (text) => {
        const { value, diagnostics } = readFields(data);
        if (hasErrors(diagnostics)) return failed(diagnostics);
        return addEvent(text, { ...event, data: value, file: getSpecPath(options) });
      },
      scope: { of: "module", module: event.module },
    },
    options,
  );

/** `any` alone is any value. */
function readFields(fields: Fields): Outcome<JsonSchema | typeof anySchema> {
  if (fields === undefined) return { value: undefined, diagnostics: [] };
  return fields.length === 1 && fields[0] === anySchema
    ? { value: anySchema, diagnostics: [] }
    : parseFields(fields);
}

/** `wsgen rename`: renames an entry in the spec, files, classes, imports, lists, and every reference in the user's code. */
export function renameCommand(entry: NamedEntry, to: string, options: GlobalOptions): Promise<CommandResult> {
  let oldWords: OldWords = { names: [] };
  return changeProject(
    {
      command: `rename ${entry.kind}`,
      ...createRename(entry, to, getSpecPath(options)),
      scope: { of: "project" },
      refactor(project) {
        const renamed = renameInCode(project, { entry, to }, options);
        oldWords = renamed.value?.oldWords ?? oldWords;
        return renamed;
      },
      review: (found) => [...findOldWords(getTextsAfter(found), oldWords), ...reportOutsideUses(found)],
    },
    options,
  );
}

/** The edits of the spec, and for a schema or a field of the files that it refers to. */
function createRename(
  { kind, ...entry }: NamedEntry,
  to: string,
  file: string,
): Pick<ProjectChange, "editSpec" | "editFile"> {
  const { name = "" } = entry;
  if (kind === "field") {
    let renamed: RenamedField | undefined;
    return {
      editSpec(text, source) {
        const { value, diagnostics } = renameField(source, { field: name, to });
        renamed = value;
        return value?.edit(text, { file, path: getOwnName(source) }) ?? failed(diagnostics);
      },
      editFile: (text, names) => renamed?.edit(text, names) ?? { value: text, diagnostics: [] },
    };
  }
  return {
    editSpec: (text) => renameEntry(text, { ...createSpecEntry({ ...entry, kind }, file), to }),
    ...(kind === "schema" && {
      editFile: (text, names) => renameReferences(text, names, { name, to }),
    }),
  };
}

/** `wsgen remove`: removes an entry from the spec, the lists, the imports and the folder. Refused if the user's code would be lost. */
export const removeCommand = (
  entry: NamedEntry<"module" | "command" | "event">,
  options: GlobalOptions,
): Promise<CommandResult> =>
  changeProject(
    {
      command: `remove ${entry.kind}`,
      editSpec: (text) => removeEntry(text, createSpecEntry(entry, getSpecPath(options))),
      scope: entry.kind === "module" ? { of: "project" } : { of: "module", module: entry.module },
      // Only orphans of this removal. Earlier ones stay.
      prune: ({ isNew }) => isNew,
    },
    options,
  );
