import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { compiler, type ts } from "./compiler.js";
import { markAt, parseSource, type Source } from "./parse-source.js";

/** A string literal, or a part of a template. */
export interface FoundString extends Required<Pick<Diagnostic, "at" | "excerpt">> {
  /** Its value. */
  readonly text: string;
}

/** Finds the strings of a file, in order, except for module specifiers. In a broken file, finds those that can be read. */
export function findStrings(path: string, text: string): FoundString[] {
  const source = parseSource(path, text);
  const found: FoundString[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) return;
    if (
      compiler.isStringLiteralLike(node) ||
      compiler.isTemplateHead(node) ||
      compiler.isTemplateMiddle(node) ||
      compiler.isTemplateTail(node)
    ) {
      const start = node.getStart(source.file);
      found.push({ text: node.text, ...markAt(source, start, node.getEnd() - start) });
    }
    compiler.forEachChild(node, visit);
  };
  visit(source.file);
  return found;
}

/** A comment with its markers. */
interface Comment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Every comment of a file, in order. */
export function findComments({ file, text }: Source): Comment[] {
  const found = new Map<number, Comment>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(compiler.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(compiler.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, { text: text.slice(pos, end), start: pos, end });
    node.getChildren(file).forEach(visit);
  };
  visit(file);
  return [...found.values()].sort((one, other) => one.start - other.start);
}
