import type { Identifier, SourceFile } from "ts-morph";
import { Node } from "./compiler.js";
import { getQuote, isIdentifier, type Splice, writeString } from "./splice.js";

/** A word of a file that may be the name of a member. */
export interface MemberName {
  readonly file: SourceFile;
  readonly name: string;
  readonly node: Node;
  /** The position at which an editor would complete it. */
  readonly offset: number;
}

/** Finds these names in a file: strings, words after a dot, keys of objects and destructurings. */
export function findMemberNames(file: SourceFile, names: ReadonlySet<string>): MemberName[] {
  const found: MemberName[] = [];
  file.forEachDescendant((node, traversal) => {
    if (Node.isImportDeclaration(node) || Node.isExportDeclaration(node)) traversal.skip();
    else if (isString(node) && names.has(node.getLiteralText()))
      found.push({ file, name: node.getLiteralText(), node, offset: node.getStart() + 1 });
    else if (Node.isIdentifier(node) && names.has(node.getText()) && isMemberName(node))
      found.push({ file, name: node.getText(), node, offset: node.getEnd() });
  });
  return found;
}

const isString = (node: Node) => {
  return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node);
};

function isMemberName(node: Identifier): boolean {
  const parent = node.getParent();
  if (Node.isBindingElement(parent))
    return (
      Node.isObjectBindingPattern(parent.getParent()) &&
      (parent.getPropertyNameNode() ?? parent.getNameNode()) === node
    );
  const isOwner =
    Node.isPropertyAccessExpression(parent) ||
    Node.isPropertyAssignment(parent) ||
    Node.isShorthandPropertyAssignment(parent) ||
    Node.isMethodDeclaration(parent) ||
    Node.isPropertyDeclaration(parent);
  return isOwner && parent.getNameNode() === node;
}

/**
 * Renames a member at a node: in a string, after a dot, as a key or in a destructuring. A variable with the member's name
 * keeps it: `{ say }` becomes `{ talk: say }`, and that becomes `{ say }` again. Undefined if the node is not the name of
 * a member.
 */
export function writeMember(node: Node, to: string): Splice | undefined {
  const [start, end] = [node.getStart(), node.getEnd()];
  if (isString(node)) return { start, end, text: writeString(to, getQuote(node.getText())) };
  if (!Node.isIdentifier(node)) return undefined;
  const parent = node.getParent();
  const key = isIdentifier(to) ? to : writeString(to, '"');
  if (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === node && key !== to) {
    const dot = node.getSourceFile().getFullText().lastIndexOf(".", start);
    return { start: parent.hasQuestionDotToken() ? dot + 1 : dot, end, text: `[${key}]` };
  }
  const variable = findVariable(node);
  if (variable === node) return { start, end, text: `${key}: ${node.getText()}` };
  return variable?.getText() === to
    ? { start, end: variable.getStart(), text: "" }
    : { start, end, text: key };
}

/** The variable that a property reads its value from or assigns it to: the name itself in `{ say }`. */
function findVariable(name: Identifier): Node | undefined {
  const parent = name.getParent();
  if (Node.isShorthandPropertyAssignment(parent)) return name;
  const value = Node.isPropertyAssignment(parent)
    ? parent.getInitializer()
    : Node.isBindingElement(parent) && Node.isObjectBindingPattern(parent.getParent())
      ? parent.getNameNode()
      : undefined;
  return Node.isIdentifier(value) ? value : undefined;
}
