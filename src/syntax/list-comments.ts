import type { ts } from "ts-morph";
import type { Source } from "./parse-source.js";

/** A comment with its markers. */
export interface Comment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Every comment of a file, in order. */
export function commentsIn({ compiler, file, text }: Source): Comment[] {
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
