import type { OptionCall } from "../model/model.js";
import type { OptionFormat } from "../spec/option-table.js";
import type { Json } from "../spec/spec.js";

/** The options of a module or a command, as the calls of its functional options set them. */
export class Settings {
  readonly #args: ReadonlyMap<string, readonly Json[]>;
  readonly #units: ReadonlyMap<string, string | undefined>;
  readonly #defaults: ReadonlyMap<string, Json | undefined>;

  constructor(calls: readonly OptionCall[], formats: readonly OptionFormat[]) {
    const names = new Map(formats.map(({ name, setter }) => [setter, name]));
    this.#args = new Map(calls.map(({ callee, args }) => [names.get(callee) ?? callee, args]));
    this.#units = new Map(formats.map(({ name, unit }) => [name, unit]));
    this.#defaults = new Map(formats.map(({ name, schema }) => [name, schema.default]));
  }

  /** Whether the option's function is called at all. */
  has(option: string): boolean {
    return this.#args.has(option);
  }

  /** An argument of the option's function, or the option's default. */
  value(option: string, argument = 0): Json | undefined {
    const args = this.#args.get(option);
    return args === undefined ? this.#defaults.get(option) : args[argument];
  }

  /** A field of the option's first argument. */
  field(option: string, name: string): Json | undefined {
    const value = this.value(option);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as { readonly [field: string]: Json })[name]
      : undefined;
  }

  /** A list of texts; empty where there is none. */
  texts(option: string): readonly string[] {
    const value = this.value(option);
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  }

  /** ` bytes`, ` seconds`, or nothing. */
  unitOf(option: string): string {
    const unit = this.#units.get(option);
    return unit === undefined ? "" : ` ${unit}`;
  }
}
