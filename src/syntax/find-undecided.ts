import type { Project } from "ts-morph";
import { compiler, Node, type ts } from "./compiler.js";
import { findNames, type MemberSearch } from "./follow-members.js";
import type { MemberName } from "./member-names.js";
import { getChecker } from "./open-project.js";

/**
 * Finds uses of old names of which neither wsgen nor the compiler can decide whether they mean the renamed member: on an object of
 * type `any`, and for fields also on an object that may have the old or the new name, and in an object for a parameter of type
 * `any`. An object whose type is unknown here, because its package is not loaded, belongs to that package and is left out.
 */
export function findUndecided(
  project: Project,
  search: MemberSearch,
): readonly (MemberName & { readonly reason: string })[] {
  const checker = getChecker(project);
  const fields = new Map(
    search.members.flatMap(({ name, to, isData }) => (isData ? [[name, to] as const] : [])),
  );
  return findNames(project, search).flatMap((found) => {
    const reason = findReason(checker, found, fields.get(found.name));
    return reason === undefined ? [] : [{ ...found, reason }];
  });
}

const onAny = "on a value of type any";

/** @param to the new name of a field; undefined for other members */
function findReason(
  checker: ts.TypeChecker,
  { node, name }: MemberName,
  to: string | undefined,
): string | undefined {
  const parent = node.getParent();
  if (to === undefined)
    return Node.isPropertyAccessExpression(parent) &&
      isUsedAsMember(parent) &&
      getType(checker, parent.getExpression()) === checker.getAnyType()
      ? onAny
      : undefined;
  const owner = Node.isPropertyAccessExpression(parent)
    ? parent.getExpression()
    : Node.isBindingElement(parent)
      ? parent.getParent()
      : undefined;
  const type = owner && getType(checker, owner);
  if (type === checker.getAnyType()) return onAny;
  const parts = type?.isUnion() ? type.types : [];
  if (parts.some((part) => part.getProperty(to) && !part.getProperty(name)))
    return "on a value of several types";
  const isKey = Node.isPropertyAssignment(parent) || Node.isShorthandPropertyAssignment(parent);
  return isKey && parent.getNameNode() === node && isForAny(checker, parent.compilerNode.parent)
    ? "in an object of type any"
    : undefined;
}

const getType = (checker: ts.TypeChecker, node: Node): ts.Type =>
  checker.getTypeAtLocation(node.compilerNode);

/** Whether an object, or one that contains it, is passed where any object is allowed. */
function isForAny(checker: ts.TypeChecker, object: ts.Expression): boolean {
  const type = checker.getContextualType(object);
  if (type !== undefined) {
    const { Unknown, NonPrimitive } = compiler.TypeFlags;
    const open = checker.getNonNullableType(type);
    return open === checker.getAnyType() || (open.flags & (Unknown | NonPrimitive)) !== 0;
  }
  const { parent } = object;
  const around = compiler.isPropertyAssignment(parent) ? parent.parent : parent;
  const isInside = compiler.isObjectLiteralExpression(around) || compiler.isArrayLiteralExpression(around);
  return isInside && isForAny(checker, around);
}

/** The properties of an event. */
const eventUses: ReadonlySet<string> = new Set(["all", "to", "room", "tagged", "emit"]);

/** True if a property is used as commands and events are, and not as the `message` of an error. */
function isUsedAsMember(access: Node): boolean {
  const parent = access.getParent();
  if (Node.isCallExpression(parent)) return parent.getExpression() === access;
  return Node.isPropertyAccessExpression(parent) && eventUses.has(parent.getName());
}
