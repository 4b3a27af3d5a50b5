import type { ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";

/** Where an import statement goes: behind the statement that ends at `at`, or at `at` with a blank line behind it. */
export interface ImportPlace {
  readonly at: number;
  readonly after: boolean;
}

/**
 * Behind the last of the imports that the file begins with. Without any: behind the directives, or before the first
 * statement and the comment that belongs to it, but after the file's own heading.
 */
export function findImportPlace(source: Source): ImportPlace {
  const { compiler, file } = source;
  const code = file.statements.findIndex(
    (statement) => !compiler.isImportDeclaration(statement) && !isDirective(source, statement),
  );
  const leading = code < 0 ? file.statements : file.statements.slice(0, code);
  const last = leading.at(-1);
  if (last) return { at: last.getEnd(), after: true };
  return { at: headingEnd(source), after: false };
}

/** Comments that speak to the compiler or a linter stay before everything else. */
const pragma = /^(?:\/\/\/|\/[/*]\s*(?:@ts-|@jsx|eslint|biome-|prettier))/;

/** Where the first statement begins, with the comment that belongs to it; what a blank line parts from it does not. */
function headingEnd({ compiler, file, text }: Source): number {
  const start = file.statements[0]?.getStart(file) ?? text.length;
  const comments = compiler.getLeadingCommentRanges(text, 0) ?? [];
  const last = comments.findLastIndex(({ pos, end }, index) => {
    const gap = text.slice(end, comments[index + 1]?.pos ?? start);
    return gap.split("\n").length > 2 || pragma.test(text.slice(pos, end));
  });
  return comments[last + 1]?.pos ?? start;
}

/** `"use strict";` */
const isDirective = ({ compiler }: Source, statement: ts.Statement): boolean =>
  compiler.isExpressionStatement(statement) && compiler.isStringLiteral(statement.expression);
