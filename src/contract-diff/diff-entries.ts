import type { GuardModel, ModuleModel } from "../model/model.js";
import { compareSchemas } from "./compare-schemas.js";
import { type ContractChange, createChange, type DiffOptions, quoteName } from "./contract-change.js";
import { type CommandEntry, type Entry, hasBytes, type ModuleSide } from "./contract-side.js";
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
      { ...options, direction, where: `${after.where} ${direction}`, hasBytes: hasBytes(after.module) },
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
  const added = findMissing(after.command.guards, listAll(before));
  const removed = findMissing(before.command.guards, listAll(after));
  return reportGuards({ added, removed }, after, [before.module, after.module]);
}

/** The guards of a module that only one version has. Their order does not count. */
export const diffModuleGuards = (before: ModuleModel, after: ModuleModel): readonly ContractChange[] => {
  const added = findMissing(after.guards, before.guards);
  const removed = findMissing(before.guards, after.guards);
  return reportGuards({ added, removed }, { where: after.wireName, at: after.at }, [before, after]);
};

type Guards = readonly GuardModel[];

/** The guards that are not in another list. */
const findMissing = (guards: Guards, others: Guards): Guards =>
  guards.filter(({ wireName }) => !others.some((other) => other.wireName === wireName));

/** Reports the guards of an owner. A guard has no shape: it may be renamed if no other one came or left in its place. */
function reportGuards(
  { added, removed }: { readonly added: Guards; readonly removed: Guards },
  owner: Pick<ContractChange, "where" | "at">,
  [before, after]: readonly [ModuleModel, ModuleModel],
): readonly ContractChange[] {
  const placeOf = ({ wireName }: GuardModel): string => `${owner.where} guard ${wireName}`;
  const listAll = ({ guards, commands }: ModuleModel) =>
    [guards, ...commands.map((each) => each.guards)].flat();
  const isRenamed =
    added.length === 1 &&
    removed.length === 1 &&
    findMissing(added, listAll(before)).length === 1 &&
    findMissing(removed, listAll(after)).length === 1;
  const suggest = (others: Guards, fact: string): string =>
    isRenamed
      ? others.map((other) => `; ${quoteName(placeOf(other))} ${fact}: was it renamed?`).join("")
      : "";
  return [
    ...added.map((guard) => {
      const message = `the guard is new: it may refuse messages that were let in${suggest(removed, "was removed")}`;
      return createChange("guard-added", message, { where: placeOf(guard), at: guard.at });
    }),
    ...removed.map((guard) => {
      const message = `the guard was removed: it refuses no message any more${suggest(added, "is new")}`;
      return createChange("guard-removed", message, { where: placeOf(guard), at: owner.at });
    }),
  ];
}

function reportRemoval(entry: Entry, added: readonly Entry[]): ContractChange {
  const { kind } = entry;
  const impact =
    kind === "command" ? "clients that send it get `unknown_command`" : "clients never receive it";
  const message = `the ${kind} was removed: ${impact}${suggestEntryRename(entry, added)}`;
  return createChange(`${kind}-removed`, message, entry);
}
