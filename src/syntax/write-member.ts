import type { ts } from "ts-morph";
import type { Compiler } from "./compiler.js";
import { quoteOf, stringLiteral } from "./literal-text.js";
import type { Splice } from "./splice.js";

/**
 * Writes another name of a member where one stands: in a string, behind a dot, as a key, in a destructuring. A variable
 * that has the member's name keeps it: `{ say }` becomes `{ talk: say }`, and that `{ say }` again. Undefined: the node is no
 * name of a member.
 */
export function writeMember(compiler: Compiler, node: ts.Node, to: string): Splice | undefined {
  const file = node.getSourceFile();
  const [start, end] = [node.getStart(file), node.getEnd()];
  if (compiler.isStringLiteralLike(node))
    return { start, end, text: stringLiteral(to, quoteOf(node.getText(file))) };
  if (!compiler.isIdentifier(node)) return undefined;
  const { parent } = node;
  const key = isIdentifier(to) ? to : stringLiteral(to, '"');
  if (compiler.isPropertyAccessExpression(parent) && parent.name === node && key !== to) {
    const dot = file.text.lastIndexOf(".", start);
    return { start: parent.questionDotToken ? dot + 1 : dot, end, text: `[${key}]` };
  }
  const variable = variableOf(compiler, node);
  if (variable === node) return { start, end, text: `${key}: ${node.text}` };
  return variable?.text === to
    ? { start, end: variable.getStart(file), text: "" }
    : { start, end, text: key };
}

/** The variable that a property gets its value from, or gives it to: the name itself in `{ say }`. */
function variableOf(compiler: Compiler, name: ts.Identifier): ts.Identifier | undefined {
  const { parent } = name;
  if (compiler.isShorthandPropertyAssignment(parent)) return name;
  const value = compiler.isPropertyAssignment(parent)
    ? parent.initializer
    : compiler.isBindingElement(parent) && compiler.isObjectBindingPattern(parent.parent)
      ? parent.name
      : undefined;
  return value && compiler.isIdentifier(value) ? value : undefined;
}

const isIdentifier = (text: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u.test(text);
