import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compileValidators } from "../../../src/schema/validate/compile.js";
import { loadValidators, printFile } from "./load-validators.js";
import { instances, schemas, withDefinitions } from "./schema-arbitrary.js";

const runtime = fileURLToPath(new URL("../../../runtime/src/validation/index.js", import.meta.url));
const base = fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url));
const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));

async function compileMany(seed: number, count: number) {
  const found = fc.sample(schemas, { seed, numRuns: count }).map(withDefinitions);
  const inputs = found.map((schema, position) => ({
    name: `validate${position}`,
    schema,
    fieldsName: `fieldsOf${position}`,
  }));
  const { value, diagnostics } = await compileValidators(inputs, { shared: () => undefined });
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { inputs, code: value };
}

it("compileValidators: gives the same result as Ajv, whatever the schema and the value", async () => {
  const { inputs, code } = await compileMany(20, 400);
  const validators = await loadValidators(code);
  const ajv = new Ajv2020({ strict: false, allErrors: true, ownProperties: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const values = fc.sample(instances, { seed: 21, numRuns: 150 });
  const differing: unknown[] = [];
  for (const { name, schema } of inputs) {
    // Ajv takes what `contains` matches for unevaluated (core §10.3.1.3 and the official suite say otherwise).
    if (/"contains".*"unevaluatedItems"|"unevaluatedItems".*"contains"/.test(JSON.stringify(schema)))
      continue;
    const isValid = ajv.compile(schema as object);
    for (const value of values) {
      if ((validators[name]!(value) === undefined) !== isValid(value)) differing.push({ schema, value });
    }
  }
  expect(differing.slice(0, 3).map((one) => JSON.stringify(one))).toEqual([]);
});

it("compileValidators: the code compiles under strict, whatever the schema", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wsgen-strict-"));
  try {
    const { code } = await compileMany(22, 400);
    writeFileSync(join(folder, "validators.ts"), printFile(code, runtime));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const compilerOptions = { noEmit: true, types: [], rootDir: "/" };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: base, compilerOptions, files: ["validators.ts"] }),
    );
    const { stdout, status } = spawnSync(tsc, ["-p", "."], { cwd: folder, encoding: "utf8" });
    expect({ stdout: stdout.slice(0, 2_000), status }).toEqual({ stdout: "", status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("compileValidators: gives the same text for the same schemas", async () => {
  expect((await compileMany(23, 50)).code).toEqual((await compileMany(23, 50)).code);
});
