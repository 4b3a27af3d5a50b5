import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { compiler } from "../syntax/compiler.js";
import { findCalls, findModuleClass } from "../syntax/find-class.js";
import { isMutated } from "../syntax/list-elements.js";
import type { Source } from "../syntax/parse-source.js";
import { findMember, findResult, hasUnreadMembers, resolveArray } from "../syntax/resolve-value.js";
import type { ListEdit, ListElement } from "./edit.js";
import { getArguments, getList, type List } from "./grow-list.js";
import { reportExpression, reportShape } from "./proposal.js";

/**
 * The list of an edit, or the reason why it was not found. `problem`: the place of the list is missing. `own`: the user has
 * written an expression there that cannot be read.
 */
export type ListFound =
  | { readonly list: List }
  | { readonly problem: Diagnostic }
  | { readonly own: Diagnostic };

/** Equal for two edits of the same list. */
export const getListKey = (edit: ListEdit): string =>
  "callee" in edit ? `call ${edit.callee}` : `list ${edit.className} ${edit.method} ${edit.moduleFlag ?? ""}`;

export const findList = (source: Source, edit: ListEdit): ListFound =>
  "callee" in edit ? findServeCall(source, edit.callee) : findMemberList(source, edit);

function findMemberList(source: Source, { className, method, moduleFlag }: ListElement): ListFound {
  const found = findModuleClass(source, className, moduleFlag);
  if (!found) return { own: reportMissingClass(source, className) };
  const result = findResult(found.node, method);
  const array = result && resolveArray(result);
  const isChanged = array !== undefined && isMutated(source, array);
  if (array && !isChanged && !array.elements.some(compiler.isOmittedExpression))
    return { list: getList(array) };
  const member = findMember(found.node, method);
  const title = `${found.name || className}.${method}()`;
  if (!member && !hasUnreadMembers(found.node))
    return {
      problem: reportShape(source, `${title} is missing.`, found.node.name ?? found.node),
    };
  const message = isChanged
    ? `${title} returns a list that is changed later.`
    : `${title} returns an expression of your own, which wsgen does not read.`;
  return { own: reportExpression(source, message, result ?? member ?? found.node.name ?? found.node) };
}

/** The file exists, but its class has a form that wsgen cannot read. */
export const reportMissingClass = (source: Source, className: string): Diagnostic =>
  reportExpression(
    source,
    `Class '${className}' was not found here, and no other class clearly replaces it. wsgen does not edit this file.`,
    source.file,
  );

function findServeCall(source: Source, callee: string): ListFound {
  const calls = findCalls(source, callee);
  const [call, another] = calls;
  if (!call) {
    const message = `This file does not call ${callee}(…).`;
    return source.text.includes(callee)
      ? { own: reportExpression(source, message, source.file) }
      : { problem: reportShape(source, message) };
  }
  if (another)
    return {
      own: reportExpression(source, `${callee}(…) is called ${calls.length} times here.`, another),
    };
  return { list: getArguments(call) };
}
