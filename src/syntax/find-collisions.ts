import type { ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Compiler } from "./compiler.js";
import { lineAt, locate } from "./parse-source.js";
import type { ProjectService } from "./project-service.js";
import type { Replacement } from "./replacement.js";

/**
 * Places where a new name has a meaning already, so that renaming would join two things: one in each file. A name of an
 * inner scope is no obstacle as long as nothing is renamed inside of it.
 */
export function findCollisions(
  project: ProjectService,
  to: string,
  replacements: readonly Replacement[],
): Diagnostic[] {
  const paths = new Set(replacements.map(({ path }) => path));
  return [...paths].flatMap((path) => {
    const file = project.fileOf(path);
    const renamed = replacements.filter((one) => one.path === path).map(({ splice }) => splice.start);
    const met =
      file && namesIn(project.compiler, file, to).find((name) => meets(project, { file, name, renamed }));
    if (!met) return [];
    const source = { path, text: file.text, file, compiler: project.compiler };
    const start = met.getStart(file);
    const message = `'${to}' is a name in ${path} already.`;
    const at = locate(source, start, to.length);
    const fix = "choose another name, or rename this one first";
    return [{ code: "name-collision", severity: "error", message, fix, at, excerpt: lineAt(source, start) }];
  });
}

/** The identifiers of a name, without properties: these belong to something else. */
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

function meets({ compiler, service }: ProjectService, { file, name, renamed }: Meeting): boolean {
  const symbol = service.getProgram()?.getTypeChecker().getSymbolAtLocation(name);
  const scopes = symbol?.declarations?.map((declaration) => scopeOf(compiler, declaration)) ?? [file];
  return scopes.some(
    (scope) =>
      compiler.isSourceFile(scope) ||
      renamed.some((start) => scope.getStart(file) <= start && start < scope.getEnd()),
  );
}

/** The part of a file in which a declared name means something. */
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
