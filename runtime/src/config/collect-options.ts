import { inspect } from "node:util";
import type { OptionTarget } from "../contract.js";
import { ConfigurationError } from "../errors.js";
import type { OptionRule, OptionRules } from "./option-rule.js";

type Kind = "module" | "command";
type AnyRules = Readonly<Record<string, OptionRule<unknown>>>;

/** Whose options they are, and what is told of it in an error. */
export interface Owner<K extends Kind> {
  readonly kind: K;
  readonly title: string;
}

/** Runs the functional options, in order. @returns what they set, unchecked. @throws ConfigurationError */
export function collectOptions<K extends Kind, Options>(
  owner: Owner<K>,
  options: readonly ((target: OptionTarget<K>) => void)[],
  rules: OptionRules<Options>,
): Record<string, unknown> {
  const known = rules as AnyRules;
  const values: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined)
      throw new ConfigurationError(`${owner.title}: there is no ${owner.kind} option ${name}.`);
    const previous = Object.hasOwn(values, name) ? values[name] : rule.defaultValue;
    values[name] = rule.combine ? rule.combine(previous, value) : value;
  };
  if (!Array.isArray(options)) {
    throw new ConfigurationError(`${owner.title}: its options must be a list, not ${show(options)}.`);
  }
  for (const option of options) {
    if (typeof option !== "function") {
      throw new ConfigurationError(`${owner.title}: ${show(option)} is not a ${owner.kind} option.`);
    }
    option({ kind: owner.kind, set });
  }
  return values;
}

/** The values, with the defaults of those that are absent. @throws ConfigurationError for one out of range. */
export function checkOptions<Options>(
  owner: Owner<Kind>,
  values: Readonly<Record<string, unknown>>,
  rules: OptionRules<Options>,
): Options {
  const checked = Object.entries(rules as AnyRules).map(([name, rule]) => {
    const value = Object.hasOwn(values, name) ? values[name] : rule.defaultValue;
    if (value !== rule.defaultValue && !rule.check.accepts(value)) {
      const unit = rule.unit === undefined ? "" : ` (${rule.unit})`;
      throw new ConfigurationError(
        `${owner.title}: ${name} is ${show(value)}; allowed${unit}: ${rule.check.range}. Set it with ${rule.setter}.`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(checked) as Options;
}

const show = (value: unknown): string =>
  inspect(value, { depth: 2, maxArrayLength: 5, maxStringLength: 80, breakLength: Number.POSITIVE_INFINITY });
