import { Project, SyntaxKind } from "ts-morph";
import { describe, expect, it } from "vitest";
import type { Location } from "../../../src/diagnostics/diagnostic.js";
import { compileValidators, type ValidatorInput } from "../../../src/schema/validate/compile.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";
import { cpuTimeMs } from "../../support/cpu-time.js";
import { loadValidators, printFile } from "./load-validators.js";

const noShared = { shared: () => undefined };

async function compileOne(schema: JsonSchema) {
  const { value, diagnostics } = await compileValidators([{ name: "validateCase", schema }], noShared);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return value;
}

async function validatorOf(schema: JsonSchema) {
  const { validateCase } = await loadValidators(await compileOne(schema));
  return validateCase!;
}

async function refusalOf(schema: JsonSchema, rest: Partial<ValidatorInput> = {}) {
  const { value, diagnostics } = await compileValidators(
    [{ name: "validateCase", schema, ...rest }],
    noShared,
  );
  expect(value).toBeUndefined();
  return diagnostics;
}

describe("compileValidators: a validator", () => {
  it.each([
    [{ type: "number" }, "must be a number"],
    [{ type: "integer" }, "must be an integer"],
    [{ type: ["number", "null"] }, "must be a number or null"],
    [{ type: "number", multipleOf: 0.5 }, "must be a number"],
    [{ multipleOf: 0.5 }, "must be a multiple of 0.5"],
    [{ maximum: 5 }, "must be at most 5"],
  ])("of %j refuses a number that JSON cannot write", async (schema, message) => {
    const validate = await validatorOf(schema);
    expect(validate(JSON.parse("1e999"))).toEqual([expect.objectContaining({ message })]);
  });

  it("reports every problem with its place, its rule and what was expected", async () => {
    const validate = await validatorOf({
      type: "object",
      required: ["room", "text"],
      additionalProperties: false,
      properties: {
        room: { type: "string", minLength: 1 },
        text: { type: "string", maxLength: 3, pattern: "^a" },
        kind: { enum: ["a", 1] },
        when: { type: "string", format: "date-time" },
        tags: { type: "array", items: { type: "string" }, uniqueItems: true },
        "a/b~c": { type: "array", items: { type: "object", additionalProperties: { type: "integer" } } },
      },
    });
    expect(validate({ room: "lobby", text: "abc", "a/b~c": [{ x: 1 }] })).toBeUndefined();
    const value = {
      text: "bcde",
      kind: 2,
      when: "now",
      tags: ["x", 1, "x"],
      "a/b~c": [{ "/": "y" }],
      more: 1,
    };
    expect(validate(value)).toEqual([
      { pointer: "", rule: "required", message: "must have the property 'room'" },
      { pointer: "/text", rule: "maxLength", message: "must have at most 3 characters" },
      { pointer: "/kind", rule: "enum", message: 'must be one of "a", 1' },
      { pointer: "/when", rule: "format", message: "must be a date-time (2021-04-22T22:00:00Z)" },
      { pointer: "/tags", rule: "uniqueItems", message: "must not have two equal items" },
      { pointer: "/tags/1", rule: "type", message: "must be a string" },
      { pointer: "/a~1b~0c/0/~1", rule: "type", message: "must be an integer" },
      {
        pointer: "/more",
        rule: "additionalProperties",
        message: "is not a known property",
      },
    ]);
    expect(validate([])).toEqual([{ pointer: "", rule: "type", message: "must be an object" }]);
  });

  it("reports the problems of the branch that the value identifies", async () => {
    const shape = (kind: string, size: string): JsonSchema => ({
      type: "object",
      required: ["kind", size],
      properties: { kind: { const: kind }, [size]: { type: "number" } },
      additionalProperties: false,
    });
    const validate = await validatorOf({ oneOf: [shape("circle", "radius"), shape("square", "side")] });
    expect(validate({ kind: "circle", radius: 1 })).toBeUndefined();
    const missing = { pointer: "", rule: "required", message: "must have the property 'side'" };
    expect(validate({ kind: "square" })).toEqual([missing]);
    const message = 'must be one of "circle", "square"';
    expect(validate({ kind: "line" })).toEqual([{ pointer: "/kind", rule: "oneOf", message }]);
    expect(validate(1)).toEqual([{ pointer: "", rule: "type", message: "must be an object" }]);
  });

  it("reports the problems of the branch that has the type of the value", async () => {
    const $defs = { name: { type: "string", minLength: 2 } };
    const validate = await validatorOf({ anyOf: [{ $ref: "#/$defs/name" }, { type: "null" }], $defs });
    expect(validate(null)).toBeUndefined();
    expect(validate("a")).toEqual([
      { pointer: "", rule: "minLength", message: "must have at least 2 characters" },
    ]);
    expect(validate(1)).toEqual([{ pointer: "", rule: "type", message: "must be a string or null" }]);
  });

  it("reports the whole place of a problem behind a reference", async () => {
    const validate = await validatorOf({
      $ref: "#/$defs/node",
      $defs: {
        node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, n: { type: "number" } } },
      },
    });
    expect(validate({ next: { next: { n: "x" } } })).toEqual([
      { pointer: "/next/next/n", rule: "type", message: "must be a number" },
    ]);
  });

  it("reports at most a hundred problems", async () => {
    const validate = await validatorOf({
      type: "array",
      items: { $ref: "#/$defs/n" },
      $defs: { n: { type: "number" } },
    });
    expect(validate(Array.from({ length: 5_000 }, () => "x"))).toHaveLength(100);
  });

  it("reports a value that is nested too deeply, without an overflow", async () => {
    const validate = await validatorOf({
      anyOf: [{ type: "array", items: { $ref: "#" } }, { type: "null" }],
      unevaluatedItems: false,
    });
    let value: unknown = null;
    for (let depth = 0; depth < 50_000; depth += 1) value = [value];
    const [problem] = validate(value) ?? [];
    expect(problem?.rule).toBe("depth");
    const unique = await validatorOf({ uniqueItems: true });
    expect(unique([value, value])).toHaveLength(1);
  });

  it("ignores inherited properties", async () => {
    const names = ["__proto__", "constructor", "toString"];
    const properties = Object.fromEntries(names.map((name) => [name, { type: "number" }]));
    const validate = await validatorOf({
      type: "object",
      required: names,
      properties,
      additionalProperties: false,
    });
    expect(validate({})).toHaveLength(3);
    expect(validate(JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'))).toBeUndefined();
    expect(validate(JSON.parse('{"__proto__":"1","constructor":2,"toString":3}'))).toHaveLength(1);
    const constant = await validatorOf(JSON.parse('{"const":{"__proto__":1}}'));
    expect(constant(JSON.parse('{"__proto__":1}'))).toBeUndefined();
    expect(constant({})).toHaveLength(1);
  });

  it("counts characters, not UTF-16 units", async () => {
    const validate = await validatorOf({ type: "string", minLength: 2, maxLength: 2 });
    expect(validate("😀😀")).toBeUndefined();
    expect(validate("😀")).toHaveLength(1);
    expect(validate("😀😀😀")).toHaveLength(1);
  });

  it.each([
    { cost: "quadratic time", schema: { pattern: "^\\S+@\\S+$", maxLength: 1_000 } },
    { cost: "cubic time", schema: { pattern: "^a*a*a*$", maxLength: 100 } },
    { cost: "exponential time", schema: { pattern: "^(a+)+$", maxLength: 20, "x-trusted-pattern": true } },
    { cost: "unknown time", schema: { pattern: "^(a)\\1$", maxLength: 20, "x-trusted-pattern": true } },
  ])("has a pattern of $cost if its strings are short or it is trusted", async ({ schema }) => {
    const validate = await validatorOf({ type: "string", ...schema });
    const started = performance.now();
    expect(validate(`${"a".repeat(1_000_000)}!`)).toMatchObject([{ rule: "maxLength" }]);
    expect(validate("!")).toMatchObject([{ rule: "pattern" }]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("never runs a pattern on a string that is too long", async () => {
    const validate = await validatorOf({
      type: "string",
      maxLength: 10,
      pattern: "^\\s*x?\\s*y?\\s*z?\\s*$",
    });
    const text = `${" ".repeat(100_000)}!`;
    expect(await cpuTimeMs(() => expect(validate(text)).toHaveLength(1))).toBeLessThan(1_000);
  });

  it("takes linear time for items that must differ", async () => {
    const validate = await validatorOf({ type: "array", uniqueItems: true });
    const items = Array.from({ length: 50_000 }, (_, n) => ({ n }));
    expect(await cpuTimeMs(() => expect(validate(items)).toBeUndefined())).toBeLessThan(2_000);
  });
});

describe("compileValidators: an unsupported schema", () => {
  it.each<[string, JsonSchema, string]>([
    ["an exponential pattern", { pattern: "^(a+)+$", maxLength: 30 }, "can take exponential time"],
    ["a quadratic pattern", { pattern: "^\\S+@\\S+$" }, "can take quadratic time"],
    [
      "a quadratic pattern for long texts",
      { pattern: "^\\S+@\\S+$", maxLength: 1_001 },
      "can take quadratic time",
    ],
    [
      "a trusted pattern for texts of any length",
      { pattern: "^(a+)+$", "x-trusted-pattern": true },
      "can take exp",
    ],
    ["a quadratic name", { patternProperties: { "^\\S+@\\S+$": true } }, "can take quadratic time"],
    ["an exponential name", { patternProperties: { "^(a+)+$": true } }, "can take exponential time"],
  ])("is refused: %s", async (_, schema, message) => {
    const diagnostics = await refusalOf({ properties: { a: schema, b: { $ref: "#/properties/a" } } });
    expect(diagnostics[0]?.severity).toBe("error");
    expect(diagnostics.map((diagnostic) => diagnostic.message).join()).toContain(message);
  });

  it("is refused with its place", async () => {
    const at: Location = { file: "wsgen.yaml", line: 3, column: 5, length: 1 };
    const locate = (pointer: string) => (pointer === "/properties/a~1b/pattern" ? at : undefined);
    const [problem] = await refusalOf({ properties: { "a/b": { pattern: "^(a+)+$" } } }, { locate });
    expect(problem).toMatchObject({ code: "invalid-schema", severity: "error", at });
  });

  it("is refused if its references multiply", async () => {
    const double = (n: number) => ({ anyOf: [{ $ref: `#/$defs/d${n}` }, { $ref: `#/$defs/d${n}` }] });
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`d${n}`, n === 39 ? true : double(n + 1)]),
    );
    const [problem] = await refusalOf({ ...double(0), $defs, unevaluatedProperties: false });
    expect(problem?.message).toContain("depends on too many schemas");
  });
});

describe("compileValidators: the code", () => {
  it("calls the validators of shared schemas in the same file or in another one", async () => {
    const message = { type: "object", required: ["text"] };
    const shared = (pointer: string) =>
      pointer === "#/schemas/Message" ? { name: "validateMessage", schema: message } : undefined;
    const request = { name: "validateSay", schema: { properties: { last: { $ref: "#/schemas/Message" } } } };
    const apart = await compileValidators([request], { shared });
    expect(apart.value?.shared).toEqual(["validateMessage"]);
    expect(apart.value?.text).toContain("= validateMessage(value1);");
    const together = await compileValidators([{ name: "validateMessage", schema: message }, request], {
      shared,
    });
    expect(together.value?.shared).toEqual([]);
    const { validateSay } = await loadValidators(together.value!);
    expect(validateSay!({ last: {} })).toEqual([
      { pointer: "/last", rule: "required", message: "must have the property 'text'" },
    ]);
  });

  it("has the text of the spec only in literals", async () => {
    const hostile = '"); process.exit(1); ("*/`${x}\u2028\n';
    const properties = {
      [hostile]: { const: hostile, pattern: '^["\\u2028`$]*$' },
      a: { enum: [hostile, { [hostile]: 1 }] },
    };
    const code = await compileOne({
      type: "object",
      required: [hostile],
      properties,
      additionalProperties: false,
    });
    expect(code.text).not.toContain("\u2028");
    const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("code.ts", code.text);
    expect(file.getDescendantsOfKind(SyntaxKind.NoSubstitutionTemplateLiteral)).toEqual([]);
    expect(file.getDescendantsOfKind(SyntaxKind.TemplateExpression)).toEqual([]);
    expect(file.getDescendantsOfKind(SyntaxKind.RegularExpressionLiteral)).toEqual([]);
    const { validateCase } = await loadValidators(code);
    expect(validateCase!({ [hostile]: 1, a: 1 })?.map(({ rule }) => rule)).toEqual(["const", "enum"]);
    expect(printFile(code)).not.toMatch(/\beval\b|\bFunction\b|\brequire\(/);
  });

  it("uses no name that is taken", async () => {
    const input = { name: "matches1", schema: { not: { type: "object", required: ["a"] } } };
    const isTaken = (name: string) => name === "matches2";
    const { value } = await compileValidators([input], { ...noShared, isTaken });
    expect(value?.text).toContain("function matches3(");
  });

  it("is empty without schemas", async () => {
    const { value } = await compileValidators([], noShared);
    expect(value).toEqual({ imports: [], shared: [], text: "" });
  });

  it("takes linear time", async () => {
    const schema = (n: number): JsonSchema => ({
      type: "object",
      required: ["a"],
      properties: {
        a: { type: "string", pattern: `^[a-z${n % 10}]+$` },
        b: { anyOf: [{ minLength: n }, { $ref: "#" }] },
      },
    });
    const time = (count: number) => {
      const inputs = Array.from({ length: count }, (_, n) => ({ name: `validate${n}`, schema: schema(n) }));
      return cpuTimeMs(() => compileValidators(inputs, noShared));
    };
    await time(100);
    const small = await time(500);
    expect(await time(2_000)).toBeLessThan(12 * small + 100);
  });
});
