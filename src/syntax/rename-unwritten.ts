import type { ts } from "ts-morph";
import { quoteOf, stringLiteral } from "./literal-text.js";
import { parseSource } from "./parse-source.js";
import { applySplices, type Splice } from "./splice.js";

/** Lets a command that is not written yet, `throw new NotImplementedError("say")`, say so of its new name. */
export function renameUnwritten(
  path: string,
  text: string,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const { compiler, file } = parseSource(path, text);
  const splices: Splice[] = [];
  const visit = (node: ts.Node): void => {
    compiler.forEachChild(node, visit);
    if (!compiler.isNewExpression(node) || node.expression.getText(file) !== "NotImplementedError") return;
    const name = node.arguments?.[0];
    if (!name || !compiler.isStringLiteral(name) || name.text !== from) return;
    const text = stringLiteral(to, quoteOf(name.getText(file)));
    splices.push({ start: name.getStart(file), end: name.getEnd(), text });
  };
  visit(file);
  return applySplices(text, splices);
}
