import type { ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Compiler } from "./compiler.js";
import type { MemberRename } from "./follow-members.js";
import { memberTokens } from "./member-tokens.js";
import { lineAt, locate } from "./parse-source.js";
import type { ProjectService, ProjectTexts } from "./project-service.js";

/**
 * Uses of old names behind a dot whose object is of any type: nothing tells whether they mean what was renamed, and the
 * compiler will not tell either. An object of a type that is not known here, because its package is not, is somebody
 * else's.
 */
export function findUntyped(
  project: ProjectService,
  texts: ProjectTexts,
  { members, without }: { readonly members: readonly MemberRename[]; readonly without: ReadonlySet<string> },
): readonly Diagnostic[] {
  const { compiler, fileOf } = project;
  const names = new Set(members.map(({ name }) => name));
  return [...texts.keys()].flatMap((path) => {
    const text = texts.get(path) ?? "";
    const isMeant = !without.has(path) && [...names].some((name) => text.includes(name));
    const file = isMeant ? fileOf(path) : undefined;
    if (file === undefined) return [];
    const source = { path, text, file, compiler };
    return memberTokens(project, path, names)
      .filter(({ node }) => isOfAny(project, node))
      .map(({ name, node }): Diagnostic => {
        const start = node.getStart(file);
        return {
          code: "old-name",
          severity: "note",
          message: `'${name}' of an object of any type was left as it is; change it if it means what was renamed.`,
          at: locate(source, start, name.length),
          excerpt: lineAt(source, start),
        };
      });
  });
}

function isOfAny({ compiler, service }: ProjectService, { parent: access }: ts.Node): boolean {
  const checker = service.getProgram()?.getTypeChecker();
  return (
    checker !== undefined &&
    compiler.isPropertyAccessExpression(access) &&
    isUsedAsMember(compiler, access) &&
    checker.getTypeAtLocation(access.expression) === checker.getAnyType()
  );
}

/** What can be asked of an event. */
const eventUses: ReadonlySet<string> = new Set(["all", "to", "room", "tagged", "send"]);

/** As commands and events are, and the `message` of an error is not. */
function isUsedAsMember(compiler: Compiler, access: ts.PropertyAccessExpression): boolean {
  const { parent } = access;
  if (compiler.isCallExpression(parent)) return parent.expression === access;
  return compiler.isPropertyAccessExpression(parent) && eventUses.has(parent.name.text);
}
