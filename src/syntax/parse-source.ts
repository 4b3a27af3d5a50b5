import type { Diagnostic, Location } from "../diagnostics/diagnostic.js";
import { compiler, loadTsMorph, type ts } from "./compiler.js";

/** A parsed text. Positions are UTF-16 offsets into `text`, a byte-order mark included. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly file: ts.SourceFile;
}

/** Parses TypeScript or JavaScript, by the path's extension. Returns a tree for broken text, too: see `getSyntaxErrors`. */
export function parseSource(path: string, text: string): Source {
  loadTsMorph();
  const file = compiler.createSourceFile(
    path,
    text,
    { languageVersion: compiler.ScriptTarget.Latest, jsDocParsingMode: compiler.JSDocParsingMode.ParseNone },
    true,
  );
  return { path, text, file };
}

/** Finds syntax errors of TypeScript or JavaScript. */
export const findSyntaxErrors = (path: string, text: string): Diagnostic[] =>
  getSyntaxErrors(parseSource(path, text));

/** The errors of the parser, each with its place. */
export function getSyntaxErrors(source: Source): Diagnostic[] {
  return parseDiagnostics(source.file).map((found) => ({
    code: "source-syntax",
    severity: "error",
    message: compiler.flattenDiagnosticMessageText(found.messageText, " "),
    fix: "Fix the syntax of this file, then run the command again.",
    ...markAt(source, found.start, found.length),
  }));
}

/** Line and column of an offset. A byte-order mark does not count as a column, as in editors. */
export function locate(source: Source, start: number, length: number): Location {
  const { line, character } = source.file.getLineAndCharacterOfPosition(start);
  const mark = line === 0 && source.text.startsWith("\uFEFF") && character > 0 ? 1 : 0;
  return { file: source.path, line: line + 1, column: character - mark + 1, length: Math.max(1, length) };
}

/** The place of an offset with its line, as a diagnostic shows it. */
export function markAt(
  source: Source,
  start: number,
  length: number,
): Required<Pick<Diagnostic, "at" | "excerpt">> {
  const lines = source.file.getLineStarts();
  const { line } = source.file.getLineAndCharacterOfPosition(start);
  const text = source.text.slice(lines[line], lines[line + 1] ?? source.text.length);
  return { at: locate(source, start, length), excerpt: text.replace(/[\r\n\uFEFF\u2028\u2029]/g, "") };
}

/** `parseDiagnostics` is not in the public types; the public ways to it build a program or emit code. */
const parseDiagnostics = (file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] =>
  (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics;
