import { compareSchemas } from "./compare-schemas.js";
import type { ContractChange, DiffOptions } from "./contract-change.js";
import type { Entry, ModuleSide } from "./contract-side.js";
import { diffEventRules } from "./diff-event-rules.js";
import { diffCommandOptions } from "./diff-options.js";
import { entryHint } from "./match-modules.js";

/** The commands and events that only the new spec has. */
export function addedEntries(before: ModuleSide, after: ModuleSide): readonly Entry[] {
  return after.entries.filter((entry) => partnerOf(entry, before) === undefined);
}

/** The changes of a module's commands and events; `added` are those that are new in any module. */
export function diffEntries(
  before: ModuleSide,
  after: ModuleSide,
  { added, ...options }: DiffOptions & { readonly added: readonly Entry[] },
): readonly ContractChange[] {
  const present = after.entries.flatMap((entry) => {
    const old = partnerOf(entry, before);
    return old === undefined ? [additionOf(entry)] : diffEntry(old, entry, options);
  });
  const gone = before.entries.filter((entry) => partnerOf(entry, after) === undefined);
  return [...present, ...gone.map((entry) => removalOf(entry, added))];
}

const partnerOf = ({ kind, name }: Entry, { entries }: ModuleSide): Entry | undefined =>
  entries.find((other) => other.kind === kind && other.name === name);

function diffEntry(before: Entry, after: Entry, options: DiffOptions): readonly ContractChange[] {
  const schemas = [...after.schemas].flatMap(([direction, schema]) =>
    compareSchemas(
      { schema: before.schemas.get(direction), at: before.at },
      { schema, at: after.at },
      { ...options, direction, where: `${after.where} ${direction}` },
    ),
  );
  return [...schemas, ...diffRules(before, after)];
}

/** Compares an entry apart from its schemas. */
function diffRules(before: Entry, after: Entry): readonly ContractChange[] {
  if (before.command !== undefined && after.command !== undefined) {
    const old = { command: before.command, module: before.module };
    return diffCommandOptions(old, { command: after.command, module: after.module });
  }
  if (before.event === undefined || after.event === undefined) return [];
  const old = { event: before.event, module: before.module };
  return diffEventRules(old, { event: after.event, module: after.module });
}

const additionOf = ({ kind, where, at }: Entry): ContractChange => ({
  breaking: false,
  code: `${kind}-added`,
  where,
  message: `the ${kind} is new`,
  at,
});

function removalOf(entry: Entry, added: readonly Entry[]): ContractChange {
  const { kind, where, at } = entry;
  const impact =
    kind === "command" ? "clients that send it get `unknown_command`" : "clients never receive it";
  return {
    breaking: true,
    code: `${kind}-removed`,
    where,
    message: `the ${kind} was removed: ${impact}${entryHint(entry, added)}`,
    at,
  };
}
