import { compiler, type ts } from "./compiler.js";
import type { Source } from "./parse-source.js";
import { follow, resolveArray, stripWrappers } from "./resolve-value.js";

/** The elements of a list, and the values of the constants, fields and spread lists among them. */
export function followElements(elements: readonly ts.Node[]): Set<ts.Node> {
  const seen = new Set<ts.Node>();
  const visit = (element: ts.Node): void => {
    if (seen.has(element)) return;
    seen.add(element);
    const inner = compiler.isSpreadElement(element) ? element.expression : element;
    const value = follow(stripWrappers(inner as ts.Expression));
    const stripped = value && stripWrappers(value);
    if (!stripped) return;
    if (compiler.isArrayLiteralExpression(stripped)) stripped.elements.forEach(visit);
    else visit(stripped);
  };
  elements.forEach(visit);
  return seen;
}

/** True if a list has elements that cannot be read here, such as the result of a function or a constant of another file. */
export function hasUnreadable(source: Source, elements: readonly ts.Node[]): boolean {
  return elements.some((element) => {
    if (compiler.isSpreadElement(element)) {
      const array = resolveArray(element.expression);
      return array === undefined || isMutated(source, array) || hasUnreadable(source, array.elements);
    }
    return findInstances(source, [element]).length === 0;
  });
}

/** Every name that the elements of a list use in any way. */
export function findNamesInElements(elements: readonly ts.Node[]): Set<string> {
  const names = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (compiler.isIdentifier(node)) names.add(node.text);
    compiler.forEachChild(node, collect);
  };
  followElements(elements).forEach(collect);
  return names;
}

/** A class that a list instantiates. */
interface Instance {
  /** The name of the class as written: `SayCommand`, `commands.Say`. */
  readonly expression: string;
  readonly node: ts.NewExpression;
  /** False for an argument of an element: the `Store` of `new SayCommand(new Store())`. */
  readonly isElement: boolean;
}

/** Lists the classes that the elements of a list instantiate, in order, each once. */
export function findInstances(source: Source, elements: readonly ts.Node[]): Instance[] {
  const { file } = source;
  const found = new Map<string, Instance>();
  for (const element of followElements(elements)) {
    const collect = (node: ts.Node): void => {
      if (compiler.isNewExpression(node)) {
        const expression = node.expression.getText(file);
        const isElement = stripWrappers(element as ts.Expression) === node;
        if (isElement || !found.has(expression)) found.set(expression, { expression, node, isElement });
      }
      compiler.forEachChild(node, collect);
    };
    collect(element);
  }
  return [...found.values()];
}

const mutators = new Set(["push", "unshift", "splice", "pop", "shift", "fill", "copyWithin"]);

/** Whether a file changes an array after creating it: `list.push(…)`, `this.list[0] = …`. */
export function isMutated(source: Source, array: ts.ArrayLiteralExpression): boolean {
  const name = findHolder(array);
  return name !== undefined && hasNode(source, (node) => mutates(node, name));
}

/** Whether a file uses a name as a value, other than in imports and exports. */
export function usesValue(source: Source, name: string): boolean {
  return hasNode(source, (node) => compiler.isIdentifier(node) && node.text === name);
}

/** Checks whether any node is accepted, other than those of imports, exports and types. */
function hasNode({ file }: Source, accept: (node: ts.Node) => boolean): boolean {
  const visit = (node: ts.Node): true | undefined => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return undefined;
    if (compiler.isTypeNode(node)) return undefined;
    return accept(node) || compiler.forEachChild(node, visit) || undefined;
  };
  return compiler.forEachChild(file, visit) === true;
}

function mutates(node: ts.Node, name: string): boolean {
  if (compiler.isCallExpression(node)) {
    const callee = node.expression;
    return (
      compiler.isPropertyAccessExpression(callee) &&
      mutators.has(callee.name.text) &&
      getLastName(callee.expression) === name
    );
  }
  return (
    compiler.isBinaryExpression(node) &&
    node.operatorToken.kind === compiler.SyntaxKind.EqualsToken &&
    compiler.isElementAccessExpression(node.left) &&
    getLastName(node.left.expression) === name
  );
}

/** The constant or field that has an array as its value. */
function findHolder(array: ts.Node): string | undefined {
  let node = array.parent;
  while (
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isParenthesizedExpression(node)
  )
    node = node.parent;
  if (compiler.isBinaryExpression(node)) return getLastName(node.left);
  if (!compiler.isVariableDeclaration(node) && !compiler.isPropertyDeclaration(node)) return undefined;
  return "text" in node.name ? node.name.text : undefined;
}

/** `list` of `list` and of `this.list`. */
function getLastName(expression: ts.Expression): string | undefined {
  if (compiler.isIdentifier(expression)) return expression.text;
  return compiler.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}
