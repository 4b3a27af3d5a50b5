import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import * as commandSetters from "../../../runtime/src/config/command-options.js";
import type { EventRule } from "../../../runtime/src/config/event-rule.js";
import { resolveCommandConfig, resolveModuleConfig } from "../../../runtime/src/config/module-config.js";
import * as moduleSetters from "../../../runtime/src/config/module-options.js";
import { commandRules, moduleRules, type OptionRule } from "../../../runtime/src/config/option-rules.js";
import type { OptionValue } from "../../../runtime/src/options.js";
import { readModel } from "../../../src/read-model.js";
import { createCommandCalls, createModuleCalls } from "../../../src/render/option-calls.js";
import { eventRules } from "../../../src/spec-file/event-rules.js";
import { commandOptions, moduleOptions, type OptionFormat } from "../../../src/spec-file/option-table.js";

type Rules = Readonly<Record<string, OptionRule>>;
interface Range {
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

/** Any value that the table allows in the spec. */
function arbitraryOf(value: OptionValue): fc.Arbitrary<unknown> {
  switch (value.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "size":
      return fc.integer({ min: value.minimum ?? 0, max: value.maximum });
    case "number":
    case "duration": {
      const min = value.minimum ?? value.exclusiveMinimum ?? 0;
      const range = { min, max: value.maximum, minExcluded: value.exclusiveMinimum !== undefined };
      return fc.double({ ...range, noNaN: true });
    }
    case "choice":
      return fc.constantFrom(...value.choices);
    case "string": {
      const { pattern = "^[^\\u0000-\\u001f\\u007f]+$", maxLength = 200 } = value;
      // fast-check does not know lookaheads.
      const characters = new RegExp(pattern.replace(/\(\?!.*?\)/, ""), "u");
      return fc
        .stringMatching(characters)
        .filter((text) => text.length <= maxLength && new RegExp(pattern, "u").test(text));
    }
    case "list":
      return fc.uniqueArray(arbitraryOf(value.items), { maxLength: 3 });
    case "anyOf":
      return fc.oneof(...value.values.map(arbitraryOf));
    case "object": {
      const members: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
        Object.entries(value.fields).map(([name, field]) => [name, arbitraryOf(field.value)]),
      );
      const whole = fc.record(members, { requiredKeys: [...(value.required ?? [])] });
      const choices = value.oneOf ?? [];
      if (choices.length === 0) return whole;
      return fc.tuple(whole, fc.constantFrom(...choices)).chain(([record, kept]) => {
        const others = Object.entries(record).filter(([key]) => !choices.includes(key));
        return (members[kept] ?? fc.constant(null)).map((given) => ({
          ...Object.fromEntries(others),
          [kept]: given,
        }));
      });
    }
  }
}

/** Which of the matching strings are origins, only a URL parser can say. */
const origins = fc.subarray(["*", "https://example.org", "http://localhost:3000", "chrome-extension://abc"]);

function moduleOf(content: object) {
  const spec = { wsgen: 1, name: "app", modules: { chat: { port: 1, urls: ["ws"], ...content } } };
  const bytes = new TextEncoder().encode(JSON.stringify(spec));
  const { value, diagnostics } = readModel({ file: "wsgen.yaml", bytes });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return value!.modules[0]!;
}

describe("what the spec takes, the runtime takes from the generated call", () => {
  const setters = (functions: object) => functions as Readonly<Record<string, (...args: unknown[]) => never>>;

  it.each(moduleOptions)("$name", ({ name, value, short }) => {
    const given = name === "allowedOrigins" ? origins : arbitraryOf(value);
    const values = short === undefined ? given : fc.oneof(arbitraryOf(short.value), given);
    fc.assert(
      fc.property(values, (each) => {
        const calls = createModuleCalls(moduleOf({ config: { [name]: each } }).config);
        resolveModuleConfig(
          "chat",
          calls.map(({ callee, args }) => setters(moduleSetters)[callee]!(...args)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it.each(commandOptions)("$name of a command", ({ name, value }) => {
    const module = resolveModuleConfig("chat", []);
    fc.assert(
      fc.property(arbitraryOf(value), (each) => {
        const calls = createCommandCalls(
          moduleOf({ commands: { say: { config: { [name]: each } } } }).commands[0]!.config,
        );
        const options = calls.map(({ callee, args }) => setters(commandSetters)[callee]!(...args));
        expect(resolveCommandConfig("chat", "say", options, module)).toMatchObject({ [name]: each });
      }),
      { numRuns: 30 },
    );
  });
});

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

describe("setEvents", () => {
  it.each(Object.entries(eventRules))("takes what the spec's key %s gives", (key, { format, read }) => {
    const [example = ""] = format.examples ?? [];
    const written = typeof example === "string" ? parseYaml(example) : example;
    const value = read(
      typeof written === "object" && written !== null && "for" in written ? { ...written, for: 60 } : written,
    );
    expect(value).toBeDefined();
    const config = resolveModuleConfig("chat", [
      moduleSetters.setEvents({ message: { [key]: value } as EventRule }),
    ]);
    expect(config.events.message).toEqual({ [key]: value });
  });
});
