// Changes of one schema, and the codes they get in a request and in a reply; `!` marks those that break.
import { expect, test } from "vitest";
import { contractCodes } from "../../../src/contract-diff/contract-codes.js";
import { diffContracts } from "../../../src/contract-diff/diff-contracts.js";
import { modelOf, specOf } from "./model-of.js";

interface Case {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly request: readonly string[];
  readonly reply: readonly string[];
  readonly isStrict?: boolean;
}

const field = (schema: string): string => `{ type: object, required: [a], properties: { a: ${schema} } }`;
const open = "{ type: object, properties: { a: { type: string } } }";
const two = "{ type: object, properties: { a: { type: string }, b: { type: string } } }";
const closed = (fields: string, required = ""): string =>
  `{ type: object, required: [${required}], properties: { ${fields} }, additionalProperties: false }`;

/** Alternatives that the field `k` tells apart. */
const x = (name: string, maxLength = 9): string =>
  `{ type: object, required: [k], properties: { k: { const: x }, ${name}: { type: string, maxLength: ${maxLength} } } }`;
const y = "{ type: object, required: [k], properties: { k: { const: y } } }";

/** A narrower second schema: its code ends in `narrowed`, and in `widened` the other way round. */
const narrower: readonly (readonly [aspect: string, before: string, after: string])[] = [
  ["type", "{ type: [string, integer] }", "{ type: string }"],
  ["type", "{ type: number }", "{ type: integer }"],
  ["values", "{ enum: [a, b, c] }", "{ enum: [c, a] }"],
  ["values", "{ enum: [a, b] }", "{ const: a }"],
  ["values", "{ type: string }", "{ enum: [a, b] }"],
  ["range", "{ type: integer, minimum: 1 }", "{ type: integer, minimum: 2 }"],
  ["range", "{ type: integer, minimum: 0 }", "{ type: integer, exclusiveMinimum: 0 }"],
  ["range", "{ type: number, minimum: 0 }", "{ type: number, minimum: 0, exclusiveMinimum: 0 }"],
  ["range", "{ type: number, maximum: 2 }", "{ type: number, maximum: 1 }"],
  ["range", "{ type: number, maximum: 1 }", "{ type: number, exclusiveMaximum: 1 }"],
  ["range", "{ type: integer, multipleOf: 2 }", "{ type: integer, multipleOf: 6 }"],
  ["length", "{ type: string, maxLength: 9 }", "{ type: string, maxLength: 8 }"],
  ["length", "{ type: string, minLength: 1 }", "{ type: string, minLength: 2 }"],
  ["pattern", "{ type: string }", "{ type: string, pattern: '^a' }"],
  ["format", "{ type: string }", "{ type: string, format: date }"],
  ["encoding", "{ type: string }", "{ type: string, contentEncoding: base64 }"],
  ["size", "{ type: array, items: true }", "{ type: array, items: true, maxItems: 3 }"],
  ["size", "{ type: array }", "{ type: array, uniqueItems: true }"],
  ["size", "{ type: object, maxProperties: 4 }", "{ type: object, maxProperties: 3 }"],
  [
    "alternatives",
    "{ anyOf: [{ type: string, maxLength: 1 }, { type: string, minLength: 3 }, { type: string, format: date }] }",
    "{ anyOf: [{ type: string, minLength: 3 }, { type: string, maxLength: 1 }] }",
  ],
];

const cases: readonly Case[] = [
  ...narrower.flatMap(([aspect, wide, narrow]): Case[] => [
    {
      name: `${wide} → ${narrow}`,
      before: field(wide),
      after: field(narrow),
      request: [`!${aspect}-narrowed /a`],
      reply: [`${aspect}-narrowed /a`],
    },
    {
      name: `${narrow} → ${wide}`,
      before: field(narrow),
      after: field(wide),
      request: [`${aspect}-widened /a`],
      reply: [`!${aspect}-widened /a`],
    },
  ]),
  ...(
    [
      ["type", "{ type: string }", "{ type: boolean }"],
      ["values", "{ enum: [a, b] }", "{ enum: [b, c] }"],
      ["range", "{ type: integer, minimum: 1, maximum: 9 }", "{ type: integer, minimum: 2, maximum: 10 }"],
      [
        "length",
        "{ type: string, minLength: 1, maxLength: 9 }",
        "{ type: string, minLength: 2, maxLength: 10 }",
      ],
      ["size", "{ type: array, minItems: 1, maxItems: 9 }", "{ type: array, minItems: 2, maxItems: 10 }"],
    ] as const
  ).map(([aspect, before, after]): Case => {
    const changes = [`!${aspect}-changed /a`];
    return {
      name: `${before} → ${after}`,
      before: field(before),
      after: field(after),
      request: changes,
      reply: changes,
    };
  }),
  {
    name: "a new optional field",
    before: open,
    after: two,
    request: ["field-added /b"],
    reply: ["field-added /b"],
  },
  {
    name: "a new optional field, strictly",
    before: open,
    after: two,
    request: ["!field-added /b"],
    reply: ["field-added /b"],
    isStrict: true,
  },
  {
    name: "a new optional field beside fields of any name",
    before: open.replace("} } }", "} }, additionalProperties: true }"),
    after: two,
    request: ["!field-added /b"],
    reply: ["field-added /b"],
  },
  {
    name: "a new optional field where there were no others",
    before: closed("a: { type: string }"),
    after: closed("a: { type: string }, b: { type: string }"),
    request: ["field-added /b"],
    reply: ["!field-added /b"],
  },
  {
    name: "a new required field",
    before: open,
    after: two.replace("object,", "object, required: [b],"),
    request: ["!field-added /b"],
    reply: ["field-added /b"],
  },
  {
    name: "a field that is gone",
    before: two,
    after: open,
    request: ["field-removed /b"],
    reply: ["!field-removed /b"],
  },
  {
    name: "a field that is gone where there are no others",
    before: closed("a: { type: string }, b: { type: string }"),
    after: closed("a: { type: string }"),
    request: ["!field-removed /b"],
    reply: ["field-removed /b"],
  },
  {
    name: "a field that is required now",
    before: open,
    after: open.replace("object,", "object, required: [a],"),
    request: ["!field-required /a"],
    reply: ["field-required /a"],
  },
  {
    name: "a field that is no longer required",
    before: open.replace("object,", "object, required: [a],"),
    after: open,
    request: ["field-optional /a"],
    reply: ["!field-optional /a"],
  },
  {
    name: "no other fields any more",
    before: open,
    after: closed("a: { type: string }"),
    request: ["!fields-narrowed "],
    reply: ["fields-narrowed "],
  },
  {
    name: "other fields, too",
    before: closed("a: { type: string }"),
    after: open,
    request: ["fields-widened "],
    reply: ["!fields-widened "],
  },
  {
    name: "a schema where there was none",
    before: undefined,
    after: open,
    request: ["!schema-added "],
    reply: ["schema-added "],
  },
  {
    name: "no schema where there was one",
    before: open,
    after: undefined,
    request: ["schema-removed "],
    reply: ["!schema-removed "],
  },
  {
    name: "a schema that says nothing where there was none",
    before: undefined,
    after: "{ type: object, description: any }",
    request: [],
    reply: ["schema-added "],
  },
  {
    name: "a required field that gets a default",
    before: field("{ type: string }"),
    after: field("{ type: string, default: x }"),
    request: ["field-optional /a"],
    reply: [],
  },
  {
    name: "a required field that loses its default",
    before: field("{ type: string, default: x }"),
    after: field("{ type: string }"),
    request: ["!field-required /a"],
    reply: [],
  },
  {
    name: "another default",
    before: field("{ type: string, default: x }"),
    after: field("{ type: string, default: y }"),
    request: [],
    reply: [],
  },
  {
    name: "another pattern, of which nothing is known",
    before: field("{ type: string, pattern: '^a' }"),
    after: field("{ type: string, pattern: '^ab' }"),
    request: ["!cannot-be-decided /a"],
    reply: ["!cannot-be-decided /a"],
  },
  {
    name: "a list of values in place of a length that they keep",
    before: field("{ type: string, minLength: 1 }"),
    after: field("{ type: string, enum: [a, ab] }"),
    request: ["!values-narrowed /a"],
    reply: ["values-narrowed /a"],
  },
  {
    name: "alternatives that overlap",
    before: field("{ oneOf: [{ type: string, maxLength: 4 }, { type: string, minLength: 3 }] }"),
    after: field("{ oneOf: [{ type: string, maxLength: 3 }, { type: string, minLength: 3 }] }"),
    request: ["!cannot-be-decided /a", "!length-narrowed /a"],
    reply: ["!cannot-be-decided /a", "length-narrowed /a"],
  },
  {
    name: "a minimum that is excluded, of integers",
    before: field("{ type: integer, minimum: 0 }"),
    after: field("{ type: integer, exclusiveMinimum: 0 }"),
    request: ["!range-narrowed /a"],
    reply: ["range-narrowed /a"],
  },
  {
    name: "the same minimum in other words",
    before: field("{ type: integer, minimum: 1 }"),
    after: field("{ type: integer, exclusiveMinimum: 0 }"),
    request: [],
    reply: [],
  },
  {
    name: "another rule",
    before: field("{ type: string, not: { enum: [x] } }"),
    after: field("{ type: string, not: { enum: [y] } }"),
    request: ["!cannot-be-decided /a"],
    reply: ["!cannot-be-decided /a"],
  },
  {
    name: "a pattern of names that was changed",
    before: "{ type: object, patternProperties: { '^x-': { type: string } } }",
    after: "{ type: object, patternProperties: { '^y-': { type: string } } }",
    request: ["!cannot-be-decided "],
    reply: ["!cannot-be-decided "],
  },
  {
    name: "a stricter schema for names that match a pattern",
    before: "{ type: object, patternProperties: { '^x-': { type: string } } }",
    after: "{ type: object, patternProperties: { '^x-': { type: string, maxLength: 3 } } }",
    request: ["!length-narrowed /*"],
    reply: ["length-narrowed /*"],
  },
  {
    name: "unevaluated properties beside a change",
    before: "{ type: object, properties: { a: true }, unevaluatedProperties: false }",
    after: "{ type: object, properties: { a: true, b: true }, unevaluatedProperties: false }",
    request: ["!cannot-be-decided "],
    reply: ["!cannot-be-decided "],
  },
  {
    name: "a rule that was not there",
    before: field("{ type: object, properties: { b: { type: string }, c: { type: string } } }"),
    after: field(
      "{ type: object, properties: { b: { type: string }, c: { type: string } }, dependentRequired: { b: [c] } }",
    ),
    request: ["!condition-narrowed /a"],
    reply: ["condition-narrowed /a"],
  },
  {
    name: "the same in other words",
    before: field("{ type: [string, 'null'], minLength: 1 }"),
    after: field("{ anyOf: [{ type: 'null' }, { $ref: '#/schemas/Text' }] }"),
    request: [],
    reply: [],
  },
  {
    name: "the same, taken apart",
    before: two,
    after:
      "{ allOf: [{ type: object, properties: { b: { type: string } } }, { properties: { a: { type: string } } }] }",
    request: [],
    reply: [],
  },
  {
    name: "an alternative less",
    before: field("{ anyOf: [{ type: string }, { type: 'null' }] }"),
    after: field("{ type: string }"),
    request: ["!type-narrowed /a"],
    reply: ["type-narrowed /a"],
  },
  {
    name: "a stricter one of alternatives that a field tells apart",
    before: field(
      "{ oneOf: [{ type: object, required: [k], properties: { k: { const: x } } }, { type: object, required: [k], properties: { k: { const: y }, n: { type: integer } } }] }",
    ),
    after: field(
      "{ oneOf: [{ type: object, required: [k, n], properties: { k: { const: y }, n: { type: integer } } }, { type: object, required: [k], properties: { k: { const: x } } }] }",
    ),
    request: ["!field-required /a/n"],
    reply: ["field-required /a/n"],
  },
  ...(
    [
      ["two alternatives with one tag, both stricter", [x("a"), x("b")], [x("a", 3), x("b", 3)], "changed"],
      ["two alternatives with one tag, and one of them left", [x("a"), x("b")], [x("a", 3), y], "changed"],
      ["two alternatives with a tag that one had", [x("a"), y], [x("a", 3), x("b")], "changed"],
      ["two alternatives in place of one", [y], [x("a"), x("b")], "changed"],
    ] as const
  ).map(([name, before, after, change]): Case => {
    const changes = [`!alternatives-${change} /a`];
    return {
      name,
      before: field(`{ anyOf: [${before.join()}] }`),
      after: field(`{ anyOf: [${after.join()}] }`),
      request: changes,
      reply: changes,
    };
  }),
  {
    name: "alternatives that an optional field does not tell apart, of which only one may hold now",
    before: field(`{ anyOf: [${[x("a"), y].join().replaceAll("[k]", "[]")}] }`),
    after: field(`{ oneOf: [${[x("a"), y].join().replaceAll("[k]", "[]")}] }`),
    request: ["!cannot-be-decided /a"],
    reply: ["!cannot-be-decided /a"],
  },
  {
    name: "alternatives with tags that share a value, of which only one may hold now",
    before: field(`{ anyOf: [${[x("a"), y].join().replace("const: x", "enum: [x, y]")}] }`),
    after: field(`{ oneOf: [${[x("a"), y].join().replace("const: x", "enum: [x, y]")}] }`),
    request: ["!cannot-be-decided /a"],
    reply: ["!cannot-be-decided /a"],
  },
  {
    name: "alternatives that a field tells apart, of which only one may hold now",
    before: field(`{ anyOf: [${[x("a"), y].join()}] }`),
    after: field(`{ oneOf: [${[x("a"), y].join()}] }`),
    request: [],
    reply: [],
  },
  {
    name: "values in place of a length that only some of them have",
    before: field("{ type: string, maxLength: 1 }"),
    after: field("{ type: string, enum: [a, ab] }"),
    request: ["!values-changed /a"],
    reply: ["!values-changed /a"],
  },
  {
    name: "values in place of a length, which counts characters",
    before: field("{ type: string, maxLength: 1 }"),
    after: field("{ type: string, enum: ['\u{1F600}', a] }"),
    request: ["!values-narrowed /a"],
    reply: ["values-narrowed /a"],
  },
  {
    name: "a shared schema that refers to itself",
    before: "{ $ref: '#/schemas/Tree' }",
    after: "{ $ref: '#/schemas/Other' }",
    request: ["!length-narrowed /text"],
    reply: ["length-narrowed /text"],
  },
  {
    name: "one item of a tuple",
    before: field("{ type: array, prefixItems: [{ type: string }, { type: string }], items: false }"),
    after: field(
      "{ type: array, prefixItems: [{ type: string }, { type: [string, 'null'] }], items: false }",
    ),
    request: ["type-widened /a/1"],
    reply: ["!type-widened /a/1"],
  },
];

const shared = `{
  Text: { type: string, minLength: 1 },
  Tree: { type: object, properties: { text: { type: string }, kids: { type: array, items: { $ref: '#/schemas/Tree' } } } },
  Other: { type: object, properties: { text: { type: string, maxLength: 9 }, kids: { type: array, items: { $ref: '#/schemas/Other' } } } } }`;

function codes({ before, after, isStrict = false }: Case, direction: "request" | "reply"): string[] {
  const model = (schema: string | undefined) =>
    modelOf(
      specOf(`{ port: 1000, urls: [ws], commands: { say: { ${direction}: ${schema ?? "any"} } } }`, shared),
    );
  return diffContracts(model(before), model(after), { isStrict }).map(
    ({ breaking, code, where }) => `${breaking ? "!" : ""}${code} ${where.split(" ")[2] ?? ""}`,
  );
}

for (const each of cases) {
  test(each.name, () => {
    expect({ request: codes(each, "request"), reply: codes(each, "reply") }).toEqual({
      request: each.request,
      reply: each.reply,
    });
  });
}

test("in a codec with bytes, a change between text and bytes always breaks", () => {
  const bytes = "{ type: string, contentEncoding: base64 }";
  const model = (schema: string) =>
    modelOf(
      specOf(`{ port: 1000, urls: [ws], config: { envelope: { codec: msgpack } },
        errors: { broken: { details: { a: ${schema} } } },
        commands: { say: { request: ${field(schema)}, reply: ${field(schema)} } },
        events: { told: { data: ${field(schema)} } } }`),
    );
  for (const [before, after] of [
    [bytes, "{ type: string }"],
    ["{ type: string }", bytes],
  ] as const) {
    const found = diffContracts(model(before), model(after));
    expect(found.map(({ breaking, code, where }) => [breaking, code, where])).toEqual([
      [true, "encoding-changed", "chat.say request /a"],
      [true, "encoding-changed", "chat.say reply /a"],
      [true, "encoding-changed", "chat.told event /a"],
      [true, "encoding-changed", "chat error broken details /a"],
    ]);
    expect(found[0]?.message).toContain(
      before === bytes ? "Was bytes (base64 in JSON), now text" : "Was text, now bytes",
    );
  }
  const url = "{ type: string, contentEncoding: base64url }";
  expect(diffContracts(model(url), model("{ type: string }"))).toEqual([]);
});

test("contractCodes: every code of a schema breaks as its meaning says", () => {
  const told = cases.flatMap(({ request, reply }) => [
    ...request.map((line) => ["in requests", line] as const),
    ...reply.map((line) => ["in replies and events", line] as const),
  ]);
  for (const [direction, line] of told) {
    const isBreaking = line.startsWith("!");
    const breaks = contractCodes.get(line.replace("!", "").split(" ")[0]!)?.breaks;
    expect(breaks, line).toBeDefined();
    if (breaks !== "depends") expect(breaks === "always" || breaks === direction, line).toBe(isBreaking);
  }
});
