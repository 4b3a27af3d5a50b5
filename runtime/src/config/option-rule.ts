import type { Check } from "./checks.js";

/** One option as the code checks it and the documentation describes it. */
export interface OptionRule<Value> {
  /** The functional option with its arguments. */
  readonly setter: string;
  /** The key in the spec with its form; undefined: the option exists in code only. */
  readonly yaml: string | undefined;
  readonly defaultValue: Value;
  /** The default in words, where the value does not say it. */
  readonly defaultText?: string;
  /** What the value counts, if it is a number. */
  readonly unit?: string;
  readonly check: Check;
  /** Modules that share a listener must agree on its options. */
  readonly scope: "module" | "listener" | "command";
  readonly effect: string;
  /** How a value joins one that was set before. Default: it replaces it. */
  readonly combine?: (previous: Value, next: Value) => Value;
}

/** A table with one rule for each option. */
export type OptionRules<Options> = { readonly [Name in keyof Options]: OptionRule<Options[Name]> };
