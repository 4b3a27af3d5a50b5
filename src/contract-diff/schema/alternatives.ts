import { allowsKind, type Kind, kinds, placeOfKind } from "../../schema/accept/kinds.js";
import { listOf, partsOf, type SchemaPlace } from "../../schema/accept/schema-place.js";

/** Schemas that must all hold, without a choice left among them that was not made. */
export type Alternative = readonly SchemaPlace[];

/** One schema of those that must all hold on the wide side, and all of these. */
export interface WidePart {
  readonly part: SchemaPlace;
  readonly wideParts: Alternative;
}

/** Choices multiply; with more combinations than this the rest is not split, which only makes the answer coarser. */
const maxAlternatives = 64;

/**
 * The values of one kind that hold for all of `places`, as a list of alternatives: every choice (`anyOf`, `oneOf`)
 * is replaced by each of its branches. Together they hold for at least these values; no alternative, no value.
 */
export function alternativesOf(places: readonly SchemaPlace[], kind: Kind): readonly Alternative[] {
  const found: Alternative[] = [];
  const all = partsOf([...places, placeOfKind(kind)]);
  const open = all === undefined ? [] : [all];
  for (let parts = open.pop(); parts !== undefined; parts = open.pop()) {
    if (!parts.every((part) => allowsKind(part, kind))) continue;
    const choice = open.length + found.length < maxAlternatives ? openChoice(parts) : undefined;
    if (choice === undefined) found.push(parts);
    else open.push(...decide(parts, choice));
  }
  return found;
}

interface OpenChoice {
  readonly part: SchemaPlace;
  readonly keyword: "anyOf" | "oneOf";
}

function openChoice(parts: Alternative): OpenChoice | undefined {
  for (const part of parts) {
    for (const keyword of ["anyOf", "oneOf"] as const) {
      if (listOf(part, keyword).length > 0) return { part, keyword };
    }
  }
  return undefined;
}

/** The parts with each branch in place of the choice. What is left unevaluated depends on it, so that goes, too. */
function decide(parts: Alternative, { part, keyword }: OpenChoice): readonly Alternative[] {
  const rest = part.without(keyword, "unevaluatedItems", "unevaluatedProperties");
  const others = parts.map((each) => (each === part ? rest : each));
  return listOf(part, keyword)
    .flatMap((branch) => {
      const own = partsOf([branch]);
      return own === undefined ? [] : [[...new Set([...others, ...own])]];
    })
    .reverse();
}

/** The kinds that no schema of these rules out by itself. */
export const possibleKinds = (parts: readonly SchemaPlace[]): readonly Kind[] =>
  kinds.filter((kind) => parts.every((part) => allowsKind(part, kind)));
