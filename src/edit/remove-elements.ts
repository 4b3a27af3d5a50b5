import { compiler, type ts } from "../syntax/compiler.js";
import { findNamesInElements, usesValue } from "../syntax/list-elements.js";
import type { Source } from "../syntax/parse-source.js";
import { stripWrappers } from "../syntax/resolve-value.js";
import { applySplices, groupBy, type Splice } from "../syntax/splice.js";
import type { ListEdit } from "./edit.js";
import { findList, getListKey } from "./find-list.js";
import { type List, skipComments } from "./grow-list.js";
import { type ImportedNames, readImportedNames } from "./imported-names.js";
import { byHand, joinProposals, type Proposal, reportShape } from "./proposal.js";
import { findLineStart } from "./text-style.js";

/** Removes `new X(…)` from lists. A class that a list mentions in another way is left, and reported as an error. */
export function removeElements(source: Source, edits: readonly ListEdit[]): Proposal {
  const names = readImportedNames(source);
  return joinProposals(
    [...groupBy(edits, getListKey).values()].map((group) => removeFromOne(source, group, names)),
  );
}

function removeFromOne(source: Source, group: readonly ListEdit[], names: ImportedNames): Proposal {
  const [first] = group;
  const found = first && findList(source, first);
  if (!found) return {};
  if ("problem" in found) return { diagnostics: [found.problem], pending: group };
  if ("own" in found) {
    // Deleting a class that such code uses would break it. If the class is not used here, there is nothing to remove.
    const used = group.filter(({ element }) => usesValue(source, names.expressionFor(element) ?? element));
    const { code: _code, severity: _severity, ...place } = found.own;
    return used.length === 0
      ? {}
      : {
          diagnostics: [{ fix: byHand, ...place, code: "unexpected-shape", severity: "error" }],
          pending: used,
        };
  }
  const wanted = new Map(group.map((edit) => [names.expressionFor(edit.element) ?? edit.element, edit]));
  const removed = found.list.elements.filter((element) => wanted.has(findInstantiatedClass(source, element)));
  const direct = new Set(removed.map((element) => findInstantiatedClass(source, element)));
  const mentioned = findNamesInElements(found.list.elements);
  const elsewhere = [...wanted].filter(
    ([name]) => !direct.has(name) && mentioned.has(name.split(".").at(-1) ?? name),
  );
  return {
    splices: removeFromList(source, found.list, removed),
    diagnostics: elsewhere.map(([name]) =>
      reportShape(source, `The list uses '${name}' in another form than \`new ${name}(…)\`.`),
    ),
    pending: [...wanted]
      .filter(([name]) => direct.has(name))
      .map(([, edit]) => edit)
      .concat(elsewhere.map(([, edit]) => edit)),
  };
}

/** The class that an element instantiates: `S` in `new S(this.store)`, `commands.Say` in `new commands.Say()`. */
function findInstantiatedClass(source: Source, element: ts.Node): string {
  const inner = stripWrappers(element as ts.Expression);
  return compiler.isNewExpression(inner) ? inner.expression.getText(source.file) : "";
}

/**
 * Removes elements from a list, each with its comma. An element on separate lines is removed with these lines and the
 * comment after it. Comments on other lines stay.
 */
export function removeFromList(source: Source, list: List, removed: readonly ts.Node[]): Splice[] {
  if (removed.length === 0) return [];
  const { elements } = list;
  const gone = new Set(removed);
  const lastKept = elements.findLastIndex((element) => !gone.has(element));
  const splices = elements.flatMap((element, index) =>
    gone.has(element) ? [removeElement(source, list, element, index > lastKept)] : [],
  );
  if (lastKept < 0 && isBlankWithout(source, list, splices))
    return [{ start: elements.pos, end: list.close, text: "" }];
  const next = lastKept < 0 ? undefined : elements[lastKept + 1];
  if (!next || elements.hasTrailingComma) return splices;
  return [...splices, { start: next.pos - 1, end: next.pos, text: "" }];
}

/** @param isTail true if no kept element follows */
function removeElement(source: Source, { elements }: List, element: ts.Node, isTail: boolean): Splice {
  const { text, file } = source;
  const start = element.getStart(file);
  const end = elements[elements.indexOf(element) + 1]?.pos ?? Math.max(elements.end, element.getEnd());
  const before = text.slice(findLineStart(text, start), start);
  const commented = skipComments(source, end);
  const lineBreak = /^[ \t]*\r?\n/.exec(text.slice(commented))?.[0];
  if (before.trim() === "" && lineBreak !== undefined)
    return { start: start - before.length, end: commented + lineBreak.length, text: "" };
  if (isTail) return { start: start - (/[ \t]*$/.exec(before)?.[0].length ?? 0), end, text: "" };
  return { start, end: end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0), text: "" };
}

/** True if only white space would be left between the brackets. */
function isBlankWithout({ text }: Source, { elements, close }: List, splices: readonly Splice[]): boolean {
  const removed = splices.reduce((length, { start, end }) => length + end - start, 0);
  return (
    applySplices(text, splices)
      .slice(elements.pos, close - removed)
      .trim() === ""
  );
}
