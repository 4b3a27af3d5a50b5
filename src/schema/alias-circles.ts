import type { TypeNode } from "./type-node.js";

/**
 * The declared names that lead into a circle with nothing in between: `type A = B; type B = A` is no type.
 * A circle through an object, an array or a tuple is one.
 */
export function aliasCircles(types: ReadonlyMap<string, TypeNode>): ReadonlySet<string> {
  const parts = new Map(
    [...types].map(([name, type]) => [name, new Set(madeOf(type).filter((part) => types.has(part)))]),
  );
  const users = new Map<string, string[]>([...types.keys()].map((name) => [name, []]));
  for (const [name, used] of parts) for (const part of used) users.get(part)?.push(name);
  const sound = [...parts].filter(([, used]) => used.size === 0).map(([name]) => name);
  // What is made of sound types only is sound; the list grows while it is walked.
  for (const name of sound) {
    for (const user of users.get(name) ?? []) {
      const used = parts.get(user);
      used?.delete(name);
      if (used?.size === 0) sound.push(user);
    }
  }
  const circles = new Set(types.keys());
  for (const name of sound) circles.delete(name);
  return circles;
}

/** The names that a type is an alias, a union or an intersection of. */
function madeOf(type: TypeNode): readonly string[] {
  if (type.kind === "word") return [type.text];
  return type.kind === "union" || type.kind === "intersection" ? type.parts.flatMap(madeOf) : [];
}
