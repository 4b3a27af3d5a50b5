import { namesInElements, usesValue } from "../syntax/list-elements.js";
import type { Source } from "../syntax/parse-source.js";
import { type AddImport, type AddListElement, type AddServeArgument, instructionsFor } from "./edit.js";
import { findList, listKey } from "./find-list.js";
import { groupBy } from "./group-by.js";
import { growList } from "./grow-list.js";
import { type ImportedNames, readImportedNames } from "./imported-names.js";
import { joinProposals, nothing, type Proposal } from "./proposal.js";
import type { TextStyle } from "./text-style.js";

type AddElement = AddListElement | AddServeArgument;

export interface Additions {
  readonly edits: readonly AddElement[];
  /** The imports of these elements. */
  readonly imports: readonly AddImport[];
}

/** Appends `new X()` to the lists that do not mention the class yet in any way. */
export function addElements(source: Source, style: TextStyle, { edits, imports }: Additions): Proposal {
  const names = readImportedNames(source);
  return joinProposals(
    [...groupBy(edits, listKey).values()].map((group) => addToList(source, style, { group, imports, names })),
  );
}

interface Addition {
  /** Edits of the same list; at least one. */
  readonly group: readonly AddElement[];
  readonly imports: readonly AddImport[];
  readonly names: ImportedNames;
}

function addToList(source: Source, style: TextStyle, { group, imports, names }: Addition): Proposal {
  const [first] = group;
  const found = first && findList(source, first);
  if (!found) return nothing;
  if (!("list" in found)) {
    // It is not known how such code uses a class, so a class that it uses counts as registered.
    const unused = group.filter(({ element }) => !usesValue(source, localName(names, element)));
    if (unused.length === 0) return { ...nothing, unadded: elementsOf(group) };
    if ("problem" in found) return { ...nothing, diagnostics: [found.problem], pending: unused };
    const missing = imports.filter(
      ({ name }) => names.expressionFor(name) === undefined && unused.some(({ element }) => element === name),
    );
    const fix = `If it is not registered there, ${instructionsFor(source.path, [...missing, ...unused])}`;
    return { ...nothing, diagnostics: [{ ...found.own, fix }], unadded: elementsOf(group) };
  }
  const present = namesInElements(source, found.list.elements);
  const pending = group.filter(
    ({ element }) => !present.has(element) && !present.has(localName(names, element)),
  );
  if (pending.length === 0) return nothing;
  const items = new Set(pending.map(({ element }) => `new ${localName(names, element)}()`));
  return { ...nothing, splices: growList(source, style, found.list, [...items]), pending };
}

const elementsOf = (edits: readonly AddElement[]): string[] => edits.map(({ element }) => element);

/** The name of a class in this file; its own name if it will be imported. */
const localName = (names: ImportedNames, className: string): string =>
  names.expressionFor(className) ?? names.typeOnlyImport(className)?.local ?? className;
