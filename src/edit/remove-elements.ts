import type { ts } from "../syntax/compiler.js";
import { usesValue } from "../syntax/find-mutations.js";
import { namesInElements } from "../syntax/list-elements.js";
import type { Source } from "../syntax/parse-source.js";
import { stripWrappers } from "../syntax/resolve-value.js";
import type { RemoveListElement, RemoveServeArgument } from "./edit.js";
import { findList, listKey } from "./find-list.js";
import { groupBy } from "./group-by.js";
import { type ImportedNames, readImportedNames } from "./imported-names.js";
import { byHand, joinProposals, nothing, type Proposal, unexpectedShape } from "./proposal.js";
import { removeFromList } from "./shrink-list.js";

type RemoveElement = RemoveListElement | RemoveServeArgument;

/** Takes `new X(…)` out of lists. A class that a list mentions in another way is left, and is an error. */
export function removeElements(source: Source, edits: readonly RemoveElement[]): Proposal {
  const names = readImportedNames(source);
  return joinProposals(
    [...groupBy(edits, listKey).values()].map((group) => removeFromOne(source, group, names)),
  );
}

function removeFromOne(source: Source, group: readonly RemoveElement[], names: ImportedNames): Proposal {
  const [first] = group;
  const found = first && findList(source, first);
  if (!found) return nothing;
  if ("problem" in found) return { ...nothing, diagnostics: [found.problem], pending: group };
  if ("own" in found) {
    // Deleting a class that such code uses would break it; where it is not used here, there is nothing to take out.
    const used = group.filter(({ element }) => usesValue(source, names.expressionFor(element) ?? element));
    const { code: _code, severity: _severity, ...place } = found.own;
    return used.length === 0
      ? nothing
      : {
          ...nothing,
          diagnostics: [{ fix: byHand, ...place, code: "unexpected-shape", severity: "error" }],
          pending: used,
        };
  }
  const wanted = new Map(group.map((edit) => [names.expressionFor(edit.element) ?? edit.element, edit]));
  const removed = found.list.elements.filter((element) => wanted.has(instantiated(source, element)));
  const direct = new Set(removed.map((element) => instantiated(source, element)));
  const mentioned = namesInElements(source, found.list.elements);
  const elsewhere = [...wanted].filter(
    ([name]) => !direct.has(name) && mentioned.has(name.split(".").at(-1) ?? name),
  );
  return {
    splices: removeFromList(source, found.list, removed),
    diagnostics: elsewhere.map(([name]) =>
      unexpectedShape(source, `The list mentions ${name} otherwise than as 'new ${name}(…)'.`),
    ),
    pending: [...wanted]
      .filter(([name]) => direct.has(name))
      .map(([, edit]) => edit)
      .concat(elsewhere.map(([, edit]) => edit)),
  };
}

/** What an element instantiates: `S` in `new S(this.store)`, `commands.Say` in `new commands.Say()`. */
function instantiated(source: Source, element: ts.Node): string {
  const inner = stripWrappers(source, element as ts.Expression);
  return source.compiler.isNewExpression(inner) ? inner.expression.getText(source.file) : "";
}
