import { describe, expect, it } from "vitest";
import { commandRules } from "../../../runtime/src/config/command-rules.js";
import { moduleRules } from "../../../runtime/src/config/module-rules.js";
import type { OptionRule } from "../../../runtime/src/config/option-rule.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../../../src/spec/option-table.js";

type Rules = Readonly<Record<string, OptionRule<unknown>>>;
interface Range {
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

describe.each([
  ["module", moduleRules as Rules, moduleOptions],
  ["command", commandRules as Rules, commandOptions],
] as const)("the options of a %s in the spec and in the runtime", (_, rules, formats) => {
  it("are the same, but for those that exist in code only", () => {
    const inSpec = Object.entries(rules).filter(([, { yaml }]) => yaml !== undefined);
    expect(formats.map(({ name }) => name)).toEqual(inSpec.map(([name]) => name));
  });

  it.each(formats.map((format) => [format.name, format] as const))(
    "%s: the same function, scope and unit",
    (name, format) => {
      expect(rules[name]?.setter.startsWith(`${format.setter}(`)).toBe(true);
      expect(format.scope).toBe(rules[name]?.scope);
      if (format.unit !== undefined) expect(format.unit).toBe(rules[name]?.unit);
    },
  );

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
    const { defaultValue } = rules[name] ?? {};
    // In the spec `false` and the empty list switch off what is undefined in the runtime.
    expect(defaultValue ?? (Array.isArray(value) ? [] : false)).toEqual(value);
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
