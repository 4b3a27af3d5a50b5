import { describe, expect, it } from "vitest";
import { commandRules, moduleRules, type OptionRule } from "../../../runtime/src/config/option-rules.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../../../src/spec/option-table.js";

type Rules = Readonly<Record<string, OptionRule>>;
interface Range {
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

describe.each([
  ["module", moduleRules as Rules, moduleOptions],
  ["command", commandRules as Rules, commandOptions],
] as const)("the options of a %s in the spec and in the runtime", (_, rules, formats) => {
  it.each(withRange(formats))("%s: the same smallest and largest value", (name, range) => {
    const accepts = (value: number | undefined) => value === undefined || rules[name]?.check.accepts(value);
    const step = 0.5 ** 20;
    expect(accepts(range.maximum)).toBe(true);
    expect(accepts((range.maximum ?? 0) + 1)).toBe(false);
    if (range.exclusiveMinimum === undefined) expect(accepts(range.minimum)).toBe(true);
    else
      expect([accepts(range.exclusiveMinimum), accepts(range.exclusiveMinimum + step)]).toEqual([
        false,
        true,
      ]);
    expect(accepts((range.minimum ?? range.exclusiveMinimum ?? 0) - 1)).toBe(false);
  });

  it.each(withChoices(formats))("%s: the same choices", (name, choices) => {
    expect(choices.every((choice) => rules[name]?.check.accepts(choice))).toBe(true);
    expect(rules[name]?.check.range).toContain(choices.join(", "));
  });

  it.each(withDefault(formats))("%s: the same default", (name, value) => {
    // In the spec `false` switches off what is undefined in the runtime.
    expect(rules[name]?.default ?? false).toEqual(value);
  });
});

function withRange(formats: readonly OptionFormat[]): [string, Range][] {
  return formats.flatMap(({ name, schema }) => {
    const alternatives = (schema.anyOf ?? [schema]) as Range[];
    const range = alternatives.find(({ maximum }) => maximum !== undefined);
    // The short form of these stands for an object in the runtime.
    return range === undefined || ["pprof", "commandRate"].includes(name) ? [] : [[name, range]];
  });
}

const withChoices = (formats: readonly OptionFormat[]): [string, readonly unknown[]][] =>
  formats.flatMap(({ name, schema }) => (schema.enum === undefined ? [] : [[name, schema.enum]]));

const withDefault = (formats: readonly OptionFormat[]): [string, unknown][] =>
  formats.flatMap(({ name, schema }) => (schema.default === undefined ? [] : [[name, schema.default]]));
