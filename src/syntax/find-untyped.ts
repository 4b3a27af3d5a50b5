import type { Node, Project } from "ts-morph";
import { loadTsMorph } from "./compiler.js";
import type { MemberRename } from "./follow-members.js";
import { findMemberNames } from "./member-names.js";
import { checkerOf, pathOf } from "./open-project.js";

/**
 * Uses of old names behind a dot whose object is of any type: nothing tells whether they mean what was renamed, and the
 * compiler will not tell either. An object of a type that is not known here, because its package is not, is somebody
 * else's.
 */
export function findUntyped(
  project: Project,
  { members, without }: { readonly members: readonly MemberRename[]; readonly without: ReadonlySet<string> },
): readonly { readonly path: string; readonly name: string; readonly start: number }[] {
  const names = new Set(members.map(({ name }) => name));
  return project
    .getSourceFiles()
    .filter(
      (file) => !without.has(pathOf(file)) && [...names].some((name) => file.getFullText().includes(name)),
    )
    .flatMap((file) => findMemberNames(file, names))
    .filter(({ node }) => isOfAny(project, node))
    .map(({ file, name, node }) => ({ path: pathOf(file), name, start: node.getStart() }));
}

function isOfAny(project: Project, node: Node): boolean {
  const { Node } = loadTsMorph();
  const access = node.getParent();
  if (!Node.isPropertyAccessExpression(access) || !isUsedAsMember(access)) return false;
  const checker = checkerOf(project);
  return checker.getTypeAtLocation(access.getExpression().compilerNode) === checker.getAnyType();
}

/** What can be asked of an event. */
const eventUses: ReadonlySet<string> = new Set(["all", "to", "room", "tagged", "emit"]);

/** As commands and events are, and the `message` of an error is not. */
function isUsedAsMember(access: Node): boolean {
  const { Node } = loadTsMorph();
  const parent = access.getParent();
  if (Node.isCallExpression(parent)) return parent.getExpression() === access;
  return Node.isPropertyAccessExpression(parent) && eventUses.has(parent.getName());
}
