import type { ts } from "ts-morph";
import type { Source } from "./parse-source.js";
import { follow, stripWrappers } from "./resolve-value.js";

/** The elements of a list, with those that constants, fields and spread lists among them stand for. */
export function followElements(source: Source, elements: readonly ts.Node[]): Set<ts.Node> {
  const { compiler } = source;
  const seen = new Set<ts.Node>();
  const visit = (element: ts.Node): void => {
    if (seen.has(element)) return;
    seen.add(element);
    const inner = compiler.isSpreadElement(element) ? element.expression : element;
    const value = follow(source, stripWrappers(source, inner as ts.Expression));
    const stripped = value && stripWrappers(source, value);
    if (!stripped) return;
    if (compiler.isArrayLiteralExpression(stripped)) stripped.elements.forEach(visit);
    else visit(stripped);
  };
  elements.forEach(visit);
  return seen;
}

/** Every name that the elements of a list use, in whatever way. */
export function namesInElements(source: Source, elements: readonly ts.Node[]): Set<string> {
  const { compiler } = source;
  const names = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (compiler.isIdentifier(node)) names.add(node.text);
    compiler.forEachChild(node, collect);
  };
  followElements(source, elements).forEach(collect);
  return names;
}

/** The classes that the elements of a list instantiate, as they are named in the file, in order and each once. */
export function instantiatedIn(source: Source, elements: readonly ts.Node[]): string[] {
  const { compiler, file } = source;
  const names = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (compiler.isNewExpression(node)) names.add(node.expression.getText(file));
    compiler.forEachChild(node, collect);
  };
  followElements(source, elements).forEach(collect);
  return [...names];
}
