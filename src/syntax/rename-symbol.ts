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
  readonly to: string;
}

/**
 * Finds every place that must change with a name: its declaration, imports, re-exports and uses, also in JSDoc. An import
 * under another name keeps that name, and so does a variable that reads a property. Undefined if the file does not declare
 * the name.
 */
export function renameSymbol(
  project: Project,
  { file, name, owners = [], to }: SymbolRename,
): Replacement[] | undefined {
  const [top = name, ...inner] = [...owners, name];
  const source = findFile(project, file);
  const declared = source && inner.reduce(findMember, findDeclaration(source, top));
  const nameNode = declared && getNameNode(declared);
  if (!nameNode) return undefined;
  const isMember = owners.length > 0;
  const own = isMember && !Node.isPropertyNamed(declared) ? writeMember(nameNode, to) : undefined;
  if (source && own) return [{ file: source, splice: own }];
  const found = project
    .getLanguageService()
    .findRenameLocations(nameNode, { usePrefixAndSuffixText: isMember || Node.isExportSpecifier(declared) });
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
    return [{ file: location.getSourceFile(), splice }];
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

/** Finds a member of an interface, or of a declaration with a literal type; in a union, the string that tells a member apart. */
function findMember(owner: Node | undefined, name: string): Node | undefined {
  const type =
    Node.isTypeAliasDeclaration(owner) || Node.isPropertySignature(owner) ? owner.getTypeNode() : owner;
  if (Node.isUnionTypeNode(type)) return findTag(type, name);
  if (!Node.isTypeElementMembered(type)) return undefined;
  return type.getMembers().find((member) => {
    const found = getNameNode(member);
    return found && (Node.isStringLiteral(found) ? found.getLiteralText() : found.getText()) === name;
  });
}

/** The argument of a type: `"full"` in `ReplyErrorOf<"full"> | RuntimeError`. */
const findTag = (union: Node, name: string): Node | undefined =>
  union.getDescendants().find((node) => Node.isStringLiteral(node) && node.getLiteralText() === name);

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
 * Replaces one name. `{ Say }` becomes `{ Say: Talk }`, so that the property keeps its name, and `{ Say: Talk }` becomes
 * `{ Say }` again, so that renaming back restores the text.
 */
function replaceName(
  location: RenameLocation,
  { to, isMember }: { readonly to: string; readonly isMember: boolean },
): Splice {
  const file = location.getSourceFile();
  const [start, end] = [location.getTextSpan().getStart(), location.getTextSpan().getEnd()];
  const plain = { start, end, text: to };
  const node = file.getDescendantAtPos(start);
  if (!node) return plain;
  if (isMember) return writeMember(node, to) ?? plain;
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
