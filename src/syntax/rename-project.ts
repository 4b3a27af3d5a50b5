import type { Diagnostic, Outcome } from "../diagnostics/diagnostic.js";
import { findCollisions } from "./find-collisions.js";
import { type Moves, moveImports } from "./move-imports.js";
import { syntaxErrorsIn } from "./parse-source.js";
import { isCode, openProject, type ProjectTexts } from "./project-service.js";
import { type Replacement, renameSymbol, type SymbolRename } from "./rename-symbol.js";
import { applySplices, type Splice } from "./splice.js";

export interface RenameRequest {
  readonly symbols: readonly SymbolRename[];
  /** Files that get another path: old path → new path. */
  readonly moves: Moves;
}

/**
 * Renames declared names and moves files, with every reference in the project: imports, re-exports, uses, JSDoc and
 * relative module specifiers. Texts in, texts out (under their new paths); all other bytes stay.
 *
 * Nothing is given with `source-syntax` (a broken file that has one of the names), `unexpected-shape` (a name that is
 * not declared where it should be) or `name-collision` (a file that is to change has the new name already).
 */
export async function renameProject(
  texts: ProjectTexts,
  { symbols, moves }: RenameRequest,
): Promise<Outcome<Map<string, string>>> {
  const broken = brokenFiles(texts, symbols);
  if (broken.length > 0) return { value: undefined, diagnostics: broken };
  const project = openProject(texts);
  const replacements: Replacement[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const symbol of symbols) {
    const found = renameSymbol(project, symbol);
    if (!found) diagnostics.push(notDeclared(symbol));
    // A member does not meet what is declared beside it.
    else if (symbol.member === undefined) diagnostics.push(...findCollisions(project, symbol.to, found));
    replacements.push(...(found ?? []));
  }
  if (diagnostics.length > 0) return { value: undefined, diagnostics };
  const renamed = [...texts].map(([path, text]): [string, string] => {
    const own = replacements.filter((replacement) => replacement.path === path).map(({ splice }) => splice);
    const splices = [...own, ...(isCode(path) ? moveImports(project, texts, path, moves) : [])];
    return [moves.get(path) ?? path, splices.length === 0 ? text : splice(path, text, splices)];
  });
  return { value: new Map(renamed), diagnostics: [] };
}

/** @throws Error when the result does not parse, which is a defect of ours */
function splice(path: string, text: string, splices: readonly Splice[]): string {
  const spliced = applySplices(text, splices);
  const [error] = syntaxErrorsIn(path, spliced);
  if (error) throw new Error(`renaming in ${path} broke line ${error.at?.line}: ${error.message}`);
  return spliced;
}

/** References in a broken file cannot be found for sure. One that has none of the names is no obstacle. */
const brokenFiles = (texts: ProjectTexts, symbols: readonly SymbolRename[]): Diagnostic[] =>
  [...texts]
    .filter(
      ([path, text]) => isCode(path) && symbols.some(({ name, member = name }) => text.includes(member)),
    )
    .flatMap(([path, text]) => syntaxErrorsIn(path, text));

const notDeclared = ({ file, name, member }: SymbolRename): Diagnostic => ({
  code: "unexpected-shape",
  severity: "error",
  message: `${file} does not declare '${member === undefined ? name : `${name}.${member}`}', so it cannot be renamed.`,
});
