import type { ts } from "ts-morph";
import type { Compiler } from "./compiler.js";
import type { ProjectService } from "./project-service.js";

/** A word of a file that may name a member of something. */
export interface MemberToken {
  readonly path: string;
  readonly name: string;
  readonly node: ts.Node;
  /** Where an editor would complete it. */
  readonly offset: number;
}

/** The names of a file that are among these: strings, words behind a dot, keys of objects and destructurings. */
export function memberTokens(
  { compiler, fileOf }: ProjectService,
  path: string,
  names: ReadonlySet<string>,
): MemberToken[] {
  const file = fileOf(path);
  const found: MemberToken[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return;
    if (compiler.isStringLiteralLike(node) && names.has(node.text))
      found.push({ path, name: node.text, node, offset: node.getStart(file) + 1 });
    if (compiler.isIdentifier(node) && names.has(node.text) && isMemberName(compiler, node))
      found.push({ path, name: node.text, node, offset: node.getEnd() });
    compiler.forEachChild(node, visit);
  };
  if (file) visit(file);
  return found;
}

function isMemberName(compiler: Compiler, node: ts.Identifier): boolean {
  const { parent } = node;
  if (compiler.isBindingElement(parent))
    return compiler.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node;
  const isOwner =
    compiler.isPropertyAccessExpression(parent) ||
    compiler.isPropertyAssignment(parent) ||
    compiler.isShorthandPropertyAssignment(parent) ||
    compiler.isMethodDeclaration(parent) ||
    compiler.isPropertyDeclaration(parent);
  return isOwner && parent.name === node;
}
