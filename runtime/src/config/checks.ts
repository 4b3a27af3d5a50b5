import type { OptionValue } from "../options.js";
import { isObject } from "../validation/json-value.js";

/** A check of an option's value, and the allowed range in words for messages and documentation. */
export interface Check {
  readonly range: string;
  accepts(value: unknown): boolean;
}

const isNumberWithin = (value: unknown, minimum: number, maximum: number): value is number =>
  typeof value === "number" && value >= minimum && value <= maximum;

export const wholeNumber = (minimum: number, maximum: number): Check => ({
  range: `a whole number from ${minimum} to ${maximum}`,
  accepts: (value) => isNumberWithin(value, minimum, maximum) && Number.isInteger(value),
});

/** A duration. The upper bound keeps it well below the 2^31 ms at which Node's timers fire at once. */
export const seconds = (maximum: number): Check => ({
  range: `more than 0, at most ${maximum} seconds; fractions are allowed`,
  accepts: (value) => isNumberWithin(value, 0, maximum) && value !== 0,
});

const secondsOrOff = (maximum: number): Check => ({
  range: `0 (off) to ${maximum} seconds; fractions are allowed`,
  accepts: (value) => isNumberWithin(value, 0, maximum),
});

const oneOf = (choices: readonly unknown[]): Check => ({
  range: choices.join(", "),
  accepts: (value) => choices.includes(value),
});

export const flag: Check = { range: "true or false", accepts: (value) => typeof value === "boolean" };

/** A string that is not empty and has no control character. */
export const text = (range: string): Check => ({
  range,
  accepts: (value) => typeof value === "string" && /^[^\u0000-\u001f\u007f]+$/.test(value),
});

export const matching = (range: string, accepts: (value: unknown) => boolean): Check => ({ range, accepts });

export const optional = (check: Check): Check => ({
  range: check.range,
  accepts: (value) => value === undefined || check.accepts(value),
});

/** An array whose elements all pass the check. */
export const listOf = (check: Check): Check => ({
  range: `a list, each: ${check.range}`,
  accepts: (value) => Array.isArray(value) && value.every((item) => check.accepts(item)),
});

/** The same without duplicates. */
export const listOfDifferent = (check: Check): Check => ({
  range: `a list without duplicates, each: ${check.range}`,
  accepts: (value) =>
    Array.isArray(value) &&
    new Set(value).size === value.length &&
    value.every((item) => check.accepts(item)),
});

/** An object with these fields and no others. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return {
    range: entries.map(([name, check]) => `${name}: ${check.range}`).join("; "),
    accepts: (value) =>
      isObject(value) &&
      Object.keys(value).every((name) => Object.hasOwn(checks, name)) &&
      entries.every(([name, check]) => check.accepts(value[name])),
  };
}

/** Creates the check of a value from the table of options. */
export function createCheck(value: OptionValue): Check {
  switch (value.type) {
    case "boolean":
      return flag;
    case "integer":
    case "size":
      return wholeNumber(value.minimum ?? 0, value.maximum);
    case "duration":
      return value.exclusiveMinimum === 0 ? seconds(value.maximum) : secondsOrOff(value.maximum);
    case "number":
      return matching(
        `more than ${value.exclusiveMinimum}, at most ${value.maximum}`,
        (given) => isNumberWithin(given, 0, value.maximum) && given !== 0,
      );
    case "choice":
      return oneOf(value.choices);
    case "string": {
      const { title, pattern = "", maxLength = Number.POSITIVE_INFINITY } = value;
      const form = new RegExp(pattern, "u");
      const fits = (given: unknown) =>
        typeof given === "string" && given.length <= maxLength && form.test(given);
      return matching(title, (given) => text(title).accepts(given) && fits(given));
    }
    case "list":
      return listOfDifferent(createCheck(value.items));
    case "anyOf": {
      const checks = value.values.map(createCheck);
      return matching(value.title, (given) => checks.some((check) => check.accepts(given)));
    }
    case "object":
      return fields(
        Object.fromEntries(
          Object.entries(value.fields).map(([name, field]) => [name, createCheck(field.value)]),
        ),
      );
  }
}
