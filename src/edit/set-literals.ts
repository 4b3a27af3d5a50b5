import type { ts } from "../syntax/compiler.js";
import { findModuleClass } from "../syntax/find-class.js";
import type { Source } from "../syntax/parse-source.js";
import { findMember, hasUnreadMembers, resultOf, stripWrappers } from "../syntax/resolve-value.js";
import { quoteOf, type Splice, stringLiteral } from "../syntax/splice.js";
import type { SetLiteral } from "./edit.js";
import { noClass } from "./find-list.js";
import { insertIntoList, listOf } from "./grow-list.js";
import { joinProposals, nothing, type Proposal, unexpectedShape, userExpression } from "./proposal.js";
import { removeFromList } from "./remove-elements.js";
import type { TextStyle } from "./text-style.js";

/** Sets literals to the values of the spec. An expression of the user in their place is left, with a note. */
export const setLiterals = (source: Source, style: TextStyle, edits: readonly SetLiteral[]): Proposal =>
  joinProposals(edits.map((edit) => setLiteral(source, style, edit)));

function setLiteral(source: Source, style: TextStyle, edit: SetLiteral): Proposal {
  const { className, method, moduleFlag, value } = edit;
  const found = findModuleClass(source, moduleFlag === undefined ? { className } : { className, moduleFlag });
  if (!found) return { ...nothing, diagnostics: [noClass(source, className)] };
  const member = findMember(source, found.node, method);
  if (!member && !hasUnreadMembers(source, found.node))
    return refuse(
      edit,
      unexpectedShape(source, `${found.name} has no ${method}().`, found.node.name ?? found.node),
    );
  const result = resultOf(source, found.node, method);
  const splices = result && spliceValue(source, style, { node: stripWrappers(source, result), value });
  if (splices) return splices.length === 0 ? nothing : { ...nothing, splices, pending: [edit] };
  const message = `${found.name}.${method}() returns an expression of your own; the spec has ${JSON.stringify(value)}.`;
  return {
    ...nothing,
    diagnostics: [userExpression(source, message, result ?? member ?? found.node.name ?? found.node)],
  };
}

const refuse = (edit: SetLiteral, problem: Proposal["diagnostics"][number]): Proposal => ({
  ...nothing,
  diagnostics: [problem],
  pending: [edit],
});

interface Assignment {
  readonly node: ts.Expression;
  readonly value: SetLiteral["value"];
}

/** The splices that set a literal to a value; none if it already has it. Undefined if it is not a literal of that kind. */
function spliceValue(source: Source, style: TextStyle, { node, value }: Assignment): Splice[] | undefined {
  if (typeof value === "object") return spliceStrings(source, style, { node, values: value });
  const current = literalValue(source, node);
  if (typeof current !== typeof value) return undefined;
  return current === value ? [] : [replaceLiteral(source, node, value)];
}

/** The value of a string or number literal. */
function literalValue({ compiler }: Source, node: ts.Expression): string | number | undefined {
  if (compiler.isStringLiteralLike(node)) return node.text;
  return compiler.isNumericLiteral(node) ? Number(node.text) : undefined;
}

function replaceLiteral({ file }: Source, node: ts.Expression, value: string | number): Splice {
  const old = node.getText(file);
  const text = typeof value === "number" ? String(value) : stringLiteral(value, quoteOf(old));
  return { start: node.getStart(file), end: node.getEnd(), text };
}

interface ListAssignment {
  readonly node: ts.Expression;
  readonly values: readonly string[];
}

/**
 * Changes as few elements as possible. Equal elements at both ends stay, with their comments. Between them elements
 * are rewritten in place, and the rest is removed or added.
 */
function spliceStrings(
  source: Source,
  style: TextStyle,
  { node, values }: ListAssignment,
): Splice[] | undefined {
  const { compiler, file } = source;
  if (!compiler.isArrayLiteralExpression(node)) return undefined;
  const { elements } = node;
  const old = elements.flatMap((element) => (compiler.isStringLiteralLike(element) ? [element.text] : []));
  if (old.length !== elements.length) return undefined;
  const head = sharedLength(old, values);
  const tail = sharedLength(old.slice(head).toReversed(), values.slice(head).toReversed());
  const changed = elements.slice(head, elements.length - tail);
  const wanted = values.slice(head, values.length - tail);
  const replaced = changed.flatMap((element, index) => {
    const value = wanted[index];
    return value === undefined ? [] : [replaceLiteral(source, element, value)];
  });
  const quote = elements[0] ? quoteOf(elements[0].getText(file)) : style.quote;
  const items = wanted.slice(changed.length).map((value) => stringLiteral(value, quote));
  const list = listOf(node);
  return items.length > 0
    ? [...replaced, ...insertIntoList(source, style, { list, index: head + changed.length, items })]
    : [...replaced, ...removeFromList(source, list, changed.slice(wanted.length))];
}

/** The number of equal elements at the start of two lists. */
function sharedLength(left: readonly string[], right: readonly string[]): number {
  const length = left.findIndex((value, index) => value !== right[index]);
  return length < 0 ? left.length : length;
}
