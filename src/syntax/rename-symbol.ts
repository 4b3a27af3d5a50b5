import type { Identifier, Project, RenameLocation, SourceFile, StringLiteral } from "ts-morph";
import { Node } from "./compiler.js";
import { writeMember } from "./member-names.js";
import { findFile } from "./open-project.js";
import type { Replacement, Splice } from "./splice.js";

/** A name that a file declares at its top level (a class, interface, type, constant, function or enum), or a member of it. */
export interface SymbolRename {
  readonly file: string;
  readonly name: string;
  /** The path to a member, from the top of the file: `["ChatContract", "events"]`. Default: the name itself is at the top. */
  readonly owners?: readonly string[];
  /** True for a field of data: every use after a dot, and every key of an object, can mean it. Default: false. */
  readonly isData?: boolean;
  readonly to: string;
}

/**
 * Finds every place that must change with a name: its declaration, imports, re-exports and uses, also in JSDoc. An import
 * under another name keeps that name, and so does a variable that reads a property. Undefined if the file does not declare
 * the name.
 */
export function renameSymbol(project: Project, symbol: SymbolRename): Replacement[] | undefined {
  const [top = symbol.name, ...inner] = [...(symbol.owners ?? []), symbol.name];
  const source = findFile(project, symbol.file);
  const declared = source && findDeclaration(source, top);
  const found = inner.reduce<readonly Node[]>(
    (owners, name) => owners.flatMap((owner) => findMembers(owner, name)),
    declared ? [declared] : [],
  );
  return found.length === 0 ? undefined : found.flatMap((node) => renameDeclared(project, node, symbol));
}

function renameDeclared(
  project: Project,
  declared: Node,
  { name, owners = [], to }: SymbolRename,
): Replacement[] {
  const nameNode = getNameNode(declared);
  const isMember = owners.length > 0;
  const own = nameNode && isMember && !Node.isPropertyNamed(declared) ? writeMember(nameNode, to) : undefined;
  if (own && nameNode)
    return [{ file: declared.getSourceFile(), splice: own, member: { node: nameNode, to } }];
  const found = nameNode
    ? project.getLanguageService().findRenameLocations(nameNode, {
        usePrefixAndSuffixText: isMember || Node.isExportSpecifier(declared),
      })
    : [];
  // A name that can be reached in two ways is found twice.
  const unique = new Map(
    found.map((location) => [
      `${location.getSourceFile().getFilePath()}:${location.getTextSpan().getStart()}`,
      location,
    ]),
  );
  return [...unique.values()].flatMap((location) => {
    // `export { default as default } from` has the word twice, but not the class's name; nor does `"a name" as Own`.
    const text = readAround(location);
    if (!isMember && (/^["']/.test(text) || (name !== "default" && text.slice(1, -1) === "default")))
      return [];
    const splice = Node.isExportSpecifier(declared)
      ? replacePassed(location, to)
      : replaceName(location, { to, isMember });
    const file = location.getSourceFile();
    if (splice === undefined) return [];
    const node = isMember ? file.getDescendantAtPos(location.getTextSpan().getStart()) : undefined;
    return [{ file, splice, ...(node && { member: { node, to } }) }];
  });
}

/** The text of a location, with the characters before and after it. */
const readAround = (location: RenameLocation): string => {
  const span = location.getTextSpan();
  return location
    .getSourceFile()
    .getFullText()
    .slice(span.getStart() - 1, span.getEnd() + 1);
};

const findDeclaration = (source: SourceFile, name: string): Node | undefined =>
  source.getClass(name) ??
  source.getFunction(name) ??
  source.getInterface(name) ??
  source.getTypeAlias(name) ??
  source.getEnum(name) ??
  source.getVariableDeclaration(name) ??
  source
    .getExportDeclarations()
    .flatMap((declaration) => declaration.getNamedExports())
    .find((passed) => getNameNode(passed)?.getText() === name);

/**
 * Finds the members of a type with a name, also in the parts of a union, in items and in other members without a name. Without
 * members, the strings that tell the parts of a union apart: `"full"` in `ReplyErrorOf<"full"> | RuntimeError`.
 */
function findMembers(owner: Node, name: string): readonly Node[] {
  const members: Node[] = [];
  const strings: Node[] = [];
  owner.forEachDescendant((node, traversal) => {
    if (Node.isStringLiteral(node)) strings.push(node);
    if (!Node.isPropertySignature(node) && !Node.isMethodSignature(node)) return;
    members.push(node);
    traversal.skip();
  });
  return (members.length > 0 ? members : strings).filter((node) => {
    const found = getNameNode(node);
    return (Node.isStringLiteral(found) ? found.getLiteralText() : found?.getText()) === name;
  });
}

function getNameNode(declared: Node): Identifier | StringLiteral | undefined {
  if (Node.isStringLiteral(declared)) return declared;
  const name = Node.isExportSpecifier(declared)
    ? (declared.getAliasNode() ?? declared.getNameNode())
    : Node.hasName(declared) || Node.isNameable(declared)
      ? declared.getNameNode()
      : undefined;
  return Node.isIdentifier(name) || Node.isStringLiteral(name) ? name : undefined;
}

/**
 * Replaces one name, unless it cannot be written there. `{ Say }` becomes `{ Say: Talk }`, so that the property keeps its name, and `{ Say: Talk }` becomes
 * `{ Say }` again, so that renaming back restores the text.
 */
function replaceName(
  location: RenameLocation,
  { to, isMember }: { readonly to: string; readonly isMember: boolean },
): Splice | undefined {
  const file = location.getSourceFile();
  const [start, end] = [location.getTextSpan().getStart(), location.getTextSpan().getEnd()];
  const plain = { start, end, text: to };
  const node = file.getDescendantAtPos(start);
  if (!node) return plain;
  if (isMember) return writeMember(node, to);
  const parent = node.getParent();
  if (!Node.isIdentifier(node)) return plain;
  if (Node.isShorthandPropertyAssignment(parent)) return { ...plain, text: `${node.getText()}: ${to}` };
  if (!Node.isPropertyAssignment(parent) || parent.getName() !== to) return plain;
  const nameEnd = parent.getNameNode().getEnd();
  return file.getFullText().slice(nameEnd, start) === ": " ? { ...plain, start: nameEnd, text: "" } : plain;
}

/** Replaces a name under which a file passes on what another one declares: `{ a }` becomes `{ a as b }`, and that `{ a }` again. */
function replacePassed(location: RenameLocation, to: string): Splice {
  const [start, end] = [location.getTextSpan().getStart(), location.getTextSpan().getEnd()];
  const parent = location.getSourceFile().getDescendantAtPos(start)?.getParent();
  const alias =
    Node.isImportSpecifier(parent) || Node.isExportSpecifier(parent) ? parent.getAliasNode() : undefined;
  const name =
    Node.isImportSpecifier(parent) || Node.isExportSpecifier(parent) ? parent.getNameNode() : undefined;
  const other = name?.getStart() === start ? alias : name;
  if (name && alias && other?.getText() === to)
    return { start: name.getStart(), end: alias.getEnd(), text: to };
  return { start, end, text: `${location.getPrefixText() ?? ""}${to}${location.getSuffixText() ?? ""}` };
}
