import type { Node, Project, SourceFile } from "ts-morph";
import { loadTsMorph } from "./compiler.js";
import { findMemberNames, type MemberName, writeMember } from "./member-names.js";
import { checkerOf, pathOf } from "./open-project.js";
import { applySplices, offsetAfter, type Replacement, type Splice, splicesByFile } from "./splice.js";

/** A member that is renamed. */
interface MemberRename {
  readonly name: string;
  readonly to: string;
}

interface Followed {
  readonly members: readonly MemberRename[];
  /** The replacements at the declarations and their references. */
  readonly renamed: readonly Replacement[];
  /** Files that are not searched for further uses. */
  readonly without: ReadonlySet<string>;
}

/** A use of a member's name, with the replacement for each possible new name. */
interface Candidate extends Omit<MemberName, "node"> {
  readonly start: number;
  readonly end: number;
  readonly splices: ReadonlyMap<string, Splice>;
}

/**
 * Renames members in a project: where they refer to a declaration, and where only a type connects a name with them,
 * such as `client.on("message", …)`, `Pick<ChatClient, "say">` or a key of a `Record<keyof ChatEvents, …>`.
 *
 * A use is renamed if an editor proposes the old name there, and the new one once all other names are renamed. Each renamed
 * use can change types again, so this repeats until there are no further uses.
 */
export function followMembers(project: Project, { members, renamed, without }: Followed): void {
  const names = new Set(members.map(({ name }) => name));
  const known = project
    .getSourceFiles()
    .filter(
      (file) => !without.has(pathOf(file)) && [...names].some((name) => file.getFullText().includes(name)),
    )
    .flatMap((file) => findMemberNames(file, names))
    .filter((found) => proposals(project, found).has(found.name))
    .map(({ node, ...found }) => ({ ...found, ...writings(node, found.name, members) }));
  const texts = new Map(project.getSourceFiles().map((file) => [file, file.getFullText()]));
  let all = renamed;
  for (;;) {
    const splices = splicesByFile(all);
    for (const [file, own] of splices) setText(file, applySplices(texts.get(file) ?? "", own));
    const more = known.flatMap((candidate): Replacement[] => {
      const own = splices.get(candidate.file) ?? [];
      if (own.some(({ start, end }) => start < candidate.end && candidate.start < end)) return [];
      const found = proposals(project, { ...candidate, offset: offsetAfter(own, candidate.offset) });
      if (found.has(candidate.name)) return [];
      const [splice] = [...candidate.splices].flatMap(([to, splice]) => (found.has(to) ? [splice] : []));
      return splice ? [{ file: candidate.file, splice }] : [];
    });
    if (more.length === 0) return;
    all = [...all, ...more];
  }
}

function writings(
  node: Node,
  name: string,
  members: readonly MemberRename[],
): Omit<Candidate, keyof MemberName> {
  const splices = members.flatMap((member): [string, Splice][] => {
    const splice = member.name === name ? writeMember(node, member.to) : undefined;
    return splice ? [[member.to, splice]] : [];
  });
  return { start: node.getStart(), end: node.getEnd(), splices: new Map(splices) };
}

/** Sets the text of a file. `replaceWithText` would change the line ends. */
function setText(file: SourceFile, newText: string): void {
  const old = file.getFullText();
  if (newText !== old) file.applyTextChanges([{ span: { start: 0, length: old.length }, newText }]);
}

/** The completions that an editor would propose in place of a name. */
function proposals(
  project: Project,
  { file, offset }: Pick<MemberName, "file" | "offset">,
): ReadonlySet<string> {
  const { compilerObject } = project.getLanguageService();
  const found = compilerObject.getCompletionsAtPosition(file.getFilePath(), offset, {
    // Also `["say.loud"]` behind a dot.
    includeCompletionsWithInsertText: true,
  });
  return new Set([
    // In JavaScript the editor also proposes every word of the file, as a guess. A key that needs quotes has them.
    ...(found?.entries ?? [])
      .filter(({ kind }) => kind !== "warning")
      .map(({ name }) => name.replace(/^"(.*)"$/s, "$1")),
    ...casesAt(project, { file, offset }),
  ]);
}

/** The strings that a `switch` may receive. An editor proposes only those without a case. */
function casesAt(project: Project, { file, offset }: Pick<MemberName, "file" | "offset">): string[] {
  const { Node } = loadTsMorph();
  const clause = file.getDescendantAtPos(offset)?.getParent();
  if (!Node.isCaseClause(clause)) return [];
  const type = checkerOf(project).getTypeAtLocation(clause.compilerNode.parent.parent.expression);
  const members = type.isUnion() ? type.types : [type];
  return members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
}

/**
 * Finds uses of old names after a dot whose object has the type `any`. Neither wsgen nor the compiler can decide whether they
 * mean the renamed member. An object whose type is unknown here, because its package is not loaded, belongs to that package
 * and is left out.
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

/** The properties of an event. */
const eventUses: ReadonlySet<string> = new Set(["all", "to", "room", "tagged", "emit"]);

/** True if a property is used as commands and events are, and not as the `message` of an error. */
function isUsedAsMember(access: Node): boolean {
  const { Node } = loadTsMorph();
  const parent = access.getParent();
  if (Node.isCallExpression(parent)) return parent.getExpression() === access;
  return Node.isPropertyAccessExpression(parent) && eventUses.has(parent.getName());
}
