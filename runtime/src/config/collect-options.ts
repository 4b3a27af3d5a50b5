import { inspect } from "node:util";
import type { OptionTarget } from "../contract.js";
import { ConfigurationError } from "../errors.js";
import { isObject } from "../validation/json-value.js";
import type { OptionRule } from "./option-rules.js";

type Kind = "module" | "command";
type AnyRules = Readonly<Record<string, OptionRule>>;

/** The owner of the options, and its name in errors. */
export interface Owner<K extends Kind> {
  readonly kind: K;
  readonly title: string;
}

/** Runs the functional options, in order. @returns the unchecked values. @throws ConfigurationError */
export function collectOptions<K extends Kind>(
  owner: Owner<K>,
  options: readonly ((target: OptionTarget<K>) => void)[],
  rules: AnyRules,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const set = (name: string, value: unknown) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined)
      throw new ConfigurationError(`${owner.title}: unknown ${owner.kind} option ${name}.`);
    values[name] = combine(rule, Object.hasOwn(values, name) ? values[name] : rule.default, value);
  };
  if (!Array.isArray(options)) {
    throw new ConfigurationError(`${owner.title}: the options are ${show(options)}; expected a list.`);
  }
  for (const option of options) {
    if (typeof option !== "function") {
      throw new ConfigurationError(`${owner.title}: ${show(option)} is not a ${owner.kind} option.`);
    }
    option({ kind: owner.kind, set });
  }
  return values;
}

/** Combines a value with the value of earlier calls, if the option can be repeated. */
function combine({ repeated }: OptionRule, previous: unknown, next: unknown): unknown {
  // The check refuses what is not a list.
  if (repeated === "append") return (previous as readonly unknown[]).concat(next);
  return repeated === "merge" ? { ...(previous as object), ...(next as object) } : next;
}

/** The values, with defaults for absent ones. @throws ConfigurationError for a value out of range */
export function checkOptions<Options>(
  owner: Owner<Kind>,
  values: Readonly<Record<string, unknown>>,
  rules: AnyRules,
): Options {
  const checked = Object.entries(rules).map(([name, rule]) => {
    const value = addMemberDefaults(rule, Object.hasOwn(values, name) ? values[name] : rule.default);
    if (value !== rule.default && !rule.check.accepts(value)) {
      const [callee, ...args] = rule.setter;
      const unit = rule.unit === undefined ? "" : ` (${rule.unit})`;
      throw new ConfigurationError(
        `${owner.title}: ${name} is ${show(value)}; allowed${unit}: ${rule.check.range}. Set it with ${callee}(${args.join(", ")}).`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(checked) as Options;
}

/** An object with defaults for members that are absent or undefined. */
function addMemberDefaults({ memberDefaults }: OptionRule, value: unknown): unknown {
  if (!isObject(value)) return value;
  const absent = Object.entries(memberDefaults).filter(([name]) => value[name] === undefined);
  return absent.length === 0 ? value : { ...value, ...Object.fromEntries(absent) };
}

/** A value in a message, at a limited length. */
export const show = (value: unknown): string =>
  inspect(value, { depth: 2, maxArrayLength: 5, maxStringLength: 80, breakLength: Number.POSITIVE_INFINITY });
