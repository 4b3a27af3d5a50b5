import type { Alternative } from "./alternatives.js";
import type { Compare } from "./diff-fields.js";
import { diffCounts } from "./limits.js";
import { below, type SchemaChange } from "./schema-change.js";
import { childOf, listOf, type SchemaPlace } from "./schema-place.js";

/** Compares the size of two arrays and their items, index by index and then all others. */
export function diffItems(
  before: Alternative,
  after: Alternative,
  compare: Compare,
): readonly SchemaChange[] {
  const prefixes = [...before, ...after].map((part) => listOf(part, "prefixItems").length);
  const end = Math.max(0, ...prefixes);
  const changes = Array.from({ length: end + 1 }, (_, index) =>
    below(index === end ? "*" : `${index}`, compare(placesAt(before, index), placesAt(after, index))),
  );
  return [...diffCounts(before, after, "Items"), ...changes.flat()];
}

/** Everything that must hold for the item at an index. */
const placesAt = (parts: Alternative, index: number): readonly SchemaPlace[] =>
  parts.flatMap((part) => listOf(part, "prefixItems")[index] ?? childOf(part, "items") ?? []);
