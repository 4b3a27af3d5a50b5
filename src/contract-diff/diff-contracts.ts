import type { Model, ModuleModel } from "../model/model.js";
import { compareSchemas } from "./compare-schemas.js";
import { type ContractChange, createChange, type DiffOptions, quoteName } from "./contract-change.js";
import { type HandshakeEntry, type ModuleSide, readModules } from "./contract-side.js";
import { diffEntries, diffModuleGuards, findAddedEntries } from "./diff-entries.js";
import { diffErrors } from "./diff-errors.js";
import { diffModuleOptions } from "./diff-options.js";
import { diffRoutes } from "./diff-routes.js";
import { matchModules, suggestModuleRename } from "./match-modules.js";

/**
 * Compares what two specs mean on the wire: changes in the order of the new spec, then removed items. Ignores
 * descriptions, examples and names in code. Empty if the contracts are the same.
 */
export function diffContracts(
  before: Model,
  after: Model,
  options: DiffOptions = {},
): readonly ContractChange[] {
  const { pairs, removed, added } = matchModules(readModules(before), readModules(after));
  const newEntries = [
    ...pairs.flatMap((pair) => findAddedEntries(pair.before, pair.after)),
    ...added.flatMap(({ entries }) => entries),
  ];
  return [
    ...pairs.flatMap((pair) => [
      ...diffModule(pair.before.module, pair.after.module),
      ...diffHandshakes(pair.before, pair.after, options),
      ...diffEntries(pair.before, pair.after, { ...options, added: newEntries }),
      ...diffErrors(pair.before, pair.after),
    ]),
    ...added.map(({ module: { wireName: where, at } }) =>
      createChange("module-added", "the module is new", { where, at }),
    ),
    ...removed.map((side) => reportRemoval(side, added)),
  ];
}

function diffModule(before: ModuleModel, after: ModuleModel): readonly ContractChange[] {
  const place = { where: after.wireName, at: after.at };
  const changes: ContractChange[] = [];
  if (before.flag !== after.flag) {
    const message = `the flag ${quoteName(before.flag)} became ${quoteName(after.flag)}: clients of its routes are refused`;
    changes.push(createChange("flag-changed", message, place));
  }
  if (before.wireName !== after.wireName) {
    const message = `the module was called ${quoteName(before.wireName)}; its flag is the same`;
    changes.push(createChange("module-renamed", message, place));
  }
  if (before.port !== after.port) {
    const message = `the port ${before.port} became ${after.port}: clients of the old one cannot connect`;
    changes.push(createChange("port-changed", message, place));
  }
  return [
    ...changes,
    ...diffRoutes(before, after),
    ...diffModuleGuards(before, after),
    ...diffModuleOptions(before, after),
  ];
}

/** Compares what clients send in a handshake. A parameter with a new name is a matter of its route. */
function diffHandshakes(
  before: ModuleSide,
  after: ModuleSide,
  options: DiffOptions,
): readonly ContractChange[] {
  const nameOf = ({ where }: HandshakeEntry, { module }: ModuleSide) => where.slice(module.wireName.length);
  const old = new Map(before.handshake.map((entry) => [nameOf(entry, before), entry.schema]));
  const present = new Map(after.handshake.map((entry) => [nameOf(entry, after), entry.schema]));
  const isCompared = (name: string) => !name.startsWith(" params ") || (old.has(name) && present.has(name));
  return [...new Set([...present.keys(), ...old.keys()])]
    .filter(isCompared)
    .flatMap((name) =>
      compareSchemas(
        { schema: old.get(name), at: before.module.at },
        { schema: present.get(name), at: after.module.at },
        { ...options, direction: "request", isText: true, where: after.module.wireName + name },
      ),
    );
}

function reportRemoval(side: ModuleSide, added: readonly ModuleSide[]): ContractChange {
  const { wireName: where, at } = side.module;
  const message = `the module was removed: clients of its routes are refused${suggestModuleRename(side, added)}`;
  return createChange("module-removed", message, { where, at });
}
