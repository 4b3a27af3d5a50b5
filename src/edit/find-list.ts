import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { findCalls } from "../syntax/find-calls.js";
import { findModuleClass } from "../syntax/find-class.js";
import { isMutated } from "../syntax/find-mutations.js";
import type { Source } from "../syntax/parse-source.js";
import { findMember, resolveArray, resultOf } from "../syntax/resolve-value.js";
import type { AddListElement, AddServeArgument, RemoveListElement, RemoveServeArgument } from "./edit.js";
import { argumentsOf, type List, listOf } from "./grow-list.js";
import { unexpectedShape } from "./proposal.js";

export type ListEdit = AddListElement | AddServeArgument | RemoveListElement | RemoveServeArgument;

/** The list that an edit is about, or why there is none. */
export type ListFound = { readonly list: List } | { readonly problem: Diagnostic };

/** What two edits of the same list have in common. */
export const listKey = (edit: ListEdit): string =>
  "callee" in edit ? `call ${edit.callee}` : `list ${edit.className} ${edit.method} ${edit.moduleFlag ?? ""}`;

export const findList = (source: Source, edit: ListEdit): ListFound =>
  "callee" in edit ? findServeCall(source, edit.callee) : findMemberList(source, edit);

function findMemberList(
  source: Source,
  { className, method, moduleFlag }: AddListElement | RemoveListElement,
): ListFound {
  const query = moduleFlag === undefined ? { className } : { className, moduleFlag };
  const found = findModuleClass(source, query);
  if (!found)
    return {
      problem: unexpectedShape(
        source,
        `There is no class '${className}' here, nor another one that is clearly its successor.`,
      ),
    };
  const result = resultOf(source, found.node, method);
  const array = result && resolveArray(source, result);
  const isChanged = array !== undefined && isMutated(source, array);
  if (array && !isChanged && !array.elements.some(source.compiler.isOmittedExpression))
    return { list: listOf(array) };
  const problem = isChanged
    ? "returns a list that is changed after it is made"
    : findMember(source, found.node, method)
      ? "does not return one array literal"
      : "is not there";
  const message = `${found.name || className}.${method}() ${problem}.`;
  return { problem: unexpectedShape(source, message, result ?? found.node.name ?? found.node) };
}

function findServeCall(source: Source, callee: string): ListFound {
  const calls = findCalls(source, callee);
  const [call, another] = calls;
  if (!call) return { problem: unexpectedShape(source, `There is no call of ${callee}(…) here.`) };
  if (another)
    return {
      problem: unexpectedShape(source, `${callee}(…) is called ${calls.length} times here.`, another),
    };
  return { list: argumentsOf(call) };
}
