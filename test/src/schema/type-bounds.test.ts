import { describe, expect, it } from "vitest";
import { printTypeDeclaration } from "../../../src/schema/type-text.js";
import type { JsonSchema } from "../../../src/spec-file/spec.js";
import { cpuTimeMs } from "../../support/cpu-time.js";

const print = (schema: JsonSchema): string =>
  printTypeDeclaration({ name: "Big", schema, description: "", refs: () => undefined });

function nest(depth: number, wrap: (inner: JsonSchema) => JsonSchema): JsonSchema {
  let schema: JsonSchema = { type: "string" };
  for (let level = 0; level < depth; level += 1) schema = wrap(schema);
  return schema;
}

describe("printTypeDeclaration: a very large schema", () => {
  it.each([
    ["arrays", (inner: JsonSchema) => ({ type: "array", items: inner })],
    ["objects", (inner: JsonSchema) => ({ type: "object", properties: { a: inner } })],
    ["unions", (inner: JsonSchema) => ({ anyOf: [inner, { type: "null" }] })],
    ["intersections", (inner: JsonSchema) => ({ allOf: [inner, { type: "object", required: ["a"] }] })],
  ])("with nested %s becomes unknown below a certain depth", (_, wrap) => {
    const text = print(nest(1_000, wrap));
    expect(text).toContain("unknown /* too large a schema */");
    expect(text.length).toBeLessThan(50_000);
  });

  it("has a limited number of types", async () => {
    const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`p${n}`, { type: "string" }]));
    let text = "";
    const tookMs = await cpuTimeMs(() => {
      text = print({ type: "object", properties: wide });
    });
    expect(text).toContain("p29999?: unknown /* too large a schema */;");
    expect(tookMs).toBeLessThan(10_000);
  });

  it("with many definitions takes linear time", async () => {
    const ref = (n: number) => ({ $ref: `#/$defs/d${n}` });
    const $defs = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, n) => [
        `d${n}`,
        { anyOf: [ref((n + 1) % 2_000), ref((n * 7) % 2_000)] },
      ]),
    );
    let text = "";
    const tookMs = await cpuTimeMs(() => {
      text = print({ ...ref(0), $defs });
    });
    expect(text).toContain("export type BigD1999 =");
    expect(tookMs).toBeLessThan(10_000);
  });
});
