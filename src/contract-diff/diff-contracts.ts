import type { Model, ModuleModel } from "../model/model.js";
import { type ContractChange, type DiffOptions, quoted } from "./contract-change.js";
import { contractSide, type ModuleSide } from "./contract-side.js";
import { addedEntries, diffEntries } from "./diff-entries.js";
import { diffModuleOptions } from "./diff-options.js";
import { diffRoutes } from "./diff-routes.js";
import { matchModules, moduleHint } from "./match-modules.js";

/**
 * Compares what two specs mean on the wire: changes in the order of the new spec, then removed items. Ignores
 * descriptions, examples and names in code. Empty if the contracts are the same.
 */
export function diffContracts(
  before: Model,
  after: Model,
  options: DiffOptions = {},
): readonly ContractChange[] {
  const { pairs, removed, added } = matchModules(contractSide(before), contractSide(after));
  const newEntries = [
    ...pairs.flatMap((pair) => addedEntries(pair.before, pair.after)),
    ...added.flatMap(({ entries }) => entries),
  ];
  return [
    ...pairs.flatMap((pair) => [
      ...diffModule(pair.before.module, pair.after.module),
      ...diffEntries(pair.before, pair.after, { ...options, added: newEntries }),
    ]),
    ...added.map(({ module }) => moduleAdded(module)),
    ...removed.map((side) => moduleRemoved(side, added)),
  ];
}

function diffModule(before: ModuleModel, after: ModuleModel): readonly ContractChange[] {
  const { wireName: where, at } = after;
  const changes: ContractChange[] = [];
  if (before.flag !== after.flag) {
    const message = `the flag ${quoted(before.flag)} became ${quoted(after.flag)}: clients of its routes are refused`;
    changes.push({ breaking: true, code: "flag-changed", where, message, at });
  }
  if (before.wireName !== after.wireName) {
    const message = `the module was called ${quoted(before.wireName)}; its flag is the same`;
    changes.push({ breaking: false, code: "module-renamed", where, message, at });
  }
  if (before.port !== after.port) {
    const message = `the port ${before.port} became ${after.port}: clients of the old one cannot connect`;
    changes.push({ breaking: true, code: "port-changed", where, message, at });
  }
  return [...changes, ...diffRoutes(before, after), ...diffModuleOptions(before, after)];
}

const moduleAdded = ({ wireName: where, at }: ModuleModel): ContractChange => ({
  breaking: false,
  code: "module-added",
  where,
  message: "the module is new",
  at,
});

const moduleRemoved = (side: ModuleSide, added: readonly ModuleSide[]): ContractChange => ({
  breaking: true,
  code: "module-removed",
  where: side.module.wireName,
  message: `the module was removed: clients of its routes are refused${moduleHint(side, added)}`,
  at: side.module.at,
});
