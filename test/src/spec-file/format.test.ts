import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { SourceText } from "../../../src/diagnostics/source-text.js";
import { buildModel } from "../../../src/model/build-model.js";
import { checkShape } from "../../../src/spec-file/check-shape.js";
import { DiagnosticCollector } from "../../../src/spec-file/diagnostic-collector.js";
import { jsonSchemaFormat } from "../../../src/spec-file/json-schema-format.js";
import { parseYaml } from "../../../src/spec-file/parse-yaml.js";
import { readSpec } from "../../../src/spec-file/read-spec.js";
import { buildSourceTree, toJson } from "../../../src/spec-file/source-tree.js";
import { specSchema, specSchemaDocument } from "../../../src/spec-file/spec-schema.js";
import { arbitrarySpec, nearSpec } from "./arbitrary-spec.js";

const ajv = new Ajv({ strict: false });
const isOfFormat = ajv.compile(specSchemaDocument);

/** What wsgen's own interpreter of the format says about a value. */
function check(value: unknown): { json: unknown; findings: DiagnosticCollector } {
  const findings = new DiagnosticCollector(
    new SourceText("wsgen.yaml", stringify(value, { aliasDuplicateObjects: false })),
  );
  const root = buildSourceTree(parseYaml(findings)?.contents ?? null, findings);
  expect(findings.hasErrors).toBe(false);
  checkShape(root, specSchema, findings);
  return { json: toJson(root), findings };
}

test("readModel: any valid spec becomes a model without diagnostics", () => {
  fc.assert(
    fc.property(arbitrarySpec, fc.boolean(), (value, isJson) => {
      const text = isJson ? JSON.stringify(value) : stringify(value);
      const spec = readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(text) });
      expect(spec.diagnostics).toEqual([]);
      const model = spec.value && buildModel(spec.value);
      expect(model?.diagnostics).toEqual([]);
      expect(model?.value?.modules.map(({ wireName }) => wireName)).toEqual(Object.keys(value.modules));
    }),
  );
});

test("specSchema: editors accept the same specs as wsgen", () => {
  let accepted = 0;
  fc.assert(
    fc.property(nearSpec, (value) => {
      const { json, findings } = check(value);
      // A quantity as text is within a range for wsgen alone: JSON Schema cannot compare `16KiB`.
      const isInRange = !findings
        .sorted()
        .some(({ message }) => /must be (an integer|a number)/.test(message));
      if (isInRange) expect(!findings.hasErrors).toBe(isOfFormat(json));
      if (!findings.hasErrors) accepted++;
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(10);
});

test("readModel: every error has a fix", () => {
  fc.assert(
    fc.property(fc.oneof(nearSpec, fc.jsonValue()), (value) => {
      const spec = readSpec({ file: "wsgen.yaml", bytes: new TextEncoder().encode(stringify(value)) });
      for (const { severity, message, fix } of spec.diagnostics)
        if (severity === "error") expect(fix, message).toMatch(/\w/);
    }),
    { numRuns: 200 },
  );
});

test("readSpec: an accepted schema is valid 2020-12", () => {
  const ajv2020 = new Ajv2020({ strict: false });
  const keywords = Object.keys(jsonSchemaFormat.anyOf?.[1]?.properties ?? {});
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      true,
      {},
      [],
      [{}],
      { a: {} },
      { a: ["b"] },
      0,
      1,
      -1,
      0.5,
      "string",
      ["string"],
      ["a", "a"],
      "email",
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const schema = fc.dictionary(fc.constantFrom(...keywords), value, { minKeys: 1, maxKeys: 3 });
  let accepted = 0;
  fc.assert(
    fc.property(schema, (one) => {
      const { findings } = check({ wsgen: 1, name: "a", schemas: { One: one } });
      if (findings.hasErrors) return;
      accepted++;
      expect(ajv2020.validateSchema(one)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(20);
});

test("jsonSchemaFormat: every keyword accepts the same as the official meta-schema", () => {
  const ajv2020 = new Ajv2020({ strict: false });
  // `items` and `required` are keywords and names of members, so that these are schemas and mappings of schemas.
  const samples: unknown[] = [
    ...[
      true,
      {},
      [],
      [{}],
      { items: {} },
      { required: ["b"] },
      0,
      1,
      -1,
      0.5,
      "string",
      "object",
      ["string"],
    ],
  ];
  for (const keyword of Object.keys(jsonSchemaFormat.anyOf?.[1]?.properties ?? {})) {
    if (["$ref", "$schema", "$anchor", "format", "nullable", "x-trusted-pattern"].includes(keyword)) continue;
    for (const sample of samples) {
      // Valid, but a list of no values takes nothing at all, which nobody means.
      if (keyword === "enum" && Array.isArray(sample) && sample.length === 0) continue;
      const { findings } = check({ wsgen: 1, name: "a", schemas: { One: { [keyword]: sample } } });
      expect({ keyword, sample, is: !findings.hasErrors }).toEqual({
        keyword,
        sample,
        is: ajv2020.validateSchema({ [keyword]: sample }),
      });
    }
  }
});

test("specSchema: every key has a description for editors", () => {
  for (const definition of [specSchema, ...Object.values(specSchema.definitions)]) {
    for (const [key, format] of Object.entries(definition.properties ?? {})) {
      expect(format.description, key).toMatch(/\S/);
    }
  }
});
