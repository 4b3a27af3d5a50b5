import type { Json } from "../spec-file/spec.js";
import type { ContractCode } from "./contract-codes.js";
import type { Settings } from "./option-settings.js";

/** A change of an option that clients can notice. */
export interface OptionChange {
  readonly code: ContractCode;
  /** The option, with the part of it that changed: `envelope.codec`. */
  readonly option: string;
  readonly message: string;
}

/** Finds what changed in one option. */
export type OptionRule = (before: Settings, after: Settings) => readonly OptionChange[];

const noLimit = Number.POSITIVE_INFINITY;
const isOff = (value: number): number => (value === 0 ? noLimit : value);

/** A limit that clients must not exceed. `read` returns infinity for no limit. */
export const limit =
  (option: string, consequence: string, read: (settings: Settings) => number): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    if (was === is) return [];
    const unit = after.unitOf(option);
    const fact = `the limit was ${orNone(was, unit)} and is ${orNone(is, unit)}`;
    return is < was
      ? [{ code: "limit-lowered", option, message: `${fact}: ${consequence}` }]
      : [{ code: "limit-raised", option, message: fact }];
  };

const orNone = (value: number, unit: string): string => (value === noLimit ? "none" : `${value}${unit}`);

export const numberOf =
  (option: string) =>
  (settings: Settings): number => {
    const value = settings.value(option);
    return typeof value === "number" ? value : noLimit;
  };

/** The same where 0 stands for no limit. */
export const numberOrOff = (option: string) => (settings: Settings) => isOff(numberOf(option)(settings));

/** An option of which every change breaks. */
export const fixed =
  (option: string, consequence: string, read: (settings: Settings) => Json | undefined): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    if (was === is) return [];
    return [{ code: "option-changed", option, message: `${text(was)} became ${text(is)}: ${consequence}` }];
  };

const text = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** Something that is sent unless the option is `false`. */
export const sending =
  (option: string, what: string): OptionRule =>
  (before, after) => {
    const [was, is] = [before.value(option) !== false, after.value(option) !== false];
    if (was === is) return [];
    return was
      ? [
          {
            code: "option-switched-off",
            option,
            message: `${what} are no longer sent: clients wait for them`,
          },
        ]
      : [{ code: "option-switched-on", option, message: `${what} are sent` }];
  };

/** A list of which clients need a member. */
export const members =
  (
    option: string,
    kind: "origin" | "subprotocol",
    read: (settings: Settings) => readonly string[],
  ): OptionRule =>
  (before, after) => {
    const [was, is] = [read(before), read(after)];
    const has = (list: readonly string[], member: string): boolean =>
      list.includes(member) || (kind === "origin" && list.includes("*"));
    return [
      ...was
        .filter((member) => !has(is, member))
        .map((member): OptionChange => {
          const gone = `${nameOf(kind, member)} is no longer accepted`;
          return { code: `${kind}-removed`, option, message: `${gone}: clients that use it cannot connect` };
        }),
      ...is
        .filter((member) => !has(was, member))
        .map((member): OptionChange => {
          return { code: `${kind}-added`, option, message: `${nameOf(kind, member)} is accepted` };
        }),
    ];
  };

const nameOf = (kind: string, member: string): string =>
  member === "*"
    ? `any other ${kind}`
    : member === sameOrigin
      ? member
      : `the ${kind} ${JSON.stringify(member)}`;

/** Stands for the origin of the server itself, which product mode allows by default. */
export const sameOrigin = "the same origin";
