import type { Project } from "ts-morph";
import { compiler, Node, type ts } from "./compiler.js";
import { type MemberName, writeMember } from "./member-names.js";
import { getChecker } from "./open-project.js";
import type { Replacement } from "./splice.js";

/** The replacements that the types of objects confirm, and the names that may mean a renamed member, too. */
export interface OwnedMembers {
  readonly replacements: readonly Replacement[];
  readonly names: readonly MemberName[];
}

/**
 * Corrects the replacements of members by the types of the objects:
 * - leaves out names that also mean a member that is not renamed: of a union, only some types may be. An object that fits only
 *   some types of a union counts for these.
 * - adds names in quotes in a destructuring, which the compiler's own search does not find
 *
 * Of the names, those are left out that mean nothing known, or something else.
 */
export function selectOwned(
  project: Project,
  names: readonly MemberName[],
  replacements: readonly Replacement[],
): OwnedMembers {
  const checker = getChecker(project);
  const renamed = new Map(
    replacements.flatMap(({ member }) =>
      member ? [[getPlace(member.node.compilerNode), member.to] as const] : [],
    ),
  );
  /** The new names of what symbols declare; undefined for something that keeps its name. */
  const resolve = (symbols: readonly ts.Symbol[]): readonly (string | undefined)[] =>
    symbols
      .flatMap((symbol) => checker.getRootSymbols(symbol))
      .flatMap(({ declarations = [] }) => declarations)
      .flatMap((declaration) => compiler.getNameOfDeclaration(declaration) ?? [])
      .map((declared) => renamed.get(getPlace(declared)));
  const kept = replacements.filter(
    ({ member }) =>
      member === undefined || !resolve(findSymbols(checker, member.node.compilerNode)).includes(undefined),
  );
  const bound: Replacement[] = [];
  const open = names.filter(({ file, node }) => {
    if (renamed.has(getPlace(node.compilerNode))) return false;
    const symbols = findSymbols(checker, node.compilerNode);
    const meanings = new Set(resolve(symbols));
    const [to, ...others] = meanings;
    const isOwn = to !== undefined && others.length === 0;
    const splice = isOwn && Node.isBindingElement(node.getParent()) ? writeMember(node, to) : undefined;
    if (splice) bound.push({ file, splice });
    const isResolved = Node.isIdentifier(node) && !compiler.isClassElement(node.compilerNode.parent);
    return !isResolved || (symbols.length > 0 && (meanings.size === 0 || isOwn));
  });
  return { replacements: [...kept, ...bound], names: open };
}

const getPlace = (node: ts.Node): string => `${node.getSourceFile().fileName}:${node.getStart()}`;

/** The members that a name means; none for a declaration. */
function findSymbols(checker: ts.TypeChecker, name: ts.Node): readonly ts.Symbol[] {
  const { parent } = name;
  const isOf = (type: ts.Type): ts.Symbol[] => {
    const symbol = type.getProperty(getText(name));
    return symbol ? [symbol] : [];
  };
  if (compiler.isBindingElement(parent)) return isOf(checker.getTypeAtLocation(parent.parent));
  const object = parent.parent;
  const isKey =
    compiler.isPropertyAssignment(parent) ||
    compiler.isShorthandPropertyAssignment(parent) ||
    compiler.isMethodDeclaration(parent);
  if (!isKey || !compiler.isObjectLiteralExpression(object)) {
    const symbol =
      compiler.isTypeElement(parent) || compiler.isClassElement(parent)
        ? undefined
        : checker.getSymbolAtLocation(name);
    return symbol ? [symbol] : [];
  }
  const type = checker.getContextualType(object);
  const types = type?.isUnion() ? type.types : type ? [type] : [];
  const own = checker.getTypeAtLocation(object);
  const fitting = types.filter((each) => checker.isTypeAssignableTo(own, each));
  return (fitting.length > 0 ? fitting : types).flatMap(isOf);
}

const getText = (name: ts.Node): string =>
  compiler.isIdentifier(name) || compiler.isStringLiteralLike(name) ? name.text : "";
