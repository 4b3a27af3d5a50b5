import type { Project, SourceFile, ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { type Compiler, loadCompiler } from "./compiler.js";
import { checkerOf, pathOf } from "./open-project.js";
import { type Replacement, splicesByFile } from "./splice.js";

/**
 * Finds places where the new name already has a meaning, so that renaming would merge two things; at most one for each file.
 * A name of an inner scope is allowed if nothing inside that scope is renamed.
 */
export const findCollisions = (
  project: Project,
  to: string,
  replacements: readonly Replacement[],
): Diagnostic[] =>
  [...splicesByFile(replacements)].flatMap(([file, splices]) => {
    const renamed = splices.map(({ start }) => start);
    const met = namesIn(loadCompiler(), file.compilerNode, to).find((name) =>
      meets(project, { file: file.compilerNode, name, renamed }),
    );
    return met ? [collision(file, met)] : [];
  });

function collision(file: SourceFile, name: ts.Identifier): Diagnostic {
  const source = new SourceText(pathOf(file), file.getFullText());
  const at = source.locate({ start: name.getStart(file.compilerNode), end: name.getEnd() });
  return {
    code: "name-collision",
    severity: "error",
    message: `'${name.text}' is already a name in ${source.file}.`,
    fix: "Choose another name, or rename this one first.",
    at,
    excerpt: source.line(at.line),
  };
}

/** The identifiers with a name. Properties are left out, because they belong to something else. */
function namesIn(compiler: Compiler, file: ts.SourceFile, name: string): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isIdentifier(node) && node.text === name && !isProperty(compiler, node)) found.push(node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

interface Meeting {
  readonly file: ts.SourceFile;
  readonly name: ts.Identifier;
  readonly renamed: readonly number[];
}

function meets(project: Project, { file, name, renamed }: Meeting): boolean {
  const compiler = loadCompiler();
  const symbol = checkerOf(project).getSymbolAtLocation(name);
  const scopes = symbol?.declarations?.map((declaration) => scopeOf(compiler, declaration)) ?? [file];
  return scopes.some(
    (scope) =>
      compiler.isSourceFile(scope) ||
      renamed.some((start) => scope.getStart(file) <= start && start < scope.getEnd()),
  );
}

/** The scope of a declaration: the part of a file in which its name is visible. */
function scopeOf(compiler: Compiler, declaration: ts.Declaration): ts.Node {
  const isScope = (node: ts.Node): boolean =>
    compiler.isFunctionLike(node) ||
    compiler.isBlock(node) ||
    compiler.isModuleBlock(node) ||
    compiler.isTypeAliasDeclaration(node) ||
    compiler.isInterfaceDeclaration(node) ||
    compiler.isClassLike(node) ||
    compiler.isSourceFile(node);
  const outer = compiler.isTypeParameterDeclaration(declaration)
    ? declaration.parent
    : compiler.findAncestor(declaration.parent, isScope);
  return outer ?? declaration.getSourceFile();
}

function isProperty(compiler: Compiler, node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.name === node;
  const isNamed =
    compiler.isPropertyAssignment(parent) ||
    compiler.isClassElement(parent) ||
    compiler.isTypeElement(parent);
  return isNamed && parent.name === node;
}
