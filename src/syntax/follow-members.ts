import { findToken } from "./find-token.js";
import { type MemberToken, memberTokens } from "./member-tokens.js";
import { type ProjectService, type ProjectTexts, toServicePath } from "./project-service.js";
import { applyReplacements, offsetAfter, type Replacement, splicesByPath } from "./replacement.js";
import type { Splice } from "./splice.js";
import { writeMember } from "./write-member.js";

/** A member that gets another name. */
export interface MemberRename {
  readonly name: string;
  readonly to: string;
}

export interface Followed {
  readonly members: readonly MemberRename[];
  /** What follows the declarations. */
  readonly renamed: readonly Replacement[];
  /** Files in which nothing else is looked for. */
  readonly without: ReadonlySet<string>;
}

/**
 * All places where members get their new names: those that follow a declaration, and those that only a type binds to them,
 * such as `client.on("message", …)`, `Pick<ChatClient, "say">` or a key of a `Record<keyof ChatEvents, …>`.
 *
 * A name follows where an editor proposes it, and proposes the new name in its place once all others are renamed. What
 * follows changes types in its turn, so this goes on until nothing does.
 */
export function followMembers(
  project: ProjectService,
  texts: ProjectTexts,
  { members, renamed, without }: Followed,
): readonly Replacement[] {
  const names = new Set(members.map(({ name }) => name));
  const known = [...texts]
    .filter(([path, text]) => !without.has(path) && [...names].some((name) => text.includes(name)))
    .flatMap(([path]) => memberTokens(project, path, names))
    .filter((token) => proposals(project, token).has(token.name));
  let all = renamed;
  for (;;) {
    const next = project.withTexts(applyReplacements(texts, all));
    const splices = splicesByPath(all);
    const more = known.flatMap((token): Replacement[] => {
      const own = splices.get(token.path) ?? [];
      if (own.some((splice) => meets(splice, token))) return [];
      const found = proposals(next, { ...token, offset: offsetAfter(own, token.offset) });
      if (found.has(token.name)) return [];
      const member = members.find(({ name, to }) => name === token.name && found.has(to));
      const splice = member && writeMember(project.compiler, token.node, member.to);
      return splice ? [{ path: token.path, splice }] : [];
    });
    if (more.length === 0) return all;
    all = [...all, ...more];
  }
}

const meets = ({ start, end }: Splice, { node }: MemberToken): boolean =>
  start < node.getEnd() && node.getStart() < end;

/** What an editor would propose in place of a name. */
function proposals(
  project: ProjectService,
  { path, offset }: Pick<MemberToken, "path" | "offset">,
): ReadonlySet<string> {
  const found = project.service.getCompletionsAtPosition(toServicePath(path), offset, {
    // Also `["say.loud"]` behind a dot.
    includeCompletionsWithInsertText: true,
  });
  return new Set([
    // In JavaScript every word of the file is proposed, too, as a guess. A key that needs quotes has them.
    ...(found?.entries ?? [])
      .filter(({ kind }) => kind !== "warning")
      .map(({ name }) => name.replace(/^"(.*)"$/s, "$1")),
    ...casesAt(project, path, offset),
  ]);
}

/** The strings that a `switch` may meet. An editor proposes only those that it has no case for. */
function casesAt({ compiler, service, fileOf }: ProjectService, path: string, offset: number): string[] {
  const file = fileOf(path);
  const clause = file && findToken(compiler, file, offset)?.parent;
  if (!clause || !compiler.isCaseClause(clause)) return [];
  const type = service.getProgram()?.getTypeChecker().getTypeAtLocation(clause.parent.parent.expression);
  const members = type?.isUnion() ? type.types : type ? [type] : [];
  return members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
}
