import type { CodeTable } from "wsgen-runtime/error-codes";

/** A place in a text file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the marked text in UTF-16 units, for the caret; 1 when unknown. */
  readonly length: number;
}

/** One finding of a stage. Stages collect them; only the command line prints them. An error has a fix. */
export type Diagnostic = Finding &
  (
    | { readonly severity: "error"; readonly fix: string }
    | { readonly severity: "warning" | "note"; readonly fix?: string }
  );

interface Finding {
  readonly code: DiagnosticCode;
  /** What was found and what was expected. */
  readonly message: string;
  readonly at?: Location;
  /** The line of text that `at` points at, without its line end. */
  readonly excerpt?: string;
}

/** The result of a stage: a value if the next stage can use one, and the diagnostics. */
export interface Outcome<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** An error, at a place of a file if one is known. */
export const problem = (
  code: DiagnosticCode,
  {
    at,
    ...rest
  }: Pick<Finding, "message" | "excerpt"> & { readonly fix: string; readonly at?: Location | undefined },
): Diagnostic => ({ code, severity: "error", ...rest, ...(at && { at }) });

/** The result of a stage without a value. */
export const failed = (diagnostics: readonly Diagnostic[]): Outcome<never> => ({
  value: undefined,
  diagnostics,
});

/** Diagnostics in the order of the text. The files keep the order in which they first occur. */
export function sortByPosition(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = new Map(
    [...new Set(diagnostics.map(({ at }) => at?.file))].map((file, index) => [file, index]),
  );
  const rank = (at: Location | undefined) => (at === undefined ? -1 : (files.get(at.file) ?? 0));
  return diagnostics.toSorted(
    ({ at: one }, { at: other }) =>
      rank(one) - rank(other) ||
      (one?.line ?? 0) - (other?.line ?? 0) ||
      (one?.column ?? 0) - (other?.column ?? 0),
  );
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");

/** The place of a finding that concerns a whole file. */
export const fileStart = (file: string): Location => ({ file, line: 1, column: 1, length: 1 });

/** The stable code of every diagnostic, its cause and its fix: see `explain.ts`. */
export const diagnosticCodes = {
  "spec-not-found": [
    "The spec file was not found.",
    "Run wsgen in the project folder, or pass the spec with `--spec`.",
  ],
  "spec-unreadable": [
    "The spec is too large, too deep, not UTF-8, or contains a control character.",
    "Save it as UTF-8 text; move repeated schemas to `schemas:`.",
  ],
  "spec-syntax": [
    "The spec is not valid YAML 1.2.",
    "Correct the line; indent with spaces, and quote strings that contain `: ` or ` #`.",
  ],
  "duplicate-key": ["A mapping has the same key twice.", "Remove or rename one of the two."],
  "unknown-key": [
    "The format does not have this key.",
    "Correct its spelling or its indentation; an editor completes keys from `wsgen.schema.json`.",
  ],
  "missing-key": ["A required key is absent.", "Add the key that the message names."],
  "wrong-type": [
    "A value has the wrong type.",
    "Write the type that the message names; quote a string that looks like a number.",
  ],
  "invalid-value": [
    "A value has the right type but is not allowed.",
    "Write a value that the message allows.",
  ],
  "invalid-schema": [
    "A JSON Schema is not valid 2020-12, or uses what wsgen does not support.",
    "Change the keyword that the message names.",
  ],
  "invalid-example": [
    "An example does not match the schemas of its command.",
    "Change the example, or the schema that it does not match.",
  ],
  "unknown-reference": [
    "The target of a $ref, or an error that a command lists, does not exist.",
    "Add the schema under `schemas:`, or the error under `errors:` of the module; or correct the name.",
  ],
  "invalid-name": [
    "A name cannot become an identifier or a file name.",
    "Rename it, or give it a name in code with `as:`.",
  ],
  "reserved-name": [
    "A name is a reserved word or a device name.",
    "Rename it, or give it a name in code with `as:`.",
  ],
  "name-collision": [
    "Two names are equal after conversion, or on a case-insensitive file system.",
    "Rename one of them, or give it a name in code with `as:`.",
  ],
  "route-collision": [
    "Two routes of one listener cannot both be served.",
    "Change one of the routes, or give its module another port.",
  ],
  "not-in-spec": [
    "A module, command or event that the command line names is not in the spec.",
    "Correct the name; `wsgen list` shows the names in the spec.",
  ],
  "already-exists": [
    "The item to create already exists.",
    "Choose another name, or change the existing one in the spec.",
  ],
  "target-not-empty": [
    "The target folder exists and is not empty.",
    "Choose another folder, or empty this one.",
  ],
  "outside-project": ["A path leaves the project.", "Use a path inside the project."],
  "unexpected-shape": [
    "wsgen cannot edit the shape of your code; nothing was changed.",
    "Make the change by hand as the message shows it, or restore the original shape.",
  ],
  "source-syntax": [
    "A TypeScript file of the project has a syntax error.",
    "Correct the error, and run wsgen again.",
  ],
  "stale-file": ["A generated file is out of date with the spec.", "Run `wsgen generate`."],
  "edited-by-hand": [
    "A generated file was edited by hand.",
    "Move your change to a file of your own; `wsgen generate --force` replaces the file.",
  ],
  "not-ours": [
    "A generated file would replace a file that wsgen did not write.",
    "Move or rename that file; `wsgen generate --force` replaces it.",
  ],
  "missing-file": [
    "A file that the spec needs is missing, is empty, or does not have its class.",
    "Run `wsgen generate`, or remove its module or command from the spec.",
  ],
  "not-registered": [
    "A module or command is not in the list that should contain it.",
    "Run `wsgen generate`, or add it to the list that the message names.",
  ],
  "literal-differs": [
    "A literal that mirrors the spec differs from it.",
    "Run `wsgen generate`, or change the spec.",
  ],
  "user-expression": [
    "A value that mirrors the spec was replaced by your own expression.",
    "Do nothing, but keep the value of the expression and the spec the same.",
  ],
  orphan: [
    "A file or class belongs to a module or command that is not in the spec.",
    "Add it to the spec, delete it, or run `wsgen generate --prune`.",
  ],
  "written-in": [
    "A file to be deleted contains your code.",
    "Move the code to another file, or repeat the command with `--force`.",
  ],
  "still-imported": [
    "A file to be deleted is imported by another file.",
    "Remove the import, and repeat the command.",
  ],
  "old-name": [
    "A name may refer to a renamed item, but its type does not show it; it was not renamed.",
    "Check the line, and rename the name by hand if it refers to that item.",
  ],
  "other-version": [
    "A generated file was written by another version of wsgen.",
    "Run `wsgen generate` with the version that the project installs.",
  ],
  "breaking-change": [
    "Clients written for the old spec can fail with the new one.",
    "Undo the change, or update the clients first.",
  ],
  "read-failed": [
    "A file or folder of the project could not be read.",
    "Correct what the system reports, such as its permissions.",
  ],
  "write-failed": [
    "A file could not be written; all files were restored.",
    "Correct what the system reports, such as a full disk, and run the command again.",
  ],
  "changed-meanwhile": [
    "A file was changed by another program while wsgen was working.",
    "Run the command again.",
  ],
  interrupted: [
    "wsgen was interrupted while it was writing; all files were restored.",
    "Run the command again.",
  ],
  "unfinished-commit": [
    "An earlier run was interrupted while it was writing. The project must be recovered first.",
    "Run any command that writes, such as `wsgen generate`: it completes the earlier run first.",
  ],
  "npm-failed": [
    "npm could not install the dependencies; the project itself was written.",
    "Correct what npm reports, and run `npm install` in the project.",
  ],
  usage: [
    "The command line is invalid.",
    "Run `wsgen --help`, or `--help` of a command, to see what is valid.",
  ],
  defect: ["wsgen itself failed.", "Report the message and its stack as a bug."],
  locked: [
    "Another wsgen is writing to this project.",
    "Wait until it ends. The message says how to remove the lock of a killed run.",
  ],
} as const satisfies CodeTable;

export type DiagnosticCode = keyof typeof diagnosticCodes;
