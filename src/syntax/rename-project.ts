import type { Project } from "ts-morph";
import { type Diagnostic, failed, type Outcome, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { findCollisions } from "./find-collisions.js";
import { findUndecided } from "./find-undecided.js";
import { findNames, followMembers } from "./follow-members.js";
import { type Moves, moveImports } from "./move-imports.js";
import { findFile, getPath, isCode, openProject, type ProjectTexts } from "./open-project.js";
import { selectOwned } from "./owned-members.js";
import { findSyntaxErrors } from "./parse-source.js";
import { renameSymbol, type SymbolRename } from "./rename-symbol.js";
import { applySplices, moveOffset, type Replacement, type Splice } from "./splice.js";

export interface RenameRequest {
  readonly symbols: readonly SymbolRename[];
  /** Moved files: old path → new path. */
  readonly moves: Moves;
}

/**
 * Renames declared names and moves files, with every reference in the project: imports, re-exports, uses, JSDoc and
 * relative module specifiers. Takes texts and returns texts (under their new paths); all other bytes stay.
 *
 * Returns no value with `source-syntax` (a broken file contains one of the names), `unexpected-shape` (a name is not declared
 * where it should be) or `name-collision` (a file that will be changed already has the new name). Reports `old-name` for a
 * word that may mean a renamed member, but cannot be decided.
 */
export function renameProject(
  texts: ProjectTexts,
  { symbols, moves }: RenameRequest,
): Outcome<Map<string, string>> {
  const broken = findBroken(texts, symbols);
  if (broken.length > 0) return failed(broken);
  const project = openProject(texts);
  const declared = renameDeclared(project, symbols);
  if (declared.value === undefined) return failed(declared.diagnostics);
  const members = symbols.filter(({ owners }) => owners !== undefined);
  const search = { members, without: new Set(members.map(({ file }) => file)) };
  followMembers(project, search, selectOwned(project, findNames(project, search), declared.value));
  const moved = new Map<string, readonly Splice[]>();
  const renamed = [...texts].map(([path, text]): [string, string] => {
    const file = findFile(project, path);
    const splices = file ? moveImports(file, texts, moves) : [];
    moved.set(path, splices);
    return [
      moves.get(path) ?? path,
      file ? rewrite(path, text, applySplices(file.getFullText(), splices)) : text,
    ];
  });
  const value = new Map(renamed);
  const diagnostics = findUndecided(project, search).map(({ file, name, node, reason }): Diagnostic => {
    const path = getPath(file);
    const target = moves.get(path) ?? path;
    const source = new SourceText(target, (value.get(target) ?? "").replace(byteOrderMark, ""));
    const start = moveOffset(moved.get(path) ?? [], node.getStart());
    return {
      code: "old-name",
      severity: "note",
      message: `'${name}' ${reason} was not renamed: it may mean something else.`,
      fix: "Change it by hand if it means what was renamed.",
      ...source.mark({ start, end: start + name.length }),
    };
  });
  return { value, diagnostics };
}

/** Renames declarations and their references. */
function renameDeclared(project: Project, symbols: readonly SymbolRename[]): Outcome<readonly Replacement[]> {
  const found = new Map<string, Replacement>();
  const diagnostics: Diagnostic[] = [];
  for (const symbol of symbols) {
    const own = renameSymbol(project, symbol);
    if (!own) diagnostics.push(reportUndeclared(symbol));
    // A member cannot collide with declarations of the file.
    else if (symbol.owners === undefined) diagnostics.push(...findCollisions(project, symbol.to, own));
    // A key that names members of two types is one place.
    for (const each of own ?? []) found.set(`${each.file.getFilePath()}:${each.splice.start}`, each);
  }
  return { value: diagnostics.length > 0 ? undefined : [...found.values()], diagnostics };
}

const byteOrderMark = "\uFEFF";

/**
 * The new text of a file, with its byte-order mark.
 * @throws Error when the result does not parse, which is a defect of wsgen
 */
function rewrite(path: string, before: string, after: string): string {
  const text = before.startsWith(byteOrderMark) ? byteOrderMark + after : after;
  const [error] = text === before ? [] : findSyntaxErrors(path, text);
  if (error) throw new Error(`renaming in ${path} broke line ${error.at?.line}: ${error.message}`);
  return text;
}

/** Finds broken files that contain one of the names: their references cannot be found reliably. Other broken files are ignored. */
const findBroken = (texts: ProjectTexts, symbols: readonly SymbolRename[]): Diagnostic[] =>
  [...texts]
    .filter(([path, text]) => isCode(path) && symbols.some(({ name }) => text.includes(name)))
    .flatMap(([path, text]) => findSyntaxErrors(path, text));

const reportUndeclared = ({ file, name, owners = [] }: SymbolRename): Diagnostic =>
  problem("unexpected-shape", {
    message: `${file} does not declare '${[...owners, name].join(".")}', so it cannot be renamed.`,
    fix: "Rename it by hand, or declare it there again and run the command again.",
  });
