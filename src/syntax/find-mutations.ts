import type { ts } from "ts-morph";
import type { Source } from "./parse-source.js";

const mutators = new Set(["push", "unshift", "splice", "pop", "shift", "fill", "copyWithin"]);

/** Whether a file changes an array after it is made: `list.push(…)`, `this.list[0] = …`. */
export function isMutated(source: Source, array: ts.ArrayLiteralExpression): boolean {
  const name = holderOf(source, array);
  return name !== undefined && some(source, (node) => mutates(source, node, name));
}

/** Whether a file uses a name as a value, its imports and exports aside. */
export function usesValue(source: Source, name: string): boolean {
  const { compiler } = source;
  return some(source, (node) => compiler.isIdentifier(node) && node.text === name);
}

/** Looks at every node but those of imports, exports and types. */
function some({ compiler, file }: Source, accept: (node: ts.Node) => boolean): boolean {
  const visit = (node: ts.Node): true | undefined => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return undefined;
    if (compiler.isTypeNode(node)) return undefined;
    return accept(node) || compiler.forEachChild(node, visit) || undefined;
  };
  return compiler.forEachChild(file, visit) === true;
}

function mutates({ compiler }: Source, node: ts.Node, name: string): boolean {
  if (compiler.isCallExpression(node)) {
    const callee = node.expression;
    return (
      compiler.isPropertyAccessExpression(callee) &&
      mutators.has(callee.name.text) &&
      lastName(compiler, callee.expression) === name
    );
  }
  return (
    compiler.isBinaryExpression(node) &&
    node.operatorToken.kind === compiler.SyntaxKind.EqualsToken &&
    compiler.isElementAccessExpression(node.left) &&
    lastName(compiler, node.left.expression) === name
  );
}

/** The constant or field that an array is the value of. */
function holderOf({ compiler }: Source, array: ts.Node): string | undefined {
  let node = array.parent;
  while (
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isParenthesizedExpression(node)
  )
    node = node.parent;
  if (compiler.isBinaryExpression(node)) return lastName(compiler, node.left);
  if (!compiler.isVariableDeclaration(node) && !compiler.isPropertyDeclaration(node)) return undefined;
  return "text" in node.name ? node.name.text : undefined;
}

/** `list` of `list` and of `this.list`. */
function lastName(compiler: Source["compiler"], expression: ts.Expression): string | undefined {
  if (compiler.isIdentifier(expression)) return expression.text;
  return compiler.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}
