import { compiler, type ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import { type ImportBinding, readImports } from "../syntax/read-imports.js";

/** The names of a file's imports and declarations, as needed to instantiate a class there. */
export interface ImportedNames {
  /** The expression for a class: `SayCommand`, an alias `S`, or `commands.SayCommand`. */
  expressionFor(name: string): string | undefined;
  /** A type-only import of the name, which has no value. */
  typeOnlyImport(name: string): ImportBinding | undefined;
  /** True if the file itself declares a value with that name, and does not import the class under another name. */
  isDeclaredHere(name: string): boolean;
  /** True if something other than a value has the name in this file. */
  isTaken(name: string): boolean;
}

/** Reads the names once; each lookup then takes constant time. */
export function readImportedNames(source: Source): ImportedNames {
  const bindings = readImports(source);
  const values = bindings.filter(({ typeOnly }) => !typeOnly);
  const byExported = new Map(
    values.filter(({ specifier }) => specifier).map((found) => [found.exported, found.local]),
  );
  const declared = new Set(findDeclaredValues(source));
  const locals = new Set([...values.map(({ local }) => local), ...declared]);
  const types = new Map(bindings.filter(({ typeOnly }) => typeOnly).map((found) => [found.exported, found]));
  const taken = new Set([
    ...bindings.filter(({ typeOnly }) => typeOnly).map(({ local }) => local),
    ...findDeclaredTypes(source),
  ]);
  const qualified = findQualifiedNames(
    source,
    new Set(values.filter(({ exported }) => exported === "*").map(({ local }) => local)),
  );
  return {
    expressionFor: (name) => byExported.get(name) ?? (locals.has(name) ? name : qualified.get(name)),
    typeOnlyImport: (name) => types.get(name),
    isDeclaredHere: (name) => declared.has(name) && !byExported.has(name),
    isTaken: (name) => taken.has(name),
  };
}

/** Classes, functions, enums and variables that the file itself declares at its top level. */
function findDeclaredValues({ file }: Source): string[] {
  return file.statements.flatMap((statement) => {
    if (compiler.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) =>
        compiler.isIdentifier(name) ? [name.text] : [],
      );
    const isValue =
      compiler.isClassDeclaration(statement) ||
      compiler.isFunctionDeclaration(statement) ||
      compiler.isEnumDeclaration(statement) ||
      compiler.isImportEqualsDeclaration(statement);
    return isValue && statement.name ? [statement.name.text] : [];
  });
}

function findDeclaredTypes({ file }: Source): string[] {
  return file.statements.flatMap((statement) =>
    compiler.isInterfaceDeclaration(statement) || compiler.isTypeAliasDeclaration(statement)
      ? [statement.name.text]
      : [],
  );
}

/** Members of namespace imports that the file uses: `SayCommand` → `commands.SayCommand`. */
function findQualifiedNames({ file }: Source, namespaces: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (
      compiler.isPropertyAccessExpression(node) &&
      compiler.isIdentifier(node.expression) &&
      namespaces.has(node.expression.text)
    )
      found.set(node.name.text, node.getText(file));
    compiler.forEachChild(node, visit);
  };
  if (namespaces.size > 0) visit(file);
  return found;
}

/**
 * Finds the place of a new import: after the imports at the start of the file. Without imports: after the directives, or
 * before the first statement and its comment, but after the comment at the head of the file. With `after`, `at` is the end
 * of a statement; otherwise a blank line must follow the import.
 */
export function findImportPlace(source: Source): { readonly at: number; readonly after: boolean } {
  const { file } = source;
  const code = file.statements.findIndex(
    (statement) => !compiler.isImportDeclaration(statement) && !isDirective(statement),
  );
  const leading = code < 0 ? file.statements : file.statements.slice(0, code);
  const last = leading.at(-1);
  if (last) return { at: last.getEnd(), after: true };
  return { at: findHeadingEnd(source), after: false };
}

/** Comments for the compiler or a linter, which stay before everything else. */
const pragma = /^(?:\/\/\/|\/[/*]\s*(?:@ts-|@jsx|eslint|biome-|prettier))/;

/** The start of the first statement with its comment. A comment followed by a blank line is not part of it. */
function findHeadingEnd({ file, text }: Source): number {
  const start = file.statements[0]?.getStart(file) ?? text.length;
  const comments = compiler.getLeadingCommentRanges(text, 0) ?? [];
  const last = comments.findLastIndex(({ pos, end }, index) => {
    const gap = text.slice(end, comments[index + 1]?.pos ?? start);
    return gap.split("\n").length > 2 || pragma.test(text.slice(pos, end));
  });
  return comments[last + 1]?.pos ?? start;
}

/** `"use strict";` */
const isDirective = (statement: ts.Statement): boolean =>
  compiler.isExpressionStatement(statement) && compiler.isStringLiteral(statement.expression);
