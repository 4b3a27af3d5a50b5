import type { Project, SourceFile } from "ts-morph";
import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { SourceText } from "../diagnostics/source-text.js";
import { compiler, type ts } from "./compiler.js";
import { getChecker, getPath } from "./open-project.js";
import { groupSplices, type Replacement } from "./splice.js";

/**
 * Finds places where the new name already has a meaning, so that renaming would merge two things; at most one for each file.
 * A name of an inner scope is allowed if nothing inside that scope is renamed.
 */
export const findCollisions = (
  project: Project,
  to: string,
  replacements: readonly Replacement[],
): Diagnostic[] =>
  [...groupSplices(replacements)].flatMap(([file, splices]) => {
    const renamed = splices.map(({ start }) => start);
    const met = findNames(file.compilerNode, to).find((name) =>
      findScopes(project, name).some(
        (scope) =>
          compiler.isSourceFile(scope) ||
          renamed.some((start) => scope.getStart() <= start && start < scope.getEnd()),
      ),
    );
    return met ? [reportCollision(file, met)] : [];
  });

function reportCollision(file: SourceFile, name: ts.Identifier): Diagnostic {
  const source = new SourceText(getPath(file), file.getFullText());
  return problem("name-collision", {
    message: `'${name.text}' is already a name in ${source.file}.`,
    fix: "Choose another name, or rename this one first.",
    ...source.mark({ start: name.getStart(file.compilerNode), end: name.getEnd() }),
  });
}

/** The identifiers with a name. Properties and names of other files are left out, because they belong to something else. */
function findNames(file: ts.SourceFile, name: string): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isIdentifier(node) && node.text === name && !isProperty(node)) found.push(node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The scopes in which a name is visible: of each declaration, or the whole file for a name without one. */
const findScopes = (project: Project, name: ts.Identifier): readonly ts.Node[] =>
  getChecker(project)
    .getSymbolAtLocation(name)
    ?.declarations?.map((declaration) =>
      compiler.isTypeParameterDeclaration(declaration)
        ? declaration.parent
        : (compiler.findAncestor(declaration.parent, isScope) ?? declaration.getSourceFile()),
    ) ?? [name.getSourceFile()];

const isScope = (node: ts.Node): boolean =>
  compiler.isFunctionLike(node) ||
  compiler.isBlock(node) ||
  compiler.isModuleBlock(node) ||
  compiler.isTypeAliasDeclaration(node) ||
  compiler.isInterfaceDeclaration(node) ||
  compiler.isClassLike(node) ||
  compiler.isSourceFile(node);

function isProperty(node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.name === node;
  if (
    compiler.isImportSpecifier(parent) ||
    (compiler.isExportSpecifier(parent) && parent.parent.parent.moduleSpecifier)
  )
    return parent.propertyName === node;
  const isNamed =
    compiler.isPropertyAssignment(parent) ||
    compiler.isClassElement(parent) ||
    compiler.isTypeElement(parent);
  return isNamed && parent.name === node;
}
