import type { ModuleModel } from "../model/model.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../spec-file/option-table.js";
import { type ContractChange, createChange } from "./contract-change.js";
import type { CommandEntry } from "./contract-side.js";
import {
  createFixedRule,
  createLimitRule,
  createListRule,
  createSwitchRule,
  type OptionRule,
  readNumber,
  readNumberOrOff,
  Settings,
} from "./option-rules.js";
import { ownRules } from "./special-option-rules.js";

/** The rules of options by their names. */
type OptionRules = readonly (readonly [name: string, rule: OptionRule])[];

const moduleRules: OptionRules = moduleOptions.map((option) => [option.name, createRule(option)]);
const commandRules: OptionRules = commandOptions.map((option) => [option.name, createRule(option)]);

/** The rule that compares an option in two specs, made from `change` in the table of options. */
function createRule({ name, value, change }: OptionFormat): OptionRule {
  if (change === "unnoticed") return () => [];
  if ("limit" in change) {
    const isOffAtZero = "minimum" in value && value.minimum === 0;
    return createLimitRule(name, change.limit, isOffAtZero ? readNumberOrOff(name) : readNumber(name));
  }
  if ("fixed" in change) return createFixedRule(change.fixed, (each) => each.value(name));
  if ("sent" in change) return createSwitchRule(name, change.sent);
  if ("members" in change) return createListRule(change.members, (each) => each.texts(name));
  // `executeTimeout` of a command has no rule here, because the module's option is its default: see diffCommandOptions.
  return (ownRules as Partial<Record<string, OptionRule>>)[name] ?? (() => []);
}

export const diffModuleOptions = (before: ModuleModel, after: ModuleModel): readonly ContractChange[] =>
  applyRules(moduleRules, [readModuleSettings(before), readModuleSettings(after)], {
    where: after.wireName,
    at: after.at,
  });

export function diffCommandOptions(before: CommandEntry, after: CommandEntry): readonly ContractChange[] {
  const [old, present] = [readCommandSettings(before), readCommandSettings(after)];
  const hasOwn = old.has("executeTimeout") || present.has("executeTimeout");
  const timeout = createLimitRule("executeTimeout", "a longer run is answered `timeout`", (each) => {
    const { module } = each === old ? before : after;
    return readNumberOrOff("executeTimeout")(each.has("executeTimeout") ? each : readModuleSettings(module));
  });
  const timeoutRules: OptionRules = hasOwn ? [["executeTimeout", timeout]] : [];
  return applyRules([...commandRules, ...timeoutRules], [old, present], after);
}

/** The changes of the options of an owner. */
const applyRules = (
  rules: OptionRules,
  [before, after]: readonly [Settings, Settings],
  { where, at }: Pick<ContractChange, "where" | "at">,
): readonly ContractChange[] =>
  rules.flatMap(([name, rule]) =>
    rule(before, after).map(({ code, message, part = name }) =>
      createChange(code, message, { where: `${where} config ${part}`, at }),
    ),
  );

/** The options of a module, as its spec sets them. */
export const readModuleSettings = ({ config }: ModuleModel): Settings => new Settings(config, moduleOptions);
const readCommandSettings = ({ command }: CommandEntry): Settings =>
  new Settings(command.config, commandOptions);
