import type { SchemaPlace } from "./resolve-reference.js";
import { memberOf, type SourceNode, textOf } from "./source-node.js";
import { SAME_VALUE, subschemasOf } from "./subschemas.js";

interface Step extends SchemaPlace {
  /** The reference that led here. */
  readonly via: SourceNode | undefined;
}

type Resolve = (reference: string, root: SourceNode) => SchemaPlace | undefined;

/**
 * The references that lead back to where they stand without going into a member or an item: a validator would
 * follow them for ever. Depth first with a stack of its own, since a chain of references may be long.
 */
export function findCircles(starts: readonly SchemaPlace[], resolve: Resolve): readonly SourceNode[] {
  const closing: SourceNode[] = [];
  const state = new Map<SourceNode, "open" | "done">();
  const path: { readonly step: Step; readonly next: Iterator<Step> }[] = [];
  const enter = (step: Step): void => {
    if (state.get(step.node) === "open" && step.via) closing.push(step.via);
    if (state.has(step.node)) return;
    state.set(step.node, "open");
    path.push({ step, next: stepsFrom(step, resolve) });
  };
  for (const start of starts) {
    enter({ ...start, via: undefined });
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value } = top.next.next();
      if (!done) enter(value);
      else {
        state.set(top.step.node, "done");
        path.pop();
      }
    }
  }
  return closing;
}

function* stepsFrom({ node, root, via }: Step, resolve: Resolve): Generator<Step, undefined> {
  if (node.kind !== "map") return undefined;
  const reference = memberOf(node, "$ref");
  const target = reference && resolve(textOf(reference) ?? "", root);
  if (target) yield { ...target, via: reference };
  for (const [keyword, inner] of subschemasOf(node)) {
    if (SAME_VALUE.has(keyword)) yield { node: inner, root, via };
  }
  return undefined;
}
