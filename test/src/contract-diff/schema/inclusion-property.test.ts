// No obstacle must be a proof: Ajv looks for values that the narrow schema takes and the wide one refuses.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Inclusion } from "../../../../src/contract-diff/schema/inclusion.js";
import { SchemaDocument } from "../../../../src/schema/accept/schema-place.js";
import type { JsonSchema } from "../../../../src/spec/spec.js";
import { instances, withDefinitions } from "../../schema/schema-arbitrary.js";
import { schemaPairs } from "../schema-changes.js";

const runs = Number(process.env.RUNS ?? 600);
const seed = Number(process.env.SEED ?? 31);
// Compiling with Ajv takes long on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const ajv = new Ajv2020({ strict: false, ownProperties: true, addUsedSchema: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

const place = (schema: JsonSchema) => new SchemaDocument(schema, new Map()).root;

function obstacles(narrow: JsonSchema, wide: JsonSchema) {
  const inclusion = new Inclusion({ toleratesUnnamed: false });
  const found = inclusion.check([place(narrow)], place(wide));
  return inclusion.isExhausted ? [...found, "too large"] : found;
}

/** Ajv's verdict; undefined where the code that it makes of unevaluatedProperties breaks down. */
function judge(schema: JsonSchema): (value: unknown) => boolean | undefined {
  const validate = ajv.compile(schema as object);
  return (value) => {
    try {
      return validate(value);
    } catch {
      return undefined;
    }
  };
}

test("what is not hindered holds, whatever the schemas and the values", () => {
  const pairs = fc.sample(schemaPairs, { seed, numRuns: runs });
  const values = fc.sample(instances, { seed: 32, numRuns: 150 });
  const wrong: string[] = [];
  let proofs = 0;
  for (const [old, changed] of pairs) {
    for (const [narrow, wide] of [
      [withDefinitions(old), withDefinitions(changed)],
      [withDefinitions(changed), withDefinitions(old)],
    ] as const) {
      if (obstacles(narrow, wide).length > 0) continue;
      proofs += 1;
      const [isNarrow, isWide] = [judge(narrow), judge(wide)];
      const value = values.find((each) => isNarrow(each) === true && isWide(each) === false);
      if (value !== undefined) wrong.push(JSON.stringify({ narrow, wide, value }));
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  // It would hold for a check that hinders everything, too.
  expect(proofs).toBeGreaterThan(pairs.length / 4);
});

test("a schema is hindered by nothing from being itself", () => {
  for (const schema of fc.sample(schemaPairs, { seed: 33, numRuns: 500 }).flat()) {
    const whole = withDefinitions(schema);
    expect(obstacles(whole, structuredClone(whole))).toEqual([]);
  }
});
