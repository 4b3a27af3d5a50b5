import { type Diagnostic, hasErrors, type Outcome } from "../diagnostics/diagnostic.js";
import { readSpecFile } from "../fs/read-spec-file.js";
import { carryOut, type Work } from "./carry-out.js";
import { type GlobalOptions, specPath } from "./global-options.js";
import { type CommandResult, refusal } from "./result.js";

/** Work on the project that is there. */
export interface ProjectChange extends Omit<Work, "spec" | "provided" | "packages"> {
  /** Changes the text of the spec first; without it the spec stays as it is. */
  readonly editSpec?: (text: string) => Outcome<string>;
}

/** Reads the spec of a project, edits it where the command asks for that, and carries the rest out. */
export async function changeProject(change: ProjectChange, options: GlobalOptions): Promise<CommandResult> {
  const read = await readSpecFile(options.cwd, specPath(options));
  if (read.value === undefined) return refusal(change.command, read.diagnostics);
  const { file } = read.value;
  // Whatever the bytes are, what is wrong with them is found when the spec is read.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(read.value.bytes);
  const edited = change.editSpec?.(text) ?? { value: text, diagnostics: [] };
  if (edited.value === undefined || hasErrors(edited.diagnostics))
    return refusal(change.command, edited.diagnostics);
  const isEdited = edited.value !== text;
  const result = await carryOut(
    {
      ...change,
      spec: isEdited ? { file, bytes: new TextEncoder().encode(edited.value) } : read.value,
      provided: new Map(isEdited ? [[file, edited.value]] : []),
    },
    options,
  );
  return withDiagnostics(result, edited.diagnostics);
}

const withDiagnostics = (result: CommandResult, first: readonly Diagnostic[]): CommandResult => ({
  ...result,
  diagnostics: [...first, ...result.diagnostics],
});
