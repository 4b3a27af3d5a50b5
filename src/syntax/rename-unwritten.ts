import type { ts } from "ts-morph";
import { commentsIn } from "./list-comments.js";
import { quoteOf, stringLiteral } from "./literal-text.js";
import { parseSource } from "./parse-source.js";
import { applySplices, type Splice } from "./splice.js";

export interface StubRename {
  readonly kind: "command" | "module";
  readonly from: string;
  readonly to: string;
}

/**
 * What wsgen wrote of a name into a file of the user's gets the new name, as long as nobody changed it: the comment
 * `The command say.` above a class, and `throw new NotImplementedError("say")` in a command that is not written yet.
 */
export function renameUnwritten(path: string, text: string, { kind, from, to }: StubRename): string {
  const source = parseSource(path, text);
  const { compiler, file } = source;
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
  for (const { text, start, end } of commentsIn(source))
    if (text === `/** The ${kind} ${from}. */` && isPlain(to))
      splices.push({ start, end, text: `/** The ${kind} ${to}. */` });
  return applySplices(text, splices);
}

/** It cannot end a comment, and fits on a line. */
const isPlain = (name: string): boolean => /^[\w .:@-]{1,60}$/.test(name);
