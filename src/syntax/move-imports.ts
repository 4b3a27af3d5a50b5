import { posix } from "node:path";
import type { SourceFile, StringLiteral } from "ts-morph";
import { Node } from "./compiler.js";
import { getPath, type ProjectTexts } from "./open-project.js";
import { getAliasTail, resolveImport, resolveServed } from "./resolve-import.js";
import type { Splice } from "./splice.js";

/** Moved files: old path → new path. */
export type Moves = ReadonlyMap<string, string>;

/**
 * Rewrites the specifiers of a file whose path changes when files move, including this file. `SourceFile.move` of
 * ts-morph would drop their endings, and would not change aliases and dynamic imports.
 */
export const moveImports = (file: SourceFile, texts: ProjectTexts, moves: Moves): Splice[] =>
  findSpecifiers(file).flatMap((literal) => {
    const old = literal.getLiteralText();
    const specifier = moveSpecifier(texts, moves, { path: getPath(file), specifier: old });
    if (specifier === old) return [];
    return [{ start: literal.getStart() + 1, end: literal.getEnd() - 1, text: specifier }];
  });

function moveSpecifier(
  texts: ProjectTexts,
  moves: Moves,
  { path, specifier }: Readonly<Record<"path" | "specifier", string>>,
): string {
  const target = resolveImport(texts, path, specifier);
  if (target !== undefined) {
    if (!moves.has(target) && !moves.has(path)) return specifier;
    const moved = moves.get(target) ?? target;
    return keepAlias(target, moved, specifier) ?? createSpecifier(moves.get(path) ?? path, moved, specifier);
  }
  // The folder from which a file is served is not known, only its name.
  const served = moves.get(resolveServed(texts, specifier) ?? "");
  if (served === undefined) return specifier;
  const name = posix.basename(served, posix.extname(served)) + posix.extname(specifier);
  return specifier.slice(0, -posix.basename(specifier).length) + name;
}

/** A specifier with the same alias, if the file stays below the folder of the alias. */
function keepAlias(target: string, moved: string, old: string): string | undefined {
  const tail = getAliasTail(old);
  if (tail === undefined) return undefined;
  const home = withEnding(target, tail).slice(0, -tail.length);
  return moved.startsWith(home)
    ? old.slice(0, -tail.length) + withEnding(moved.slice(home.length), tail)
    : undefined;
}

/** A relative specifier with the ending of the old one. */
function createSpecifier(from: string, to: string, old: string): string {
  const path = withEnding(posix.relative(posix.dirname(from), to), old);
  return path.startsWith(".") ? path : `./${path}`;
}

/** A path with the ending of another specifier: `.js`, `.ts`, none, or that of a folder. */
function withEnding(path: string, old: string): string {
  const extension = posix.extname(path);
  const written = /\.[cm]?[jt]sx?$/.exec(old)?.[0] ?? "";
  const isFolder =
    written === "" && posix.basename(path, extension) === "index" && posix.basename(old) !== "index";
  return isFolder ? posix.dirname(path) : path.slice(0, -extension.length) + written;
}

/** Every module specifier: in import and export statements, `import(…)` as a value and as a type, and `require(…)`. */
function findSpecifiers(file: SourceFile): StringLiteral[] {
  const found: StringLiteral[] = [];
  file.forEachDescendant((node) => {
    if (Node.isStringLiteral(node) && isSpecifier(node)) found.push(node);
  });
  return found;
}

function isSpecifier(literal: StringLiteral): boolean {
  const parent = literal.getParent();
  return (
    Node.isImportDeclaration(parent) ||
    Node.isExportDeclaration(parent) ||
    Node.isExternalModuleReference(parent) ||
    (Node.isLiteralTypeNode(parent) && Node.isImportTypeNode(parent.getParent())) ||
    (Node.isCallExpression(parent) &&
      parent.getArguments()[0] === literal &&
      loadsModule(parent.getExpression()))
  );
}

const loadsModule = (callee: Node): boolean => ["import", "require"].includes(callee.getText());
