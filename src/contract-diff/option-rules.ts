import { isRecord } from "../spec-file/json.js";
import type { OptionFormat } from "../spec-file/option-table.js";
import type { Json, OptionValue } from "../spec-file/spec.js";
import type { ContractCode } from "./contract-codes.js";

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

  /** A list of strings; empty without one. */
  texts(option: string): readonly string[] {
    const value = this.value(option);
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  }

  /** ` bytes`, ` seconds`, or an empty string. */
  getUnit(option: string): string {
    const unit = this.#formats.get(option)?.schema["x-unit"];
    return unit === undefined ? "" : ` ${unit}`;
  }
}

/** A change of an option that clients can notice. */
export interface OptionChange {
  readonly code: ContractCode;
  readonly message: string;
  /** If only a part of the option changed: `envelope.codec`. */
  readonly part?: string;
}

/** A change that breaks clients. */
export const breakingChange = (message: string): readonly OptionChange[] => [
  { code: "option-changed", message },
];

/** A change that clients can notice. */
export const compatibleChange = (message: string): readonly OptionChange[] => [
  { code: "option-adjusted", message },
];

/** Finds what changed in one option. */
export type OptionRule = (before: Settings, after: Settings) => readonly OptionChange[];

const noLimit = Number.POSITIVE_INFINITY;
const zeroToNoLimit = (value: number): number => (value === 0 ? noLimit : value);

/** A limit that clients must not exceed. `read` returns infinity for no limit. */
export const createLimitRule =
  (option: string, consequence: string, read: (settings: Settings) => number): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    if (was === is) return [];
    return [diffLimit(was, is, { unit: after.getUnit(option), consequence })];
  };

/** The code and the message of a limit that has changed; infinity is no limit. */
export function diffLimit(
  was: number,
  is: number,
  { unit, consequence }: { readonly unit: string; readonly consequence: string },
): OptionChange {
  const describe = (value: number): string => (value === noLimit ? "none" : `${value}${unit}`);
  const fact = `the limit was ${describe(was)} and is ${describe(is)}`;
  return is < was
    ? { code: "limit-lowered", message: `${fact}: ${consequence}` }
    : { code: "limit-raised", message: fact };
}

export const readNumber =
  (option: string) =>
  (settings: Settings): number => {
    const value = settings.value(option);
    return typeof value === "number" ? value : noLimit;
  };

/** The same for an option whose 0 means no limit. */
export const readNumberOrOff = (option: string) => (settings: Settings) =>
  zeroToNoLimit(readNumber(option)(settings));

/** An option whose every change breaks clients. */
export const createFixedRule =
  (consequence: string, read: (settings: Settings) => Json | undefined): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    if (was === is) return [];
    return breakingChange(`${text(was)} became ${text(is)}: ${consequence}`);
  };

const text = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** Something that is sent unless the option is `false`. */
export const createSwitchRule =
  (option: string, what: string): OptionRule =>
  (before, after) => {
    const [was, is] = [before.value(option) !== false, after.value(option) !== false];
    if (was === is) return [];
    return was
      ? [{ code: "option-switched-off", message: `${what} are no longer sent: clients wait for them` }]
      : [{ code: "option-switched-on", message: `${what} are sent` }];
  };

/** A list whose members clients use. */
export const createListRule =
  (kind: "origin" | "subprotocol", read: (settings: Settings) => readonly string[]): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    const has = (list: readonly string[], member: string): boolean =>
      list.includes(member) || (kind === "origin" && list.includes("*"));
    return [
      ...was
        .filter((member) => !has(is, member))
        .map((member): OptionChange => {
          const fact = `${describeMember(kind, member)} is no longer accepted`;
          return { code: `${kind}-removed`, message: `${fact}: clients that use it cannot connect` };
        }),
      ...is
        .filter((member) => !has(was, member))
        .map((member): OptionChange => {
          return { code: `${kind}-added`, message: `${describeMember(kind, member)} is accepted` };
        }),
    ];
  };

const describeMember = (kind: string, member: string): string =>
  member === "*" ? `any other ${kind}` : member === sameOrigin ? member : `the ${kind} '${member}'`;

/** The origin of the server itself, which product mode allows by default. */
export const sameOrigin = "the same origin";
