import type { ts } from "ts-morph";
import { findToken } from "./find-token.js";
import { fromServicePath, type ProjectService, toServicePath } from "./project-service.js";
import type { Replacement } from "./replacement.js";
import type { Splice } from "./splice.js";
import { writeMember } from "./write-member.js";

/** A name that a file declares at its top (a class, interface, type, constant, function or enum), or a member of one. */
export interface SymbolRename {
  readonly file: string;
  readonly name: string;
  /** The way to a member, from the top of the file: `["ChatContract", "events"]`. Default: the name is at the top itself. */
  readonly owners?: readonly string[];
  readonly to: string;
}

/**
 * Every place that has to change with a name: its declaration, imports, re-exports and uses, also in JSDoc. An import
 * under another name keeps that name, and so does a variable that is filled from a property. Undefined: the file declares
 * no such name.
 */
export function renameSymbol(
  project: ProjectService,
  { file, name, owners = [], to }: SymbolRename,
): Replacement[] | undefined {
  const { service, fileOf } = project;
  const source = fileOf(file);
  const [top, ...inner] = [...owners, name];
  const declared = source && findDeclaration(project, source, top ?? name);
  const renamed = declared && inner.reduce<Named | undefined>(memberOf(project), declared);
  if (!source || !renamed) return undefined;
  const isMember = owners.length > 0;
  const found = service.findRenameLocations(toServicePath(file), renamed.getStart(source), false, false, {
    providePrefixAndSuffixTextForRename: isMember,
  });
  // A name that is reached in two ways is found twice.
  const unique = new Map(
    found?.map((location) => [`${location.fileName}:${location.textSpan.start}`, location]),
  );
  return [...unique.values()].flatMap((location) => {
    const path = fromServicePath(location.fileName);
    const { start, length } = location.textSpan;
    // `export { default as default } from` has the word twice, and the class's name in no place.
    if (name !== "default" && fileOf(path)?.text.slice(start, start + length) === "default") return [];
    return [{ path, splice: replaceName(project, fileOf(path), { location, to, isMember }) }];
  });
}

/** The name of something, where it is declared. */
type Named = ts.Identifier | ts.StringLiteral;

/** The name of a declaration at the top of a file. */
function findDeclaration(
  { compiler }: ProjectService,
  source: ts.SourceFile,
  name: string,
): ts.Identifier | undefined {
  const names = source.statements.flatMap((statement): (ts.Node | undefined)[] =>
    compiler.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((declaration) => declaration.name)
      : compiler.isClassDeclaration(statement) ||
          compiler.isFunctionDeclaration(statement) ||
          compiler.isInterfaceDeclaration(statement) ||
          compiler.isTypeAliasDeclaration(statement) ||
          compiler.isEnumDeclaration(statement)
        ? [statement.name]
        : [],
  );
  return names.find(
    (node): node is ts.Identifier => node !== undefined && compiler.isIdentifier(node) && node.text === name,
  );
}

/** Goes from the name of an interface, or of something with a literal type, to the name of one of its members. */
const memberOf =
  ({ compiler }: ProjectService) =>
  (owner: Named | undefined, name: string): Named | undefined => {
    const parent = owner?.parent;
    if (!parent) return undefined;
    const type =
      compiler.isTypeAliasDeclaration(parent) || compiler.isPropertySignature(parent) ? parent.type : parent;
    if (!type || !(compiler.isInterfaceDeclaration(type) || compiler.isTypeLiteralNode(type)))
      return undefined;
    return type.members
      .map((member) => member.name)
      .find(
        (node): node is Named =>
          !!node && (compiler.isIdentifier(node) || compiler.isStringLiteral(node)) && node.text === name,
      );
  };

interface Place {
  readonly location: ts.RenameLocation;
  readonly to: string;
  readonly isMember: boolean;
}

/**
 * Replaces one name. `{ Say }` becomes `{ Say: Talk }`, so that the property keeps its name, and `{ Say: Talk }` becomes
 * `{ Say }` again, so that renaming there and back leaves no trace.
 */
function replaceName(
  { compiler }: ProjectService,
  file: ts.SourceFile | undefined,
  { location, to, isMember }: Place,
): Splice {
  const { start, length } = location.textSpan;
  const plain = { start, end: start + length, text: to };
  const node = file && findToken(compiler, file, start);
  // Inside of JSDoc there is no token.
  if (!node) return plain;
  if (isMember) return writeMember(compiler, node, to) ?? plain;
  const { parent } = node;
  if (!compiler.isIdentifier(node)) return plain;
  if (compiler.isShorthandPropertyAssignment(parent)) return { ...plain, text: `${node.text}: ${to}` };
  if (!compiler.isPropertyAssignment(parent) || parent.name.getText(file) !== to) return plain;
  const nameEnd = parent.name.getEnd();
  return file.text.slice(nameEnd, start) === ": " ? { ...plain, start: nameEnd, text: "" } : plain;
}
