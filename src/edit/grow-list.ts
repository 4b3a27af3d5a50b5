import { compiler, type ts } from "../syntax/compiler.js";
import type { Source } from "../syntax/parse-source.js";
import { insertion, type Splice } from "../syntax/splice.js";
import { findLineStart, readIndentAt, type StyledSource } from "./text-style.js";

/** The elements of an array literal, a call or a pair of braces; `close` is the offset of the closing bracket. */
export interface List {
  readonly elements: ts.NodeArray<ts.Node>;
  readonly close: number;
}

/** The list of an array literal or of named imports. */
export const getList = (node: ts.ArrayLiteralExpression | ts.NamedImports): List => ({
  elements: node.elements,
  close: node.getEnd() - 1,
});

/** The list of a call's arguments. */
export const getArguments = (call: ts.CallExpression): List => ({
  elements: call.arguments,
  close: call.getEnd() - 1,
});

/**
 * Appends items in the style of the list: on one line or one per line, with or without a trailing comma. Comments stay
 * where they are; a comment after the last element stays after it.
 */
export function growList(source: StyledSource, list: List, items: readonly string[]): Splice[] {
  const last = list.elements.at(-1);
  if (!last) return fillList(source, list, items);
  const { hasTrailingComma } = list.elements;
  const end = hasTrailingComma ? list.elements.end : last.getEnd();
  if (!isMultiLine(source, list))
    return [
      insertion(
        end,
        items.map((item) => `${hasTrailingComma ? "" : ","} ${item}${hasTrailingComma ? "," : ""}`).join(""),
      ),
    ];
  const indent = findElementIndent(source, list);
  const lines = items.map((item) => `${source.style.lineEnd}${indent}${item}`).join(",");
  const comma = hasTrailingComma ? [] : [insertion(end, ",")];
  return [...comma, insertion(skipComments(source, end), lines + (hasTrailingComma ? "," : ""))];
}

/**
 * Inserts items of one line in the style of the list, before the element at `index`; after the last if there is no such
 * element. An empty list stays on its line.
 */
export function insertIntoList(
  source: StyledSource,
  list: List,
  { index, items }: { readonly index: number; readonly items: readonly string[] },
): Splice[] {
  const { elements, close } = list;
  if (elements.length === 0 && source.text.slice(elements.pos, close).trim() === "")
    return [{ start: elements.pos, end: close, text: items.join(", ") }];
  const next = elements[index];
  if (!next) return growList(source, list, items);
  if (!isMultiLine(source, list))
    return [insertion(next.getStart(source.file), items.map((item) => `${item}, `).join(""))];
  const indent = findElementIndent(source, list);
  return [
    insertion(
      skipComments(source, next.pos),
      items.map((item) => `${source.style.lineEnd}${indent}${item},`).join(""),
    ),
  ];
}

/** True if there is a line break between the elements or beside the brackets. Line breaks inside an element do not count. */
function isMultiLine({ text, file }: Source, { elements, close }: List): boolean {
  let position = elements.pos;
  for (const element of elements) {
    if (text.slice(position, element.getStart(file)).includes("\n")) return true;
    position = element.getEnd();
  }
  return text.slice(position, close).includes("\n");
}

/** The end of the comments that follow on the same line; `position` if there are none. */
export function skipComments({ text }: Source, position: number): number {
  return compiler.getTrailingCommentRanges(text, position)?.at(-1)?.end ?? position;
}

function findElementIndent({ text, file, style }: StyledSource, { elements }: List): string {
  const leader = elements.findLast((element) => {
    const start = element.getStart(file);
    return text.slice(findLineStart(text, start), start).trim() === "";
  });
  return leader ? readIndentAt(text, leader.getStart(file)) : readIndentAt(text, elements.pos) + style.indent;
}

/** Inserts the first items into a list that is empty or has only comments. */
function fillList(
  { text, style }: StyledSource,
  { elements, close }: List,
  items: readonly string[],
): Splice[] {
  const inner = text.slice(elements.pos, close);
  const outerIndent = readIndentAt(text, elements.pos);
  const lines = items.map((item) => `${outerIndent}${style.indent}${item},${style.lineEnd}`).join("");
  if (inner.trim() !== "") {
    const start = findLineStart(text, close);
    const closesOnOwnLine = start > elements.pos && text.slice(start, close).trim() === "";
    return [closesOnOwnLine ? insertion(start, lines) : insertion(close, ` ${items.join(", ")}`)];
  }
  const before = text.slice(findLineStart(text, elements.pos), elements.pos - 1).trim();
  const isOneLine = !inner.includes("\n") && before !== "return";
  const filled = isOneLine ? items.join(", ") : `${style.lineEnd}${lines}${outerIndent}`;
  return [{ start: elements.pos, end: close, text: filled }];
}
