import { compiler, type ts } from "./compiler.js";
import type { Source } from "./parse-source.js";

/** One name that an import statement brings into a file. */
export interface ImportBinding {
  /** The name in the other file: `default` for a default import, `*` for a namespace. */
  readonly exported: string;
  /** The name in this file. */
  readonly local: string;
  /** The specifier as written, without its quotes. */
  readonly from: string;
  readonly typeOnly: boolean;
  readonly declaration: ts.ImportDeclaration;
  /** The element between the braces; undefined for a default or namespace import. */
  readonly specifier: ts.ImportSpecifier | undefined;
}

/** Reads every name that a file imports, in order, except for `import x = require("…")`. */
export const readImports = (source: Source): ImportBinding[] =>
  findImportDeclarations(source).flatMap(readDeclaration);

/** A name that a file has from another file, by any form of import. */
export type ImportedValue = Pick<ImportBinding, "exported" | "local" | "from">;

/** Reads the names that a file imports as values: with statements, `import x = require("…")` and `await import("…")`. */
export function readImportedValues(source: Source): ImportedValue[] {
  const { file } = source;
  const found: ImportedValue[] = readImports(source).filter(({ typeOnly }) => !typeOnly);
  const visit = (node: ts.Node): void => {
    if (compiler.isVariableDeclaration(node) && node.initializer)
      found.push(...readBindings(node.name, loadedModule(node.initializer)));
    if (compiler.isImportEqualsDeclaration(node) && compiler.isExternalModuleReference(node.moduleReference))
      found.push(...readBindings(node.name, getString(node.moduleReference.expression)));
    compiler.forEachChild(node, visit);
  };
  if (/\b(?:import|require)\s*\(/.test(source.text)) visit(file);
  return found;
}

function readBindings(name: ts.BindingName, from: string | undefined): ImportedValue[] {
  if (from === undefined) return [];
  if (compiler.isIdentifier(name)) return [{ exported: "*", local: name.text, from }];
  return name.elements.flatMap((element) => {
    if (!compiler.isBindingElement(element) || !compiler.isIdentifier(element.name)) return [];
    const key = element.propertyName ?? element.name;
    return "text" in key ? [{ exported: key.text, local: element.name.text, from }] : [];
  });
}

/** The specifier of `await import("…")` and `require("…")`. */
function loadedModule(expression: ts.Expression): string | undefined {
  const call = compiler.isAwaitExpression(expression) ? expression.expression : expression;
  if (!compiler.isCallExpression(call)) return undefined;
  const { expression: callee } = call;
  const loads =
    callee.kind === compiler.SyntaxKind.ImportKeyword ||
    (compiler.isIdentifier(callee) && callee.text === "require");
  return loads ? getString(call.arguments[0]) : undefined;
}

const getString = (node: ts.Node | undefined): string | undefined =>
  node && compiler.isStringLiteral(node) ? node.text : undefined;

/** The import statements of a file, in order, including those without names. */
export const findImportDeclarations = ({ file }: Source): ts.ImportDeclaration[] =>
  file.statements.filter((statement): statement is ts.ImportDeclaration =>
    compiler.isImportDeclaration(statement),
  );

/** The specifier of an import statement, without its quotes. */
export const getSpecifier = ({ moduleSpecifier }: ts.ImportDeclaration): string =>
  compiler.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";

function readDeclaration(declaration: ts.ImportDeclaration): ImportBinding[] {
  const clause = declaration.importClause;
  if (!clause) return [];
  const from = getSpecifier(declaration);
  const typeOnly = clause.phaseModifier === compiler.SyntaxKind.TypeKeyword;
  const whole = (exported: string, local: string): ImportBinding => {
    return { exported, local, from, typeOnly, declaration, specifier: undefined };
  };
  const bindings = clause.name ? [whole("default", clause.name.text)] : [];
  if (clause.namedBindings && compiler.isNamespaceImport(clause.namedBindings))
    bindings.push(whole("*", clause.namedBindings.name.text));
  if (clause.namedBindings && compiler.isNamedImports(clause.namedBindings))
    for (const specifier of clause.namedBindings.elements)
      bindings.push({
        exported: (specifier.propertyName ?? specifier.name).text,
        local: specifier.name.text,
        from,
        typeOnly: typeOnly || specifier.isTypeOnly,
        declaration,
        specifier,
      });
  return bindings;
}
