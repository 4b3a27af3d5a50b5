/** Finds out which schemas refer to each other, and so which validators call themselves. */

import { schemaAt } from "../../spec-file/json.js";
import type { JsonSchema } from "../../spec-file/spec.js";
import { findNamesInCycles } from "../cycles.js";
import { isNote, subschemas } from "../keywords.js";
import { readReference } from "../reference.js";
import type { Unit } from "./function-scope.js";

/** The target of a reference, before it has a function. */
export interface Referent {
  readonly unit: Unit;
  /** From the unit's root: `#`, `#/$defs/node`. */
  readonly pointer: string;
  readonly schema: JsonSchema;
}

export type FindShared = (pointer: string) => Unit | undefined;

/** Follows a reference; undefined without a target. */
export function followReference(ref: string, unit: Unit, findShared: FindShared): Referent | undefined {
  const reference = readReference(ref, unit.schema);
  if (reference.kind === "unsupported") return undefined;
  if (reference.kind === "shared") {
    const shared = findShared(reference.pointer);
    return shared && { unit: shared, pointer: "#", schema: shared.schema };
  }
  const schema = schemaAt(unit.schema, reference.tokens);
  return schema === undefined ? undefined : { unit, pointer: reference.pointer, schema };
}

/** Identifies the target of a reference. */
export const getReferentKey = ({ unit, pointer }: Omit<Referent, "schema">): string =>
  `${unit.name}${pointer}`;

/** The schemas whose check may call itself, by `referentKey`. */
export function findRecursive(units: readonly Unit[], findShared: FindShared): ReadonlySet<string> {
  const uses = new Map<string, Set<string>>();
  const open: Referent[] = units.map((unit) => ({ unit, pointer: "#", schema: unit.schema }));
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    const key = getReferentKey(from);
    if (uses.has(key)) continue;
    const used = findReferents(from, findShared);
    uses.set(key, new Set(used.map(getReferentKey)));
    open.push(...used);
  }
  return findNamesInCycles(uses);
}

/** The targets of all references in a schema. */
function findReferents({ unit, schema }: Referent, findShared: FindShared): readonly Referent[] {
  const found: Referent[] = [];
  const open: JsonSchema[] = [schema];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at === "object" && typeof at.$ref === "string") {
      const to = followReference(at.$ref, unit, findShared);
      if (to !== undefined) found.push(to);
    }
    for (const child of subschemas(at)) if (!isNote(child.keyword)) open.push(child.schema);
  }
  return found;
}
