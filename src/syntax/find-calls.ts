import type { ts } from "ts-morph";
import type { Source } from "./parse-source.js";
import { readImports } from "./read-imports.js";

/** Every call of a function in a file: by its name, the name that it was imported under, or `namespace.name(…)`. */
export function findCalls(source: Source, callee: string): ts.CallExpression[] {
  const { compiler, file } = source;
  const imported = readImports(source).find(({ exported }) => exported === callee);
  const names = new Set([callee, imported?.local ?? callee]);
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isCallExpression(node) && names.has(calledName(source, node))) found.push(node);
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function calledName({ compiler }: Source, { expression }: ts.CallExpression): string {
  if (compiler.isIdentifier(expression)) return expression.text;
  return compiler.isPropertyAccessExpression(expression) ? expression.name.text : "";
}
