// What the quick answer says, another implementation of JSON Schema says too; what it cannot tell, it does not.
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accepts } from "../../../src/schema/accept/accepts.js";
import { SchemaDocument } from "../../../src/schema/accept/schema-place.js";
import type { Json } from "../../../src/spec/spec.js";
import { instances, schemas, withDefinitions } from "./schema-arbitrary.js";

test("an answer is that of another implementation, whatever the schema and the value", () => {
  const ajv = new Ajv2020({ strict: false, ownProperties: true, addUsedSchema: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const values = fc.sample(instances, { seed: 41, numRuns: 100 });
  const differing: string[] = [];
  let answers = 0;
  for (const schema of fc.sample(schemas, { seed: 40, numRuns: 600 }).map(withDefinitions)) {
    const place = new SchemaDocument(schema, new Map()).root;
    const isValid = ajv.compile(schema as object);
    for (const value of values) {
      const answer = accepts(place, value as Json);
      if (answer === undefined) continue;
      answers += 1;
      if (answer !== isValid(value)) differing.push(JSON.stringify({ schema, value, answer }));
    }
  }
  expect(differing.slice(0, 3)).toEqual([]);
  expect(answers).toBeGreaterThan(10_000);
});
