// What the diff calls compatible must be so: Ajv looks for values that are valid for one schema and not for the other.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { SchemaDiff } from "../../../../src/contract-diff/schema/schema-diff.js";
import { SchemaDocument } from "../../../../src/contract-diff/schema/schema-place.js";
import type { JsonSchema } from "../../../../src/spec-file/spec.js";
import { instances, withDefinitions } from "../../schema/schema-arbitrary.js";
import { judge, schemaPairs } from "../schema-changes.js";

const runs = Number(process.env.RUNS ?? 600);
const seed = Number(process.env.SEED ?? 31);
// Compiling with Ajv takes long on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const place = (schema: JsonSchema) => new SchemaDocument(schema, new Map()).root;

/** What the diff says beside one effect. */
const changesBeside = (effect: "narrowed" | "widened", before: JsonSchema, after: JsonSchema) =>
  new SchemaDiff().compare([place(before)], [place(after)]).filter((change) => change.effect !== effect);

test("SchemaDiff: a change that only widens keeps every old value, one that only narrows adds none", () => {
  const pairs = fc.sample(schemaPairs, { seed, numRuns: runs });
  const values = fc.sample(instances, { seed: 32, numRuns: 150 });
  const wrong: string[] = [];
  let claims = 0;
  for (const [old, changed] of pairs) {
    const [before, after] = [withDefinitions(old), withDefinitions(changed)];
    for (const [effect, narrow, wide] of [
      ["widened", before, after],
      ["narrowed", after, before],
    ] as const) {
      if (changesBeside(effect, before, after).length > 0) continue;
      claims += 1;
      const [isNarrow, isWide] = [judge(narrow), judge(wide)];
      const value = values.find((each) => isNarrow(each) === true && isWide(each) === false);
      if (value !== undefined) wrong.push(JSON.stringify({ effect, before, after, value }));
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  // A diff that always knows nothing would pass, too.
  expect(claims).toBeGreaterThan(pairs.length / 4);
});

test("SchemaDiff: a schema does not differ from its copy", () => {
  for (const schema of fc.sample(schemaPairs, { seed: 33, numRuns: 500 }).flat()) {
    const whole = withDefinitions(schema);
    expect(new SchemaDiff().compare([place(whole)], [place(structuredClone(whole))])).toEqual([]);
  }
});
