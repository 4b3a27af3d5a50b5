import { findNamesInElements, usesValue } from "../syntax/list-elements.js";
import { groupBy } from "../syntax/splice.js";
import { type AddImport, type ListEdit, writeInstructions } from "./edit.js";
import { findList, getListKey } from "./find-list.js";
import { growList } from "./grow-list.js";
import { type ImportedNames, readImportedNames } from "./imported-names.js";
import { joinProposals, type Proposal } from "./proposal.js";
import type { StyledSource } from "./text-style.js";

/** Appends `new X()` to the lists that do not mention the class yet in any way. `imports` are those of the elements. */
export function addElements(
  source: StyledSource,
  edits: readonly ListEdit[],
  imports: readonly AddImport[],
): Proposal {
  const groups = [...groupBy(edits, getListKey).values()];
  return joinProposals(groups.map((group) => addToList(source, group, imports)));
}

function addToList(
  source: StyledSource,
  group: readonly ListEdit[],
  imports: readonly AddImport[],
): Proposal {
  const names = readImportedNames(source);
  const [first] = group;
  const found = first && findList(source, first);
  if (!found) return {};
  if (!("list" in found)) {
    // It is not known how such code uses a class, so a class that it uses counts as registered.
    const unused = group.filter(({ element }) => !usesValue(source, getLocalName(names, element)));
    if (unused.length === 0) return { unadded: listElements(group) };
    if ("problem" in found) return { diagnostics: [found.problem], pending: unused };
    const missing = imports.filter(
      ({ name }) => names.expressionFor(name) === undefined && unused.some(({ element }) => element === name),
    );
    const fix = writeInstructions(source.path, [...missing, ...unused], "If it is not registered there");
    return { diagnostics: [{ ...found.own, fix }], unadded: listElements(group) };
  }
  const present = findNamesInElements(found.list.elements);
  const pending = group.filter(
    ({ element }) => !present.has(element) && !present.has(getLocalName(names, element)),
  );
  if (pending.length === 0) return {};
  const items = new Set(pending.map(({ element }) => `new ${getLocalName(names, element)}()`));
  return { splices: growList(source, found.list, [...items]), pending };
}

const listElements = (edits: readonly ListEdit[]): string[] => edits.map(({ element }) => element);

/** The name of a class in this file; its own name if it will be imported. */
const getLocalName = (names: ImportedNames, className: string): string =>
  names.expressionFor(className) ?? names.typeOnlyImport(className)?.local ?? className;
