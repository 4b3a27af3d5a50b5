import type { Project, SourceFile } from "ts-morph";
import { Node } from "./compiler.js";
import { findMemberNames, type MemberName, writeMember } from "./member-names.js";
import { getChecker, getPath } from "./open-project.js";
import type { OwnedMembers } from "./owned-members.js";
import type { SymbolRename } from "./rename-symbol.js";
import { applySplices, groupSplices, moveOffset, type Replacement } from "./splice.js";

/** Where further uses of members are searched. */
export interface MemberSearch {
  readonly members: readonly SymbolRename[];
  /** Files that are not searched. */
  readonly without: ReadonlySet<string>;
}

export function findNames(project: Project, { members, without }: MemberSearch): MemberName[] {
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
 * `replacements` are those at the declarations and their references, `names` those that may be further uses.
 *
 * A use is renamed if an editor proposes the old name there, and the new one once all other names are renamed. Each renamed
 * use can change types again, so this repeats until there are no further uses.
 */
export function followMembers(
  project: Project,
  { members }: Pick<MemberSearch, "members">,
  { names, replacements }: OwnedMembers,
): void {
  // The nodes are gone once the text of a file is set.
  const candidates = names
    .filter((found) => getProposals(project, found.file, found.offset).has(found.name))
    .map(({ node, ...found }) => {
      const meant = members.filter(({ name }) => name === found.name);
      const splices = meant.map(({ to }) => ({ to, splice: writeMember(node, to) }));
      return { ...found, splices, start: node.getStart(), end: node.getEnd() };
    });
  const texts = new Map(project.getSourceFiles().map((file) => [file, file.getFullText()]));
  let all = replacements;
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
