import { isRecord } from "../schema/pointer.js";
import type { OptionFormat } from "../spec-file/option-table.js";
import type { Json, OptionValue } from "../spec-file/spec.js";

/** The options of a module or a command, as `config:` of the spec sets them. */
export class Settings {
  readonly #values: ReadonlyMap<string, Json>;
  readonly #formats: ReadonlyMap<string, OptionFormat>;

  constructor(config: readonly OptionValue[], formats: readonly OptionFormat[]) {
    this.#values = new Map(config.map(({ option, value }) => [option, value]));
    this.#formats = new Map(formats.map((format) => [format.name, format]));
  }

  /** Whether the spec has the option. */
  has(option: string): boolean {
    return this.#values.has(option);
  }

  /** The option's value, or its default. */
  value(option: string): Json | undefined {
    return this.#values.get(option) ?? this.#formats.get(option)?.schema.default;
  }

  /** A member of an option that is a mapping. */
  field(option: string, name: string): Json | undefined {
    const value = this.value(option);
    return isRecord(value) ? value[name] : undefined;
  }

  /** A list of strings; empty where there is none. */
  texts(option: string): readonly string[] {
    const value = this.value(option);
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  }

  /** ` bytes`, ` seconds`, or nothing. */
  unitOf(option: string): string {
    const unit = this.#formats.get(option)?.schema["x-unit"];
    return unit === undefined ? "" : ` ${unit}`;
  }
}
