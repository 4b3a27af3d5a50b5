import type { ts } from "ts-morph";
import { fromServicePath, type ProjectService, toServicePath } from "./project-service.js";
import type { Splice } from "./splice.js";

/** A name that a file declares at its top (a class, interface, type, constant, function or enum), or a member of one. */
export interface SymbolRename {
  readonly file: string;
  readonly name: string;
  /** The member of the interface `name` that is renamed instead of it. */
  readonly member?: string;
  readonly to: string;
}

/** A splice and the file that it belongs to. */
export interface Replacement {
  readonly path: string;
  readonly splice: Splice;
}

/**
 * Every place that has to change with a name: its declaration, imports, re-exports and uses, also in JSDoc. An import
 * under another name keeps that name. Undefined: the file declares no such name.
 */
export function renameSymbol(
  project: ProjectService,
  { file, name, member, to }: SymbolRename,
): Replacement[] | undefined {
  const { service, fileOf } = project;
  const source = fileOf(file);
  const owner = source && findDeclaration(project, source, name);
  const declared = owner && member !== undefined ? findMember(project, owner, member) : owner;
  if (!source || !declared) return undefined;
  const found = service.findRenameLocations(toServicePath(file), declared.getStart(source), false, false, {});
  // A name that is reached in two ways is found twice.
  const unique = new Map(
    found?.map((location) => [`${location.fileName}:${location.textSpan.start}`, location]),
  );
  return [...unique.values()].map((location) => {
    const path = fromServicePath(location.fileName);
    const isMember = member !== undefined;
    return { path, splice: replaceName(project, fileOf(path), { location, to, isMember }) };
  });
}

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

/** The name of a member of an interface. */
function findMember(
  { compiler }: ProjectService,
  { parent }: ts.Identifier,
  name: string,
): ts.Identifier | undefined {
  if (!compiler.isInterfaceDeclaration(parent)) return undefined;
  return parent.members
    .map((member) => member.name)
    .find((node): node is ts.Identifier => !!node && compiler.isIdentifier(node) && node.text === name);
}

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
  const node = file && tokenAt(compiler, file, start);
  // Inside of JSDoc there is no token; and of a member it is the property that is renamed.
  if (isMember || !node || !compiler.isIdentifier(node)) return plain;
  const { parent } = node;
  if (compiler.isShorthandPropertyAssignment(parent)) return { ...plain, text: `${node.text}: ${to}` };
  if (!compiler.isPropertyAssignment(parent) || parent.name.getText(file) !== to) return plain;
  const nameEnd = parent.name.getEnd();
  return file.text.slice(nameEnd, start) === ": " ? { ...plain, start: nameEnd, text: "" } : plain;
}

function tokenAt(
  compiler: ProjectService["compiler"],
  file: ts.SourceFile,
  position: number,
): ts.Node | undefined {
  const search = (node: ts.Node): ts.Node | undefined => {
    if (position < node.getStart(file) || position >= node.getEnd()) return undefined;
    return compiler.forEachChild(node, search) ?? node;
  };
  return search(file);
}
