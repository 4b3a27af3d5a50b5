import type { ModuleModel } from "../model/model.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../spec-file/option-table.js";
import { type ContractChange, createChange } from "./contract-change.js";
import type { CommandEntry } from "./contract-side.js";
import {
  createFixedRule,
  createLimitRule,
  createListRule,
  createSwitchRule,
  type OptionChange,
  type OptionRule,
  readNumber,
  readNumberOrOff,
  Settings,
} from "./option-rules.js";
import { ownRules } from "./special-option-rules.js";

const moduleRules = moduleOptions.map(createRule);
const commandRules = commandOptions.map(createRule);

/** The rule that the table of options names for an option. */
function createRule({ name, value, change }: OptionFormat): OptionRule {
  if (change === "unnoticed") return () => [];
  if ("limit" in change) {
    const isOffAtZero = "minimum" in value && value.minimum === 0;
    return createLimitRule(name, change.limit, isOffAtZero ? readNumberOrOff(name) : readNumber(name));
  }
  if ("fixed" in change) return createFixedRule(name, change.fixed, (each) => each.value(name));
  if ("sent" in change) return createSwitchRule(name, change.sent);
  if ("members" in change) return createListRule(name, change.members, (each) => each.texts(name));
  // That of a command's time limit needs the module's option too: see diffCommandOptions.
  return (ownRules as Partial<Record<string, OptionRule>>)[name] ?? (() => []);
}

export const diffModuleOptions = (before: ModuleModel, after: ModuleModel): readonly ContractChange[] => {
  const [old, present] = [readModuleSettings(before), readModuleSettings(after)];
  return moduleRules
    .flatMap((rule) => rule(old, present))
    .map((change) => toContractChange(change, after.wireName, after));
};

export function diffCommandOptions(before: CommandEntry, after: CommandEntry): readonly ContractChange[] {
  const [old, present] = [readCommandSettings(before), readCommandSettings(after)];
  const hasOwn = old.has("executeTimeout") || present.has("executeTimeout");
  const timeout = createLimitRule("executeTimeout", "a longer run is answered `timeout`", (each) => {
    const { module } = each === old ? before : after;
    return readNumberOrOff("executeTimeout")(each.has("executeTimeout") ? each : readModuleSettings(module));
  });
  return [...commandRules, ...(hasOwn ? [timeout] : [])]
    .flatMap((rule) => rule(old, present))
    .map((change) => toContractChange(change, after.where, after));
}

/** The options of a module, as its spec sets them. */
export const readModuleSettings = ({ config }: ModuleModel): Settings => new Settings(config, moduleOptions);
const readCommandSettings = ({ command }: CommandEntry): Settings =>
  new Settings(command.config, commandOptions);

const toContractChange = (
  { code, option, message }: OptionChange,
  owner: string,
  { at }: Pick<ModuleModel, "at">,
): ContractChange => createChange(code, message, { where: `${owner} config ${option}`, at });
