import { getMember, type SourceNode } from "./source-tree.js";
import {
  groupProperties,
  isOfSameValue,
  listChoices,
  listSubschemas,
  type SchemaPart,
  type SpecSchemas,
  toPart,
} from "./spec-schemas.js";

const maxGroups = 20_000;

/**
 * Sets of schemas that can apply to one value, such that any two relevant schemas that can are in one of them: a schema with what
 * it always requires, and that with each alternative. Undefined if there are too many.
 */
export function listGroups(
  schemas: SpecSchemas,
  isRelevant: (part: SchemaPart) => boolean,
): readonly (readonly SchemaPart[])[] | undefined {
  const parts = schemas.listParts();
  const ids = new Map(parts.map(({ node }, index) => [node, index]));
  const counted = findCounted(schemas, isRelevant);
  const known = new Set<string>();
  /** The pairs of these schemas that were not together yet. */
  const listNew = (group: readonly SchemaPart[]): readonly string[] => {
    const members = group.flatMap(({ node }) => (counted.has(node) ? (ids.get(node) ?? []) : [])).sort();
    return members
      .flatMap((one, index) => members.slice(index + 1).map((other) => `${one},${other}`))
      .filter((pair) => !known.has(pair));
  };
  const groups: (readonly SchemaPart[])[] = [];
  const open: (readonly SchemaPart[])[] = parts.map((part) => [part]);
  const add = (group: readonly SchemaPart[]): void => {
    groups.push(group);
    for (const pair of listNew(group)) known.add(pair);
    const all = (shared: readonly SchemaPart[]) => schemas.gather(shared, { shared: true, choices: true });
    open.push(...listShared(group).filter((shared) => listNew(all(shared)).length > 0));
  };
  const seen = new Set<string>();
  for (const start of open) {
    const group = schemas.gather(start, { shared: true });
    const id = group
      .flatMap((part) => (counted.has(part.node) || listChoices(part).length > 0 ? ids.get(part.node) : []))
      .sort()
      .join();
    if (seen.has(id) || !group.some(({ node }) => counted.has(node))) continue;
    seen.add(id);
    add(group);
    if (groups.length > maxGroups) return undefined;
    // Of several alternatives of one schema, a value has one.
    const met = new Set(group.map(({ node }) => node));
    const alternatives = group.flatMap(listChoices);
    for (const alternative of alternatives) {
      if (met.has(alternative.node)) continue;
      const own = schemas.gather([alternative], { shared: true }).filter(({ node }) => !met.has(node));
      alternatives.push(...own.flatMap(listChoices));
      for (const { node } of own) met.add(node);
      if (listNew([...group, ...own]).length > 0) add([...group, ...own]);
      if (groups.length > maxGroups) return undefined;
    }
  }
  return groups;
}

/** The relevant schemas, and those with parts of a value that lead to one. */
function findCounted(
  schemas: SpecSchemas,
  isRelevant: (part: SchemaPart) => boolean,
): ReadonlySet<SourceNode> {
  const parts = schemas.listParts();
  const sources = new Map<SourceNode, SourceNode[]>();
  for (const part of parts) {
    const target = schemas.follow(part);
    for (const inner of [...listSubschemas(part).map((one) => one.part), ...(target ? [target] : [])])
      sources.set(inner.node, [...(sources.get(inner.node) ?? []), part.node]);
  }
  const relevant = parts.filter(isRelevant);
  const leading = new Set<SourceNode>(relevant.map(({ node }) => node));
  for (const node of leading) for (const source of sources.get(node) ?? []) leading.add(source);
  const outer = parts.filter((part) =>
    listSubschemas(part).some(({ keyword, part: { node } }) => !isOfSameValue(keyword) && leading.has(node)),
  );
  return new Set([...relevant, ...outer].map(({ node }) => node));
}

/** The schemas that several schemas of one value have for the same part of it. */
const listShared = (parts: readonly SchemaPart[]): (readonly SchemaPart[])[] =>
  [
    ...groupProperties(parts).values(),
    parts.flatMap(({ node, root }) => toPart(getMember(node, "items"), root)),
  ].filter(({ length }) => length > 1);
