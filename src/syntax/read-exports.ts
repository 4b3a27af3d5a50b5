import { compiler, hasModifier, type ts } from "./compiler.js";
import type { Source } from "./parse-source.js";
import { readImports } from "./read-imports.js";

/** A name that a file re-exports from another file. */
export interface ReExport {
  /** The name under which it is exported; `*` for all names of the other file. */
  readonly exported: string;
  /** Its name in the other file: `default` for the default export, `*` for all. */
  readonly name: string;
  readonly from: string;
}

/**
 * Reads all forms of `export … from`, and imported names that are exported. The names of a namespace (`export * as all`)
 * count as re-exported: `all.Say` is looked up by its last word.
 */
export function readReExports(source: Source): ReExport[] {
  const { file } = source;
  const statements = file.statements.filter(
    (statement): statement is ts.ExportDeclaration | DefaultName =>
      compiler.isExportDeclaration(statement) || isDefaultName(statement),
  );
  if (statements.length === 0) return [];
  const imports = new Map(readImports(source).map((binding) => [binding.local, binding]));
  const passOn = (exported: string, local: string): ReExport[] => {
    const imported = imports.get(local);
    if (imported === undefined) return [];
    const { exported: name, from } = imported;
    return [{ exported: name === "*" ? "*" : exported, name, from }];
  };
  return statements.flatMap((statement): ReExport[] => {
    if (!compiler.isExportDeclaration(statement)) return passOn("default", statement.expression.text);
    const { moduleSpecifier, exportClause } = statement;
    const from =
      moduleSpecifier && compiler.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined;
    if (exportClause === undefined || compiler.isNamespaceExport(exportClause))
      return from === undefined ? [] : [{ exported: "*", name: "*", from }];
    return exportClause.elements.flatMap(({ name, propertyName = name }) =>
      from === undefined
        ? passOn(name.text, propertyName.text)
        : [{ exported: name.text, name: propertyName.text, from }],
    );
  });
}

/** `export default Say;` */
type DefaultName = ts.ExportAssignment & { readonly expression: ts.Identifier };

const isDefaultName = (statement: ts.Statement): statement is DefaultName =>
  compiler.isExportAssignment(statement) && compiler.isIdentifier(statement.expression);

/** Reads the names that a file declares and exports: exported name → name in the file, `default` for a class without a name. */
export function readExports(source: Source): ReadonlyMap<string, string> {
  const { file } = source;
  const found = new Map<string, string>();
  for (const statement of file.statements) {
    if (compiler.isExportDeclaration(statement)) {
      const { moduleSpecifier, exportClause } = statement;
      if (moduleSpecifier || !exportClause || !compiler.isNamedExports(exportClause)) continue;
      for (const { name, propertyName = name } of exportClause.elements)
        found.set(name.text, propertyName.text);
    } else if (compiler.isExportAssignment(statement)) {
      found.set("default", isDefaultName(statement) ? statement.expression.text : "export default");
    } else if (compiler.isVariableStatement(statement)) {
      if (!hasModifier(statement, "ExportKeyword")) continue;
      for (const { name } of statement.declarationList.declarations)
        for (const local of listNames(name)) found.set(local, local);
    } else if (compiler.isDeclarationStatement(statement)) {
      if (!hasModifier(statement, "ExportKeyword")) continue;
      const name = statement.name && "text" in statement.name ? statement.name.text : "default";
      found.set(hasModifier(statement, "DefaultKeyword") ? "default" : name, name);
    }
  }
  return found;
}

const listNames = (name: ts.BindingName): readonly string[] =>
  compiler.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => ("name" in element ? listNames(element.name) : []));
