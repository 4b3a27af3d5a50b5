import type { SourceFile } from "ts-morph";
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

function isMemberName(node: Node): boolean {
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
  const parent = node.getParent();
  const key = isIdentifier(to) ? to : writeString(to, '"');
  const text = node.getSourceFile().getFullText();
  if (isString(node)) {
    // Quotes and brackets that only the old name needed go.
    const isPlain = key === to && !isIdentifier(node.getLiteralText());
    if (isPlain && Node.isElementAccessExpression(parent) && text[start - 1] === "[" && text[end] === "]")
      return { start: start - 1, end: end + 1, text: parent.hasQuestionDotToken() ? to : `.${to}` };
    if (!isPlain || !isKey(node)) return { start, end, text: writeString(to, getQuote(node.getText())) };
  } else if (!Node.isIdentifier(node)) return undefined;
  else if (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === node && key !== to) {
    const dot = text.lastIndexOf(".", start);
    return { start: parent.hasQuestionDotToken() ? dot + 1 : dot, end, text: `[${key}]` };
  }
  // A parameter that is a property, too, can have no other name.
  if (key !== to && !isKey(node)) return undefined;
  const variable = findVariable(node);
  if (variable === node) return { start, end, text: `${key}: ${node.getText()}` };
  return variable?.getText() === to
    ? { start, end: variable.getStart(), text: "" }
    : { start, end, text: key };
}

/** The variable that a property reads its value from or assigns it to: the name itself in `{ say }`. */
function findVariable(name: Node): Node | undefined {
  const parent = name.getParent();
  if (Node.isShorthandPropertyAssignment(parent)) return name;
  const value = Node.isPropertyAssignment(parent)
    ? parent.getInitializer()
    : Node.isBindingElement(parent) && Node.isObjectBindingPattern(parent.getParent())
      ? parent.getNameNode()
      : undefined;
  return Node.isIdentifier(value) ? value : undefined;
}

/** Whether a name is the key of an object, of a destructuring, or of a type's or class's member. */
function isKey(name: Node): boolean {
  const parent = name.getParent();
  const isAccessor = Node.isGetAccessorDeclaration(parent) || Node.isSetAccessorDeclaration(parent);
  return isMemberName(name) || isAccessor || Node.isTypeElement(parent);
}
