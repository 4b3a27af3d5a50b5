import { usesValue } from "../syntax/find-mutations.js";
import { hasUnreadableSpread, namesInElements } from "../syntax/list-elements.js";
import type { Source } from "../syntax/parse-source.js";
import type { AddListElement, AddServeArgument } from "./edit.js";
import { findList, listKey } from "./find-list.js";
import { groupBy } from "./group-by.js";
import { growList } from "./grow-list.js";
import { type ImportedNames, readImportedNames } from "./imported-names.js";
import { instructionsFor } from "./instructions.js";
import { joinProposals, nothing, type Proposal } from "./proposal.js";
import type { TextStyle } from "./text-style.js";

type AddElement = AddListElement | AddServeArgument;

/** Is a class used in another file of the project? Asked only where a list has parts that cannot be read. */
export type IsUsedElsewhere = (className: string) => boolean;

/** Appends `new X()` to the lists that do not mention the class yet, whatever they do with it. */
export function addElements(
  source: Source,
  style: TextStyle,
  edits: readonly AddElement[],
  isUsedElsewhere: IsUsedElsewhere,
): Proposal {
  const names = readImportedNames(source);
  return joinProposals(
    [...groupBy(edits, listKey).values()].map((group) =>
      addToList(source, style, { group, names, isUsedElsewhere }),
    ),
  );
}

interface Addition {
  /** Edits of one and the same list; at least one. */
  readonly group: readonly AddElement[];
  readonly names: ImportedNames;
  readonly isUsedElsewhere: IsUsedElsewhere;
}

function addToList(source: Source, style: TextStyle, { group, names, isUsedElsewhere }: Addition): Proposal {
  const [first] = group;
  const found = first && findList(source, first);
  if (!found) return nothing;
  if (!("list" in found)) {
    // What such code does with a class cannot be known; one that it uses is taken for registered.
    const unused = group.filter(
      ({ element }) => !usesValue(source, localName(names, element)) && !isUsedElsewhere(element),
    );
    if (unused.length === 0) return { ...nothing, unadded: elementsOf(group) };
    if ("problem" in found) return { ...nothing, diagnostics: [found.problem], pending: unused };
    const fix = `If it is not registered there, ${instructionsFor(source.path, unused)}`;
    return { ...nothing, diagnostics: [{ ...found.own, fix }], unadded: elementsOf(group) };
  }
  const present = namesInElements(source, found.list.elements);
  // A spread list of another file has the classes that are used there.
  const isSpread = hasUnreadableSpread(source, found.list.elements);
  const pending = group.filter(
    ({ element }) =>
      !present.has(element) &&
      !present.has(localName(names, element)) &&
      !(isSpread && isUsedElsewhere(element)),
  );
  const isPending = new Set(elementsOf(pending));
  const unadded = elementsOf(group).filter((name) => !isPending.has(name) && !present.has(name));
  if (pending.length === 0) return { ...nothing, unadded };
  const items = new Set(pending.map(({ element }) => `new ${localName(names, element)}()`));
  return { ...nothing, splices: growList(source, style, found.list, [...items]), pending, unadded };
}

const elementsOf = (edits: readonly AddElement[]): string[] => edits.map(({ element }) => element);

/** The name of a class in this file: its own where it is about to be imported. */
const localName = (names: ImportedNames, className: string): string =>
  names.expressionFor(className) ?? names.typeOnlyImport(className)?.local ?? className;
