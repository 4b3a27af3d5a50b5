import type { ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import type { Splice } from "../syntax/splice.js";
import { endOfComments, type List } from "./grow-list.js";
import { lineStart } from "./text-style.js";

/**
 * Takes elements out of a list, each with its comma. One that has lines of its own goes with them and with the comment
 * behind it; comments on other lines stay.
 */
export function removeFromList(source: Source, list: List, removed: readonly ts.Node[]): Splice[] {
  if (removed.length === 0) return [];
  const { elements } = list;
  const gone = new Set(removed);
  const lastKept = elements.findLastIndex((element) => !gone.has(element));
  const splices = elements.flatMap((element, index) =>
    gone.has(element) ? [removeElement(source, list, { element, index, isTail: index > lastKept })] : [],
  );
  if (lastKept < 0 && isBlankWithout(source, list, splices))
    return [{ start: elements.pos, end: list.close, text: "" }];
  const next = lastKept < 0 ? undefined : elements[lastKept + 1];
  if (!next || elements.hasTrailingComma) return splices;
  return [...splices, { start: next.pos - 1, end: next.pos, text: "" }];
}

interface Removal {
  readonly element: ts.Node;
  readonly index: number;
  /** No kept element follows. */
  readonly isTail: boolean;
}

function removeElement(source: Source, { elements }: List, { element, index, isTail }: Removal): Splice {
  const { text, file } = source;
  const start = element.getStart(file);
  const end = elements[index + 1]?.pos ?? Math.max(elements.end, element.getEnd());
  const before = text.slice(lineStart(text, start), start);
  const commented = endOfComments(source, end);
  const lineBreak = /^[ \t]*\r?\n/.exec(text.slice(commented))?.[0];
  if (before.trim() === "" && lineBreak !== undefined)
    return { start: start - before.length, end: commented + lineBreak.length, text: "" };
  if (isTail) return { start: start - (/[ \t]*$/.exec(before)?.[0].length ?? 0), end, text: "" };
  return { start, end: end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0), text: "" };
}

/** True when nothing but white space would be left between the brackets. */
function isBlankWithout({ text }: Source, { elements, close }: List, splices: readonly Splice[]): boolean {
  let position = elements.pos;
  let left = "";
  for (const { start, end } of splices) {
    left += text.slice(position, start);
    position = end;
  }
  return (left + text.slice(position, close)).trim() === "";
}
