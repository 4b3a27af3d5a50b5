import type { Source } from "./parse-source.js";
import { readImports } from "./read-imports.js";

/** A name that a file passes on from another one. */
export interface ReExport {
  /** Its name for those who import it; `*` for all names of the other file. */
  readonly exported: string;
  /** Its name in the other file: `default` for what that exports by default, `*` for all. */
  readonly name: string;
  readonly from: string;
}

/** `export … from` in its forms, and imported names that are exported. A namespace (`export * as all`) is none. */
export function readReExports(source: Source): ReExport[] {
  const { compiler, file } = source;
  const statements = file.statements.filter(compiler.isExportDeclaration);
  if (statements.length === 0) return [];
  const imports = new Map(readImports(source).map((binding) => [binding.local, binding]));
  return statements.flatMap(({ moduleSpecifier, exportClause }): ReExport[] => {
    const from =
      moduleSpecifier && compiler.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined;
    if (exportClause === undefined) return from === undefined ? [] : [{ exported: "*", name: "*", from }];
    if (!compiler.isNamedExports(exportClause)) return [];
    return exportClause.elements.flatMap(({ name, propertyName = name }) => {
      const imported = from === undefined ? imports.get(propertyName.text) : undefined;
      const origin = from ?? imported?.from;
      if (origin === undefined) return [];
      return [{ exported: name.text, name: imported?.exported ?? propertyName.text, from: origin }];
    });
  });
}
