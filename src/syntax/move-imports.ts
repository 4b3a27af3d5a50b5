import { posix } from "node:path";
import type { ts } from "ts-morph";
import type { ProjectService, ProjectTexts } from "./project-service.js";
import { resolveImport, resolveServed, tailOfAlias } from "./resolve-import.js";
import type { Splice } from "./splice.js";

/** Files that get another path: old path → new path. */
export type Moves = ReadonlyMap<string, string>;

/** The specifiers of a file that mean another path once files have moved, the file itself included. */
export function moveImports(
  { compiler, fileOf }: ProjectService,
  texts: ProjectTexts,
  path: string,
  moves: Moves,
): Splice[] {
  const file = fileOf(path);
  if (!file) return [];
  return specifiersIn(compiler, file).flatMap((literal) => {
    const specifier = movedSpecifier(texts, { path, specifier: literal.text, moves });
    const start = literal.getStart(file) + 1;
    return specifier === literal.text ? [] : [{ start, end: literal.getEnd() - 1, text: specifier }];
  });
}

interface Import {
  readonly path: string;
  readonly specifier: string;
  readonly moves: Moves;
}

function movedSpecifier(texts: ProjectTexts, { path, specifier, moves }: Import): string {
  const target = resolveImport(texts, path, specifier);
  if (target !== undefined) {
    if (!moves.has(target) && !moves.has(path)) return specifier;
    const moved = moves.get(target) ?? target;
    return aliasOf(target, moved, specifier) ?? specifierBetween(moves.get(path) ?? path, moved, specifier);
  }
  // Where a file is served is not known, but under what name.
  const served = moves.get(resolveServed(texts, specifier) ?? "");
  if (served === undefined) return specifier;
  const name = posix.basename(served, posix.extname(served)) + posix.extname(specifier);
  return specifier.slice(0, -posix.basename(specifier).length) + name;
}

/** A specifier through the same alias, as long as the file stays below the folder that the alias stands for. */
function aliasOf(target: string, moved: string, old: string): string | undefined {
  const tail = tailOfAlias(old);
  if (tail === undefined) return undefined;
  const home = withEnding(target, tail).slice(0, -tail.length);
  return moved.startsWith(home)
    ? old.slice(0, -tail.length) + withEnding(moved.slice(home.length), tail)
    : undefined;
}

/** A relative specifier, with the ending that the old one was written with. */
function specifierBetween(from: string, to: string, old: string): string {
  const path = withEnding(posix.relative(posix.dirname(from), to), old);
  return path.startsWith(".") ? path : `./${path}`;
}

/** A path with the ending (`.js`, `.ts`, none, or a folder's) that another specifier was written with. */
function withEnding(path: string, old: string): string {
  const extension = posix.extname(path);
  const written = /\.[cm]?[jt]sx?$/.exec(old)?.[0] ?? "";
  const isFolder =
    written === "" && posix.basename(path, extension) === "index" && posix.basename(old) !== "index";
  return isFolder ? posix.dirname(path) : path.slice(0, -extension.length) + written;
}

/** Every literal that names a module: import and export statements, `import(…)` as value and as type, `require(…)`. */
function specifiersIn(compiler: ProjectService["compiler"], file: ts.SourceFile): ts.StringLiteral[] {
  const found: ts.StringLiteral[] = [];
  const add = (node: ts.Node | undefined): void => {
    if (node && compiler.isStringLiteral(node)) found.push(node);
  };
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (compiler.isExternalModuleReference(node)) add(node.expression);
    else if (compiler.isImportTypeNode(node))
      add(compiler.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (compiler.isCallExpression(node) && loadsModule(compiler, node.expression))
      add(node.arguments[0]);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const loadsModule = (compiler: ProjectService["compiler"], callee: ts.Expression): boolean =>
  callee.kind === compiler.SyntaxKind.ImportKeyword ||
  (compiler.isIdentifier(callee) && callee.text === "require");
