import { describe, expect, it } from "vitest";
import { compileValidators } from "../../../src/schema/validators.js";
import type { JsonSchema } from "../../../src/spec/spec.js";
import { loadValidators, printFile } from "./load-validators.js";

async function compileOne(schema: JsonSchema) {
  const { value, diagnostics } = await compileValidators([{ name: "validateCase", schema }], {
    shared: () => undefined,
  });
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return value;
}

describe("a validator", () => {
  it("finds what is wrong, all at once", async () => {
    const code = await compileOne({
      type: "object",
      required: ["room", "text"],
      additionalProperties: false,
      properties: {
        room: { type: "string", minLength: 1, maxLength: 64 },
        text: { type: "string", maxLength: 500, pattern: "^[a-z ]*$" },
        kind: { enum: ["a", "b", 1] },
        when: { type: "string", format: "date-time" },
        tags: { type: "array", items: { type: "string" }, uniqueItems: true, maxItems: 3 },
        shape: {
          oneOf: [
            {
              type: "object",
              required: ["kind", "r"],
              properties: { kind: { const: "circle" }, r: { type: "number", minimum: 0 } },
            },
            {
              type: "object",
              required: ["kind", "side"],
              properties: { kind: { const: "square" }, side: { type: "integer" } },
            },
          ],
        },
        parent: { anyOf: [{ $ref: "#" }, { type: "null" }] },
        any: {
          anyOf: [
            { type: "string", minLength: 3 },
            { type: "string", maxLength: 1 },
          ],
        },
        constructor: { type: "number" },
      },
    });
    console.log(printFile(code));
    const { validateCase } = await loadValidators(code);
    expect(validateCase!({ room: "a", text: "b" })).toBeUndefined();
    console.log(
      validateCase!({
        room: "",
        text: "B",
        kind: 2,
        when: "x",
        tags: ["a", 1, "a"],
        shape: { kind: "circle", r: -1 },
        parent: { room: 1 },
        any: "xx",
        "x/y": 1,
      }),
    );
  });
});
