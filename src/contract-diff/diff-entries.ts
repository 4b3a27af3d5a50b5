import { compareSchemas } from "./compare-schemas.js";
import { type ContractChange, createChange, type DiffOptions } from "./contract-change.js";
import type { Entry, ModuleSide } from "./contract-side.js";
import { diffEventRules } from "./diff-event-rules.js";
import { diffCommandOptions } from "./diff-options.js";
import { suggestEntryRename } from "./match-modules.js";

/** The commands and events that only the new spec has. */
export function findAddedEntries(before: ModuleSide, after: ModuleSide): readonly Entry[] {
  return after.entries.filter((entry) => findPartner(entry, before) === undefined);
}

/** The changes of a module's commands and events; `added` are those that are new in any module. */
export function diffEntries(
  before: ModuleSide,
  after: ModuleSide,
  { added, ...options }: DiffOptions & { readonly added: readonly Entry[] },
): readonly ContractChange[] {
  const present = after.entries.flatMap((entry) => {
    const old = findPartner(entry, before);
    return old === undefined
      ? [createChange(`${entry.kind}-added`, `the ${entry.kind} is new`, entry)]
      : diffEntry(old, entry, options);
  });
  const removed = before.entries.filter((entry) => findPartner(entry, after) === undefined);
  return [...present, ...removed.map((entry) => reportRemoval(entry, added))];
}

const findPartner = ({ kind, name }: Entry, { entries }: ModuleSide): Entry | undefined =>
  entries.find((other) => other.kind === kind && other.name === name);

function diffEntry(before: Entry, after: Entry, options: DiffOptions): readonly ContractChange[] {
  const schemas = [...after.schemas].flatMap(([direction, schema]) =>
    compareSchemas(
      { schema: before.schemas.get(direction), at: before.at },
      { schema, at: after.at },
      { ...options, direction, where: `${after.where} ${direction}` },
    ),
  );
  if (before.kind === "command" && after.kind === "command")
    return [...schemas, ...diffCommandOptions(before, after)];
  if (before.kind === "event" && after.kind === "event")
    return [...schemas, ...diffEventRules(before, after)];
  return schemas;
}

function reportRemoval(entry: Entry, added: readonly Entry[]): ContractChange {
  const { kind } = entry;
  const impact =
    kind === "command" ? "clients that send it get `unknown_command`" : "clients never receive it";
  const message = `the ${kind} was removed: ${impact}${suggestEntryRename(entry, added)}`;
  return createChange(`${kind}-removed`, message, entry);
}
