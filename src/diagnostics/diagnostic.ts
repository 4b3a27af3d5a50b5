/** A place in a text file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the marked text in UTF-16 units, for the caret; 1 when unknown. */
  readonly length: number;
}

/** One finding of a stage. Stages collect them; only the command line prints them. An error says what to do. */
export type Diagnostic = Finding &
  (
    | { readonly severity: "error"; readonly fix: string }
    | { readonly severity: "warning" | "note"; readonly fix?: string }
  );

interface Finding {
  readonly code: DiagnosticCode;
  /** What was found and what was expected, in one sentence. */
  readonly message: string;
  readonly at?: Location;
  /** The line of text that `at` points at, without its line end. */
  readonly excerpt?: string;
}

/** What a stage gives: a value when there is one to work with, and what it found. */
export interface Outcome<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");

/** Every diagnostic's stable code, what it means and how to solve it; `docs/diagnostics.md` is written from this table. */
export const diagnosticCodes = {
  "spec-not-found": [
    "There is no spec file where it was looked for.",
    "Run wsgen in the project's folder, or name the spec with `--spec`.",
  ],
  "spec-unreadable": [
    "The spec is too large, too deep, not UTF-8, or has a control character.",
    "Save it as UTF-8 text; share what it repeats under `schemas:`.",
  ],
  "spec-syntax": [
    "The spec is not valid YAML 1.2.",
    "Correct the line; indent with spaces, and quote strings that have `: ` or ` #`.",
  ],
  "duplicate-key": ["A mapping has the same key twice.", "Remove or rename one of the two."],
  "unknown-key": [
    "A key that the format does not know.",
    "Correct its spelling or its indentation; an editor completes keys from `wsgen.schema.json`.",
  ],
  "missing-key": ["A required key is absent.", "Add the key that the message names."],
  "wrong-type": [
    "A value is of another type than the format asks for.",
    "Write the type that the message names; quote a string that looks like a number.",
  ],
  "invalid-value": [
    "A value is of the right type but outside what is allowed.",
    "Write a value of the range that the message names.",
  ],
  "invalid-schema": [
    "A JSON Schema is not valid 2020-12, or uses what wsgen does not support.",
    "Change the keyword that the message names.",
  ],
  "invalid-example": [
    "An example does not fit the schemas of its command.",
    "Change the example, or the schema that it contradicts.",
  ],
  "unknown-reference": [
    "A $ref points at nothing.",
    "Add the schema under `schemas:`, or correct the reference: `#/schemas/Name`.",
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
    "Two names meet after conversion, or on a case-insensitive file system.",
    "Rename one of them, or give it a name in code with `as:`.",
  ],
  "route-collision": [
    "Two routes of one listener cannot both be served.",
    "Change one of the routes, or give its module another port.",
  ],
  "not-in-spec": [
    "A module, command or event that the command line names is not in the spec.",
    "Correct the name; `wsgen list` shows those of the spec.",
  ],
  "already-exists": [
    "What should be created already exists.",
    "Choose another name, or change the existing one in the spec.",
  ],
  "target-not-empty": [
    "The target folder exists and is not empty.",
    "Choose another folder, or empty this one.",
  ],
  "outside-project": ["A path leaves the project.", "Use a path inside the project."],
  "unexpected-shape": [
    "Your code no longer has the form that wsgen can edit; nothing was changed.",
    "Make the change by hand as the message shows it, or restore the form.",
  ],
  "source-syntax": [
    "A TypeScript file of the project has a syntax error.",
    "Correct the error, and run wsgen again.",
  ],
  "stale-file": ["A generated file is not what the spec gives.", "Run `wsgen generate`."],
  "edited-by-hand": [
    "A generated file was changed by hand.",
    "Move your change to a file of your own; `wsgen generate --force` replaces the file.",
  ],
  "not-ours": [
    "A file that wsgen did not write is in the place of a generated one.",
    "Move or rename that file; `wsgen generate --force` replaces it.",
  ],
  "missing-file": [
    "A file that the spec asks for is absent or empty, or does not have its class.",
    "Run `wsgen generate`, or remove its module or command from the spec.",
  ],
  "not-registered": [
    "A module or command is not in the list that should have it.",
    "Run `wsgen generate`, or add it to the list that the message names.",
  ],
  "literal-differs": [
    "A literal that mirrors the spec differs from it.",
    "Run `wsgen generate`, or change the spec.",
  ],
  "user-expression": [
    "A value that mirrors the spec was replaced by your own expression.",
    "Nothing to do; keep the value of the expression and the spec the same.",
  ],
  orphan: [
    "A file or class of a module or command that the spec does not have.",
    "Add it to the spec, delete it, or run `wsgen generate --prune`.",
  ],
  "written-in": [
    "A file that is to be deleted has your code in it.",
    "Move the code to another file, or repeat the command with `--force`.",
  ],
  "still-imported": [
    "A file that is to be deleted is imported by another one.",
    "Remove the import, and repeat the command.",
  ],
  "old-name": [
    "A name in your code may mean what was renamed, though neither its type nor its place tells; it was left as it is.",
    "Read the line, and rename it by hand if it means the same.",
  ],
  "other-version": [
    "A generated file was written by another version of wsgen.",
    "Run `wsgen generate` with the version that the project installs.",
  ],
  "breaking-change": [
    "Clients that were written for the old spec can fail with the new one.",
    "Undo the change, or bring the clients up to date first.",
  ],
  "read-failed": [
    "A file or folder of the project could not be read.",
    "Correct what the system reports, such as its permissions.",
  ],
  "write-failed": [
    "A file could not be written; everything was put back.",
    "Correct what the system reports, such as a full disk, and run the command again.",
  ],
  "changed-meanwhile": [
    "A file was changed by another program while wsgen was working.",
    "Run the command again.",
  ],
  interrupted: [
    "wsgen was asked to stop while it was writing; everything was put back.",
    "Run the command again.",
  ],
  "unfinished-commit": [
    "An earlier run was cut off while it was writing, and the project has to be put in order first.",
    "Run any command that writes, such as `wsgen generate`: it completes the earlier run first.",
  ],
  "npm-failed": [
    "npm could not install what the project needs; the project itself is written.",
    "Correct what npm reports, and run `npm install` in the project.",
  ],
  usage: ["The command line is not valid.", "`wsgen --help`, and `--help` of each command, show what is."],
  defect: ["wsgen itself failed.", "Report the message and its stack as a bug."],
  locked: [
    "Another wsgen is writing to this project.",
    "Wait until it has ended; the message says how to remove the lock of a run that was killed.",
  ],
} as const satisfies Readonly<Record<string, readonly [meaning: string, solution: string]>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
