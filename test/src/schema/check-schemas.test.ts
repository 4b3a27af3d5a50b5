import { describe, expect, it } from "vitest";
import { readModel } from "../../../src/read-model.js";
import type { Json } from "../../../src/spec-file/spec.js";

/** What is said of a spec with these shared schemas: the code, the line's column, the message and the fix. */
function findingsOf(...schemas: readonly string[]) {
  const text = `wsgen: 1\nname: demo\nschemas:\n${schemas.map((line) => `  ${line}\n`).join("")}`;
  return readModel({ file: "wsgen.yaml", bytes: Buffer.from(text) }).diagnostics;
}

describe("checkSchemas", () => {
  const references = [
    {
      given: "'#/schemas/Mesage'",
      message: "; did you mean '#/schemas/Message'?",
      fix: "`#/schemas/Message`",
    },
    { given: "'#/schemas/Other'", message: "'#/schemas/Other'", fix: "Add 'Other' below `schemas:`" },
    {
      given: "'#/$defs/adress'",
      message: "; did you mean '#/$defs/address'?",
      fix: "Write `#/$defs/address`",
    },
    {
      given: "'#/schemas/Message/items'",
      message: "inside a shared schema",
      fix: "Write `#/schemas/Name`",
    },
    {
      given: "Message",
      message: "does not lead to a .yaml, .yml or .json file",
      fix: "Write `#/schemas/Name`",
    },
    { given: "''", message: "does not lead to a .yaml, .yml or .json file", fix: "Write `#/schemas/Name`" },
    { given: "'#there'", message: "no $anchor has the name 'there'", fix: "Write `#/schemas/Name`" },
    { given: "'#/const'", message: "Unknown schema", fix: "Write `#/schemas/Name`" },
    { given: "'#/properties'", message: "Unknown schema", fix: "Write `#/schemas/Name`" },
  ];
  it.each(references)("reports the reference $given with its place and a fix", (row) => {
    const found = findingsOf(
      `Thing: { $defs: { address: {} }, const: {}, properties: { a: { $ref: ${row.given} } } }`,
      "Message: {}",
    );
    expect(found).toEqual([
      {
        code: "unknown-reference",
        severity: "error",
        message: expect.stringContaining(row.message),
        fix: expect.stringContaining(row.fix),
        at: expect.objectContaining({ line: 4, column: 72 }),
        excerpt: expect.stringContaining("Thing:"),
      },
    ]);
  });

  const circles = [
    { given: ["A: { $ref: '#/schemas/B' }", "B: { $ref: '#/schemas/A' }"], want: ["5:14"] },
    { given: ["A: { if: { $ref: '#' } }"], want: ["4:20"] },
    { given: ["A: { dependentSchemas: { x: { $ref: '#a' } }, $anchor: a }"], want: ["4:39"] },
    { given: ["A: { items: { $ref: '#' }, properties: { a: { $ref: '#' } } }"], want: [] },
    { given: ["A: { $defs: { a: { $ref: '#' } } }"], want: [] },
  ];
  it.each(circles)("reports the reference that closes a cycle: $given", ({ given, want }) => {
    const found = findingsOf(...given);
    expect(found.map(({ at }) => `${at?.line}:${at?.column}`)).toEqual(want);
    expect(found.every(({ code }) => code === "invalid-schema")).toBe(true);
  });

  it("checks every keyword that contains a schema, even if it restricts no values", () => {
    const holders: Json = {
      contentSchema: { $ref: "#x" },
      $defs: { a: { $ref: "#x" } },
      patternProperties: { a: { $ref: "#x" } },
      prefixItems: [{ $ref: "#x" }],
      unevaluatedItems: { $ref: "#x" },
    };
    expect(findingsOf(`A: ${JSON.stringify(holders)}`)).toHaveLength(5);
    expect(
      findingsOf("A: { const: { $ref: '#x' }, x-a: { $ref: '#x' }, examples: [{ $ref: '#x' }] }"),
    ).toEqual([]);
  });

  it("reports a problem that an alias repeats once", () => {
    expect(findingsOf("A: { items: &a { $ref: '#x' }, contains: *a }")).toHaveLength(1);
  });

  it("refuses a schema that is too deep or too large", () => {
    const deep = `${"{ items: ".repeat(66)}{}${" }".repeat(66)}`;
    const large = Array.from({ length: 30_000 }, (_, n) => `p${n}: {}`).join(", ");
    for (const given of [deep, `{ properties: { ${large} } }`]) {
      const found = findingsOf(`A: ${given}`);
      expect(found.map(({ message }) => message)).toEqual(["The schema is too large or nested too deeply."]);
    }
  });

  it("takes little time for a great many wrong references", () => {
    const names = Array.from({ length: 300 }, (_, n) => `Name${n}: {}`);
    const wrong = Array.from({ length: 15_000 }, (_, n) => `{ $ref: '#/schemas/Nam${n}x' }`).join(", ");
    expect(findingsOf(`A: { anyOf: [${wrong}] }`, ...names)).toHaveLength(1_000);
  });
});
