import type { ts } from "ts-morph";
import type { Compiler } from "./compiler.js";

/** The innermost node at an offset. */
export function findToken(compiler: Compiler, file: ts.SourceFile, position: number): ts.Node | undefined {
  const search = (node: ts.Node): ts.Node | undefined => {
    if (position < node.getStart(file) || position >= node.getEnd()) return undefined;
    return compiler.forEachChild(node, search) ?? node;
  };
  return search(file);
}
