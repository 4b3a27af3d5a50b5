import type { GuardModel, ModuleModel } from "../model/model.js";
import { compareSchemas } from "./compare-schemas.js";
import { type ContractChange, createChange, type DiffOptions } from "./contract-change.js";
import type { CommandEntry, Entry, ModuleSide } from "./contract-side.js";
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
    return [...schemas, ...diffCommandGuards(before, after), ...diffCommandOptions(before, after)];
  if (before.kind === "event" && after.kind === "event")
    return [...schemas, ...diffEventRules(before, after)];
  return schemas;
}

/** The guards that a command has, or no longer has, although those of its module are the same for it. */
function diffCommandGuards(before: CommandEntry, after: CommandEntry): readonly ContractChange[] {
  const listAll = ({ module, command }: CommandEntry) => [...module.guards, ...command.guards];
  return [
    ...findMissing(after.command.guards, listAll(before)).map((guard) => reportNewGuard(guard, after)),
    ...findMissing(before.command.guards, listAll(after)).map((guard) => reportOldGuard(guard, after)),
  ];
}

/** The guards of a module that only one version has. Their order does not count. */
export const diffModuleGuards = (before: ModuleModel, after: ModuleModel): readonly ContractChange[] => {
  const place = { where: after.wireName, at: after.at };
  return [
    ...findMissing(after.guards, before.guards).map((guard) => reportNewGuard(guard, place)),
    ...findMissing(before.guards, after.guards).map((guard) => reportOldGuard(guard, place)),
  ];
};

/** The guards that are not in another list. */
const findMissing = (guards: readonly GuardModel[], others: readonly GuardModel[]): readonly GuardModel[] =>
  guards.filter(({ wireName }) => !others.some((other) => other.wireName === wireName));

type Owner = Pick<ContractChange, "where" | "at">;

const reportNewGuard = ({ wireName, at }: GuardModel, { where }: Owner): ContractChange =>
  createChange("guard-added", "the guard is new: it may refuse messages that were let in", {
    where: `${where} guard ${wireName}`,
    at,
  });

const reportOldGuard = ({ wireName }: GuardModel, { where, at }: Owner): ContractChange =>
  createChange("guard-removed", "the guard was removed: it refuses no message any more", {
    where: `${where} guard ${wireName}`,
    at,
  });

function reportRemoval(entry: Entry, added: readonly Entry[]): ContractChange {
  const { kind } = entry;
  const impact =
    kind === "command" ? "clients that send it get `unknown_command`" : "clients never receive it";
  const message = `the ${kind} was removed: ${impact}${suggestEntryRename(entry, added)}`;
  return createChange(`${kind}-removed`, message, entry);
}
