import type { FoundConnection } from "./admin-find.js";
import { alwaysTrue, described, listOf, object, type Read, text, wholeNumber } from "./admin-shape.js";

/** The most ids that a dry run shows. */
const maxShownIds = 10;

/** The answer to an action with `dryRun: true`: what it would reach. */
export const previewShape = object({
  dryRun: alwaysTrue,
  count: described(
    "The number of connections that the action would reach.",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  ids: described("The first of their ids.", listOf(text(256), { maxItems: maxShownIds, range: "ids" })),
});

type Preview = Read<typeof previewShape>;

export const previewOf = (found: readonly Pick<FoundConnection, "connection">[]): Preview =>
  previewIds(found.map(({ connection }) => connection.id));

export const previewIds = (ids: readonly string[]): Preview => ({
  dryRun: true,
  count: ids.length,
  ids: ids.slice(0, maxShownIds),
});
