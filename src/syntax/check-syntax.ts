import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { loadCompiler } from "./compiler.js";
import { syntaxErrors, syntaxErrorsIn } from "./parse-source.js";

/** Syntax errors of a text that is about to be written or was read. Files that are not code give none. */
export async function checkSyntax(path: string, text: string): Promise<Diagnostic[]> {
  if (/\.[cm]?[jt]sx?$/.test(path)) return syntaxErrorsIn(path, text);
  if (path.endsWith(".json")) {
    const compiler = loadCompiler();
    return syntaxErrors({ path, text, file: compiler.parseJsonText(path, text), compiler });
  }
  return [];
}
