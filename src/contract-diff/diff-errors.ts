import type { Location } from "../diagnostics/diagnostic.js";
import type { CommandModel, ErrorModel, ModuleModel } from "../model/model.js";
import { compareSchemas } from "./compare-schemas.js";
import { type ContractChange, createChange } from "./contract-change.js";
import { type ErrorEntry, hasBytes, type ModuleSide } from "./contract-side.js";
import { suggestErrorRename } from "./match-modules.js";

/**
 * Compares the errors that two versions of a module declare. Each code is compared once, even if several commands answer
 * it. For a command, only the list of its codes is compared.
 */
export function diffErrors(before: ModuleSide, after: ModuleSide): readonly ContractChange[] {
  const old = new Map(before.errors.map((entry) => [entry.error.wireName, entry]));
  const codes = new Set(after.errors.map(({ error }) => error.wireName));
  return [
    ...after.errors.flatMap((entry) => {
      const was = old.get(entry.error.wireName);
      return was === undefined
        ? [reportAddition(entry.where, entry.error.at)]
        : diffError(was, entry, after.module);
    }),
    ...after.module.commands.flatMap((command) => {
      const was = before.module.commands.find(({ wireName }) => wireName === command.wireName);
      const isKept = ({ wireName }: ErrorModel) => old.has(wireName) && codes.has(wireName);
      return was === undefined ? [] : diffCodes(after.module.wireName, [was, command], isKept);
    }),
    ...before.errors
      .filter(({ error }) => !codes.has(error.wireName))
      .map((entry) => {
        const added = after.errors.filter(({ error }) => !old.has(error.wireName));
        return reportRemoval(entry.where, entry.error.at, suggestErrorRename(entry, added));
      }),
  ];
}

/** The codes that only one version of a command answers, without those that are new or removed in the whole module. */
function diffCodes(
  module: string,
  [before, after]: readonly [CommandModel, CommandModel],
  isKept: (error: ErrorModel) => boolean,
): readonly ContractChange[] {
  const missingIn = (errors: readonly ErrorModel[]) => (error: ErrorModel) =>
    isKept(error) && !errors.some(({ wireName }) => wireName === error.wireName);
  const where = ({ wireName }: ErrorModel): string => `${module}.${after.wireName} error ${wireName}`;
  const { at } = after;
  return [
    ...after.errors.filter(missingIn(before.errors)).map((error) => reportAddition(where(error), at)),
    ...before.errors.filter(missingIn(after.errors)).map((error) => reportRemoval(where(error), at)),
  ];
}

const reportAddition = (where: string, at: Location): ContractChange =>
  createChange("error-added", "the error is new; clients treat it as any code that they do not know", {
    where,
    at,
  });

const reportRemoval = (where: string, at: Location, hint = ""): ContractChange =>
  createChange(
    "error-removed",
    `the error was removed: clients that handle its code get another one${hint}`,
    { where, at },
  );

function diffError(before: ErrorEntry, after: ErrorEntry, module: ModuleModel): readonly ContractChange[] {
  const { where, error } = after;
  const { at } = error;
  const changes = [
    ...compareSchemas(
      { schema: before.details, at: before.error.at },
      { schema: after.details, at },
      { direction: "error", where: `${where} details`, hasBytes: hasBytes(module) },
    ),
  ];
  if (before.error.closeCode !== error.closeCode) {
    const message = `${describeClose(before.error)} became ${describeClose(error)}: clients reconnect or stop by this code`;
    changes.push(createChange("option-changed", message, { where: `${where} closeCode`, at }));
  }
  if (before.error.retry !== error.retry) {
    const message = `${describeRetry(before.error)} became ${describeRetry(error)}`;
    changes.push(createChange("option-adjusted", message, { where: `${where} retry`, at }));
  }
  return changes;
}

const describeClose = ({ closeCode }: ErrorModel): string =>
  closeCode === undefined ? "no close" : `a close with ${closeCode}`;

const describeRetry = ({ retry }: ErrorModel): string =>
  retry === undefined ? "no word of a retry" : `retry: ${retry}`;
