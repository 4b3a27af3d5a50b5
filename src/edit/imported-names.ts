import type { ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import { type ImportBinding, readImports } from "../syntax/read-imports.js";

/** How the names of a file's imports and declarations stand to a class that is to be instantiated there. */
export interface ImportedNames {
  /** The expression that a class is reached by: `SayCommand`, an alias `S`, or `commands.SayCommand`. */
  expressionFor(name: string): string | undefined;
  /** An import of the name for types only; it gives no value. */
  typeOnlyImport(name: string): ImportBinding | undefined;
  /** True where the file declares a value of that name itself, and does not import the class under another. */
  isDeclaredHere(name: string): boolean;
  /** True where something else that is no value has the name in this file. */
  isTaken(name: string): boolean;
}

/** Reads the names once; each question is then answered in constant time. */
export function readImportedNames(source: Source): ImportedNames {
  const bindings = readImports(source);
  const values = bindings.filter(({ typeOnly }) => !typeOnly);
  const byExported = new Map(
    values.filter(({ specifier }) => specifier).map((found) => [found.exported, found.local]),
  );
  const declared = new Set(declaredValues(source));
  const locals = new Set([...values.map(({ local }) => local), ...declared]);
  const types = new Map(bindings.filter(({ typeOnly }) => typeOnly).map((found) => [found.exported, found]));
  const taken = new Set([
    ...bindings.filter(({ typeOnly }) => typeOnly).map(({ local }) => local),
    ...declaredTypes(source),
  ]);
  const qualified = qualifiedNames(
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

/** Classes, functions, enums and variables that the file itself declares at its top. */
function declaredValues({ compiler, file }: Source): string[] {
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

function declaredTypes({ compiler, file }: Source): string[] {
  return file.statements.flatMap((statement) =>
    compiler.isInterfaceDeclaration(statement) || compiler.isTypeAliasDeclaration(statement)
      ? [statement.name.text]
      : [],
  );
}

/** Members of namespace imports that the file uses: `SayCommand` → `commands.SayCommand`. */
function qualifiedNames({ compiler, file }: Source, namespaces: ReadonlySet<string>): Map<string, string> {
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
