// The core of the client as one TypeScript file. wsgen writes it beside the generated clients.
import { readFileSync } from "node:fs";
import { ts } from "ts-morph";

/**
 * Joins a module and the modules that it imports into one text. Exports only what the module itself exports.
 * @param entry the URL of an index file, which only re-exports
 * @throws Error for a name that two files declare, and for code that cannot be moved to another file as it is
 */
export function joinModules(entry) {
  const [index, ...sources] = listSources(entry).reverse();
  const exported = new Set(index.statements.flatMap(({ exportClause }) => exportClause.elements).map(nameOf));
  const owners = new Map();
  const texts = sources.reverse().flatMap((source) =>
    source.statements.filter(isDeclaration).map((statement) => {
      const name = nameOf(statement.declarationList?.declarations[0] ?? statement);
      if (owners.has(name)) fail(source, `${name} is in ${owners.get(name)} too`);
      owners.set(name, source.fileName);
      const [start, full] = [statement.getStart(), source.text];
      const comment = full.slice(statement.getFullStart(), start).replace(reference, "").trim();
      const code = full.slice(start, statement.end);
      const text = exported.delete(name) ? code : code.replace(/^export /, "");
      return comment === "" ? text : `${comment}\n${text}`;
    }),
  );
  if (exported.size > 0) fail(index, `no file declares ${[...exported].join(", ")}`);
  const references = new Set(sources.flatMap(({ text }) => text.match(reference) ?? []));
  return `${[...references, ...texts].join("\n\n")}\n`;
}

const reference = /^\/\/\/ <reference .*$/gm;

/** The files in the order in which they run, then those that only have types, then the index. */
function listSources(entry) {
  const index = readSource(entry);
  const sources = new Map();
  for (const withTypes of [false, true]) addImports(index, { withTypes, seen: new Set(), sources });
  return [...sources.values(), index];
}

/** Adds the files that a file imports, each after those that it imports itself. */
function addImports(source, { withTypes, seen, sources }) {
  for (const statement of source.statements.filter(({ moduleSpecifier }) => moduleSpecifier)) {
    const specifier = statement.moduleSpecifier.text;
    const names = (statement.importClause?.namedBindings ?? statement.exportClause)?.elements;
    const isPlain = specifier.startsWith(".") && names?.every(({ propertyName }) => !propertyName);
    if (!isPlain) fail(source, `cannot join the import of ${specifier}`);
    const url = new URL(specifier.replace(/\.js$/, ".ts"), source.fileName);
    const isForTypes = (statement.importClause ?? statement).isTypeOnly || names.every(isType);
    if (seen.has(url.href) || (isForTypes && !withTypes)) continue;
    seen.add(url.href);
    const imported = readSource(url);
    addImports(imported, { withTypes, seen, sources });
    sources.set(url.href, imported);
  }
}

const isType = ({ isTypeOnly }) => isTypeOnly;

const readSource = (url) =>
  ts.createSourceFile(url.href, readFileSync(url, "utf8"), ts.ScriptTarget.Latest, true);

const isDeclaration = ({ kind }) =>
  kind !== ts.SyntaxKind.ImportDeclaration && kind !== ts.SyntaxKind.ExportDeclaration;

const nameOf = ({ name }) => name.text;

function fail({ fileName }, problem) {
  throw new Error(`${fileName}: ${problem}.`);
}
