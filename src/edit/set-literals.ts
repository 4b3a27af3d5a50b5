import { compiler, type ts } from "../syntax/compiler.js";
import { findModuleClass } from "../syntax/find-class.js";
import type { Source } from "../syntax/parse-source.js";
import { findMember, findResult, hasUnreadMembers, stripWrappers } from "../syntax/resolve-value.js";
import { getQuote, type Splice, writeString } from "../syntax/splice.js";
import type { SetLiteral } from "./edit.js";
import { reportMissingClass } from "./find-list.js";
import { getList, insertIntoList } from "./grow-list.js";
import { joinProposals, type Proposal, reportExpression, reportShape } from "./proposal.js";
import { removeFromList } from "./remove-elements.js";
import type { StyledSource } from "./text-style.js";

/** Sets literals to the values of the spec. An expression of the user in their place is left, with a note. */
export const setLiterals = (source: StyledSource, edits: readonly SetLiteral[]): Proposal =>
  joinProposals(edits.map((edit) => setLiteral(source, edit)));

function setLiteral(source: StyledSource, edit: SetLiteral): Proposal {
  const { className, method, moduleFlag, value } = edit;
  const found = findModuleClass(source, className, moduleFlag);
  if (!found) return { diagnostics: [reportMissingClass(source, className)] };
  const member = findMember(found.node, method);
  if (!member && !hasUnreadMembers(found.node))
    return {
      diagnostics: [reportShape(source, `${found.name} has no ${method}().`, found.node.name ?? found.node)],
      pending: [edit],
    };
  const result = findResult(found.node, method);
  const splices = result && spliceValue(source, stripWrappers(result), value);
  if (splices) return splices.length === 0 ? {} : { splices, pending: [edit] };
  const message = `${found.name}.${method}() returns an expression of your own; the spec has ${JSON.stringify(value)}.`;
  return {
    diagnostics: [reportExpression(source, message, result ?? member ?? found.node.name ?? found.node)],
  };
}

/** The splices that set a literal to a value; none if it already has it. Undefined if it is not a literal of that kind. */
function spliceValue(
  source: StyledSource,
  node: ts.Expression,
  value: SetLiteral["value"],
): Splice[] | undefined {
  if (typeof value === "object") return spliceStrings(source, node, value);
  const current = readLiteral(node);
  if (typeof current !== typeof value) return undefined;
  return current === value ? [] : [replaceLiteral(source, node, value)];
}

/** The value of a string or number literal. */
function readLiteral(node: ts.Expression): string | number | undefined {
  if (compiler.isStringLiteralLike(node)) return node.text;
  return compiler.isNumericLiteral(node) ? Number(node.text) : undefined;
}

function replaceLiteral({ file }: Source, node: ts.Expression, value: string | number): Splice {
  const old = node.getText(file);
  const text = typeof value === "number" ? String(value) : writeString(value, getQuote(old));
  return { start: node.getStart(file), end: node.getEnd(), text };
}

/**
 * Changes as few elements as possible. Equal elements at both ends stay, with their comments. Between them elements
 * are rewritten in place, and the rest is removed or added.
 */
function spliceStrings(
  source: StyledSource,
  node: ts.Expression,
  values: readonly string[],
): Splice[] | undefined {
  const { file } = source;
  if (!compiler.isArrayLiteralExpression(node)) return undefined;
  const { elements } = node;
  const old = elements.flatMap((element) => (compiler.isStringLiteralLike(element) ? [element.text] : []));
  if (old.length !== elements.length) return undefined;
  const head = countShared(old, values);
  const tail = countShared(old.slice(head).toReversed(), values.slice(head).toReversed());
  const changed = elements.slice(head, elements.length - tail);
  const wanted = values.slice(head, values.length - tail);
  const replaced = changed.flatMap((element, index) => {
    const value = wanted[index];
    return value === undefined ? [] : [replaceLiteral(source, element, value)];
  });
  const quote = elements[0] ? getQuote(elements[0].getText(file)) : source.style.quote;
  const items = wanted.slice(changed.length).map((value) => writeString(value, quote));
  const list = getList(node);
  return items.length > 0
    ? [...replaced, ...insertIntoList(source, list, { index: head + changed.length, items })]
    : [...replaced, ...removeFromList(source, list, changed.slice(wanted.length))];
}

/** The number of equal elements at the start of two lists. */
function countShared(left: readonly string[], right: readonly string[]): number {
  const length = left.findIndex((value, index) => value !== right[index]);
  return length < 0 ? left.length : length;
}
