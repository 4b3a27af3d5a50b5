import { isUtf8 } from "node:buffer";
import { type Diagnostic, failed, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import type { ProjectLock } from "../fs/lock-project.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import { hasUnfinishedCommit, withLockedProject } from "../fs/with-locked-project.js";
import { readModel } from "../read-model.js";
import { getOwnName, nameFile } from "../spec-file/collect-files.js";
import type { SpecSource } from "../spec-file/read-spec.js";
import { type GlobalOptions, getSpecPath } from "./global-options.js";
import type { ProjectCommand } from "./project-command.js";
import { type CommandResult, refuse } from "./result.js";
import { runProjectCommand } from "./run-project-command.js";

/** A command on an existing project. */
export interface ProjectChange extends Omit<ProjectCommand, "spec" | "before" | "provided" | "packages"> {
  /** Changes the text of the spec first. Default: the spec stays as it is. */
  readonly editSpec?: (text: string, source: SpecSource) => Outcome<string>;
  /** Then changes the text of each file that the spec refers to. Default: they stay. */
  readonly editFile?: (text: string, name: ReferencedName) => Outcome<string>;
}

/** The names of a file that a spec refers to: for messages, in the folder of the spec, and that of the spec there. */
interface ReferencedName {
  readonly file: string;
  readonly path: string;
  readonly own: string;
}

/**
 * Reads the spec of a project, edits it if the command does that, and runs the rest of the command. A command that writes
 * takes the project's lock before it reads. A command that only reports never waits and never writes.
 */
export async function changeProject(change: ProjectChange, options: GlobalOptions): Promise<CommandResult> {
  if (options.dryRun || change.readOnly) {
    const first = (await hasUnfinishedCommit(options.cwd)) ? [unfinished] : [];
    return withDiagnostics(await editAndRun(change, options), first);
  }
  const found = await readSpecFile(options.cwd, getSpecPath(options));
  if (found.value === undefined) return refuse(change.command, found.diagnostics);
  const locked = await withLockedProject(options.cwd, (lock) => editAndRun(change, options, lock));
  return locked.value === undefined
    ? refuse(change.command, locked.diagnostics)
    : withDiagnostics(locked.value, locked.diagnostics);
}

async function editAndRun(
  change: ProjectChange,
  options: GlobalOptions,
  lock?: ProjectLock,
): Promise<CommandResult> {
  const read = await readSpecFile(options.cwd, getSpecPath(options));
  if (read.value === undefined) return refuse(change.command, read.diagnostics);
  const { file } = read.value;
  // The edited text would have replacement characters in place of the invalid bytes.
  if (change.editSpec && !isUtf8(read.value.bytes))
    return refuse(change.command, readModel(read.value).diagnostics);
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(read.value.bytes);
  const { value: after, diagnostics } = change.editSpec?.(before, read.value) ?? {
    value: before,
    diagnostics: [],
  };
  if (after === undefined || hasErrors(diagnostics)) return refuse(change.command, diagnostics);
  const edited = editFiles(change, read.value);
  if (edited.value === undefined) return refuse(change.command, edited.diagnostics);
  const texts = [...(after === before ? [] : [{ file, text: after }]), ...edited.value];
  const isEdited = texts.length > 0;
  const command: ProjectCommand = {
    ...change,
    spec: isEdited ? replaceTexts(read.value, after, edited.value) : read.value,
    provided: new Map(texts.map((each) => [each.file, each.text])),
    // Only a command that renames or deletes needs the previous model.
    before: isEdited && (change.refactor || change.prune) ? readModel(read.value).value : undefined,
  };
  const result = withDiagnostics(await runProjectCommand(command, options, lock), diagnostics);
  if (!isEdited || result.written) return result;
  const edit = { file, before, after, takesAs: change.refactor === undefined };
  return { ...result, diagnostics: placeInOldSpec(result.diagnostics, edit) };
}

interface EditedFile extends ReferencedName {
  readonly text: string;
}

/** The spec with the new text, and its files with theirs. */
function replaceTexts(spec: SpecSource, text: string, edited: readonly EditedFile[]): SpecSource {
  const encode = (each: string) => new TextEncoder().encode(each);
  const files = new Map([
    ...(spec.files ?? []),
    ...edited.map(({ path, text }) => [path, encode(text)] as const),
  ]);
  return { ...spec, bytes: encode(text), ...(files.size > 0 && { files }) };
}

/** The files of a spec that the command changes. A file that is not UTF-8 stays: its problem is reported when it is parsed. */
function editFiles({ editFile }: ProjectChange, spec: SpecSource): Outcome<readonly EditedFile[]> {
  const edited: EditedFile[] = [];
  for (const [path, bytes] of editFile === undefined ? [] : (spec.files ?? [])) {
    if (editFile === undefined || !(bytes instanceof Uint8Array) || !isUtf8(bytes)) continue;
    const name = { file: nameFile(spec, path), path, own: getOwnName(spec) };
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const { value: text, diagnostics } = editFile(before, name);
    if (text === undefined) return failed(diagnostics);
    if (text !== before) edited.push({ ...name, text });
  }
  return { value: edited, diagnostics: [] };
}

/** Maps diagnostics of a spec that was not written to the file on the disk; added parts came from the command line. */
function placeInOldSpec(
  diagnostics: readonly Diagnostic[],
  edit: Readonly<Record<"file" | "before" | "after", string> & { takesAs: boolean }>,
): readonly Diagnostic[] {
  const { file, takesAs } = edit;
  const [old, now] = [edit.before.split("\n"), edit.after.split("\n")];
  let above = 0;
  while (above < old.length && old[above] === now[above]) above += 1;
  let below = 0;
  while (below < old.length - above && old.at(-1 - below) === now.at(-1 - below)) below += 1;
  return diagnostics.map((diagnostic) => {
    const { at, excerpt: _excerpt, ...found } = diagnostic;
    if (at?.file !== file || at.line <= above) return diagnostic;
    const isAdded = at.line <= now.length - below;
    if (!isAdded) return { ...diagnostic, at: { ...at, line: at.line - now.length + old.length } };
    const last = now[at.line - 1]?.slice(0, at.column - 1 + at.length) ?? "";
    const written = [...now.slice(above, at.line - 1), last].join("\n");
    const message = `${takesAs ? findOption(written) : "the name"}: ${found.message}`;
    return found.severity === "error"
      ? { ...found, message, fix: adaptFix(found.fix, file, takesAs) }
      : { ...found, message };
  });
}

/** The options of the command line, by the keys of the spec that they set. */
const optionsByKey: Readonly<Record<string, string>> = {
  port: "--port",
  urls: "--url",
  as: "--as",
  description: "--description",
  request: "--request",
  reply: "--reply",
  data: "--data",
};

/** The option that an added part of the spec came from, by its last key. */
function findOption(written: string): string {
  const keys = [...written.matchAll(/(?:^|[\s{,"'])(\w+)["']?:/g)].map(([, key]) => optionsByKey[key ?? ""]);
  return keys.findLast((option) => option !== undefined) ?? "the name";
}

/** Changes a fix for a name in the spec to one for the command line. `rename` does not have `--as`. */
const adaptFix = (fix: string, file: string, takesAs: boolean): string =>
  takesAs
    ? fix.replace(/['`]as: (\w+)['`] below it/, "`--as $1`")
    : fix.replace(/(['`]) below it/, `$1 below the old name in ${file} first`);

const withDiagnostics = (result: CommandResult, first: readonly Diagnostic[]): CommandResult => ({
  ...result,
  diagnostics: [...first, ...result.diagnostics],
});

const unfinished: Diagnostic = {
  code: "unfinished-commit",
  severity: "warning",
  message: "An earlier run was interrupted while it was writing. Some files may be old and some new.",
  fix: "Run `npx wsgen generate`: it completes that run first.",
};
