import type { Project, SourceFile } from "ts-morph";
import { Node } from "./compiler.js";
import { findMemberNames, type MemberName, writeMember } from "./member-names.js";
import { getChecker, getPath } from "./open-project.js";
import type { SymbolRename } from "./rename-symbol.js";
import { applySplices, groupSplices, moveOffset, type Replacement } from "./splice.js";

/** Where further uses of members are searched. */
interface MemberSearch {
  readonly members: readonly SymbolRename[];
  /** Files that are not searched. */
  readonly without: ReadonlySet<string>;
}

function findNames(project: Project, { members, without }: MemberSearch): MemberName[] {
  const names = new Set(members.map(({ name }) => name));
  return project
    .getSourceFiles()
    .filter(
      (file) => !without.has(getPath(file)) && [...names].some((name) => file.getFullText().includes(name)),
    )
    .flatMap((file) => findMemberNames(file, names));
}

/**
 * Renames members in a project: where they refer to a declaration, and where only a type connects a name with them,
 * such as `client.on("message", …)`, `Pick<ChatClient, "say">` or a key of a `Record<keyof ChatEvents, …>`.
 * `renamed` has the replacements at the declarations and their references.
 *
 * A use is renamed if an editor proposes the old name there, and the new one once all other names are renamed. Each renamed
 * use can change types again, so this repeats until there are no further uses.
 */
export function followMembers(project: Project, search: MemberSearch, renamed: readonly Replacement[]): void {
  // The nodes are gone once the text of a file is set.
  const candidates = findNames(project, search)
    .filter((found) => getProposals(project, found.file, found.offset).has(found.name))
    .map(({ node, ...found }) => {
      const members = search.members.filter(({ name }) => name === found.name);
      const splices = members.map(({ to }) => ({ to, splice: writeMember(node, to) }));
      return { ...found, splices, start: node.getStart(), end: node.getEnd() };
    });
  const texts = new Map(project.getSourceFiles().map((file) => [file, file.getFullText()]));
  let all = renamed;
  for (;;) {
    const splices = groupSplices(all);
    for (const [file, own] of splices) setText(file, applySplices(texts.get(file) ?? "", own));
    const more = candidates.flatMap((candidate): Replacement[] => {
      const { file, offset } = candidate;
      const own = splices.get(file) ?? [];
      if (own.some(({ start, end }) => start < candidate.end && candidate.start < end)) return [];
      const proposals = getProposals(project, file, moveOffset(own, offset));
      if (proposals.has(candidate.name)) return [];
      const splice = candidate.splices.find(({ to, splice }) => splice && proposals.has(to))?.splice;
      return splice ? [{ file, splice }] : [];
    });
    if (more.length === 0) return;
    all = [...all, ...more];
  }
}

/** Sets the text of a file. `replaceWithText` would change the line ends. */
function setText(file: SourceFile, newText: string): void {
  const old = file.getFullText();
  if (newText !== old) file.applyTextChanges([{ span: { start: 0, length: old.length }, newText }]);
}

/** The completions that an editor would propose in place of a name. */
function getProposals(project: Project, file: SourceFile, offset: number): ReadonlySet<string> {
  const { compilerObject } = project.getLanguageService();
  const found = compilerObject.getCompletionsAtPosition(file.getFilePath(), offset, {
    // Also `["say.loud"]` after a dot.
    includeCompletionsWithInsertText: true,
  });
  return new Set([
    // In JavaScript the editor also proposes every word of the file, as a guess. A key that needs quotes has them.
    ...(found?.entries ?? [])
      .filter(({ kind }) => kind !== "warning")
      .map(({ name }) => name.replace(/^"(.*)"$/s, "$1")),
    ...getCases(project, file, offset),
  ]);
}

/** The strings that a `switch` may receive. An editor proposes only those without a case. */
function getCases(project: Project, file: SourceFile, offset: number): string[] {
  const clause = file.getDescendantAtPos(offset)?.getParent();
  if (!Node.isCaseClause(clause)) return [];
  const type = getChecker(project).getTypeAtLocation(clause.compilerNode.parent.parent.expression);
  const members = type.isUnion() ? type.types : [type];
  return members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
}

/**
 * Finds uses of old names after a dot whose object has the type `any`. Neither wsgen nor the compiler can decide whether they
 * mean the renamed member. An object whose type is unknown here, because its package is not loaded, belongs to that package
 * and is left out.
 */
export const findUntyped = (project: Project, search: MemberSearch): readonly MemberName[] =>
  findNames(project, search).filter(({ node }) => isOfAny(project, node));

function isOfAny(project: Project, node: Node): boolean {
  const access = node.getParent();
  if (!Node.isPropertyAccessExpression(access) || !isUsedAsMember(access)) return false;
  const checker = getChecker(project);
  return checker.getTypeAtLocation(access.getExpression().compilerNode) === checker.getAnyType();
}

/** The properties of an event. */
const eventUses: ReadonlySet<string> = new Set(["all", "to", "room", "tagged", "emit"]);

/** True if a property is used as commands and events are, and not as the `message` of an error. */
function isUsedAsMember(access: Node): boolean {
  const parent = access.getParent();
  if (Node.isCallExpression(parent)) return parent.getExpression() === access;
  return Node.isPropertyAccessExpression(parent) && eventUses.has(parent.getName());
}
