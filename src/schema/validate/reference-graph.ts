/** Which schemas refer to which: to find those that call themselves, and those that never end. */
import type { JsonSchema } from "../../spec/spec.js";
import { namesInCircles } from "../circles.js";
import { schemaAt } from "../pointer.js";
import { readReference } from "../reference.js";
import { subschemas } from "../subschemas.js";
import type { Unit } from "./function-scope.js";

/** What a reference stands for, before it has a function. */
export interface Referent {
  readonly unit: Unit;
  /** From the unit's root: `#`, `#/$defs/node`. */
  readonly pointer: string;
  readonly schema: JsonSchema;
}

export type FindShared = (pointer: string) => Unit | undefined;

/** Follows a reference; undefined when it leads nowhere. */
export function follow(ref: string, unit: Unit, findShared: FindShared): Referent | undefined {
  const reference = readReference(ref, unit.root);
  if (reference.kind === "unsupported") return undefined;
  if (reference.kind === "shared") {
    const shared = findShared(reference.pointer);
    return shared && { unit: shared, pointer: "#", schema: shared.root };
  }
  const schema = schemaAt(unit.root, reference.tokens);
  return schema === undefined ? undefined : { unit, pointer: reference.pointer, schema };
}

/** Identifies what a reference stands for. */
export const referentKey = ({ unit, pointer }: Omit<Referent, "schema">): string => `${unit.name}${pointer}`;

const sameValue = new Set(["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"]);
const definitions = new Set(["$defs", "definitions"]);

/** The schemas whose check may call itself (by `referentKey`), and those that would do so without end. */
export interface Circles {
  readonly recursive: ReadonlySet<string>;
  readonly endless: readonly Referent[];
}

export function findCircles(units: readonly Unit[], findShared: FindShared): Circles {
  const referents = new Map<string, Referent>();
  const all = new Map<string, Set<string>>();
  const direct = new Map<string, Set<string>>();
  const open: Referent[] = units.map((unit) => ({ unit, pointer: "#", schema: unit.root }));
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    const key = referentKey(from);
    if (all.has(key)) continue;
    referents.set(key, from);
    const used = references(from, findShared);
    all.set(key, new Set(used.map(({ to }) => referentKey(to))));
    direct.set(key, new Set(used.filter(({ isDirect }) => isDirect).map(({ to }) => referentKey(to))));
    open.push(...used.map(({ to }) => to));
  }
  const endless = namesInCircles(direct);
  return {
    recursive: namesInCircles(all),
    endless: [...referents.values()].filter((to) => endless.has(referentKey(to))),
  };
}

interface Reference {
  readonly to: Referent;
  /** It applies to the same value, not to a part of it. */
  readonly isDirect: boolean;
}

function references({ unit, schema }: Referent, findShared: FindShared): readonly Reference[] {
  const found: Reference[] = [];
  const open: { readonly schema: JsonSchema; readonly isDirect: boolean }[] = [{ schema, isDirect: true }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { isDirect } = at;
    if (typeof at.schema === "object" && typeof at.schema.$ref === "string") {
      const to = follow(at.schema.$ref, unit, findShared);
      if (to !== undefined) found.push({ to, isDirect });
    }
    for (const child of subschemas(at.schema)) {
      if (definitions.has(child.keyword)) continue;
      open.push({ schema: child.schema, isDirect: isDirect && sameValue.has(child.keyword) });
    }
  }
  return found;
}
