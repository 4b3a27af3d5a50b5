import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.js";
import { readModel } from "../../../src/read-model.js";
import { compileValidators } from "../../../src/schema/validate/compile.js";
import type { Json, JsonSchema } from "../../../src/spec-file/spec.js";
import { skipUnless } from "../../support/skip-unless.js";
import { loadValidators } from "./load-validators.js";

/**
 * The official JSON-Schema-Test-Suite. Nobody publishes its 2020-12 part as an npm package; Debian has it in
 * libtest-json-schema-acceptance-perl (1.019). A checkout does as well: JSON_SCHEMA_TEST_SUITE=<folder>.
 */
const debian = "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance";
const folder = join(process.env.JSON_SCHEMA_TEST_SUITE ?? debian, "tests/draft2020-12");

/** Everything of the suite that does not hold: the schemas that are refused and why, and the tests that differ. */
const limits = fileURLToPath(new URL("test-suite-limits.txt", import.meta.url));

interface Group {
  readonly description: string;
  readonly schema: JsonSchema;
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[];
}

const withSuite = skipUnless(
  existsSync(folder),
  "the official JSON Schema suite",
  "apt-get install libtest-json-schema-acceptance-perl",
);

const filesIn = (path: string): readonly string[] =>
  readdirSync(join(folder, path))
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => join(path, file));

/** Optional parts that concern what is supported. */
const optional = ["bignum", "ecmascript-regex", "float-overflow", "non-bmp-regex", "unicode"].map(
  (name) => `optional/${name}.json`,
);

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

/** Runs one file: how many tests agree, and a line for each group or test that does not. */
async function run(file: string) {
  const groups: readonly Group[] = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const lines: string[] = [];
  let passed = 0;
  for (const { description, schema, tests } of groups) {
    const bytes = Buffer.from(JSON.stringify({ wsgen: 1, name: "suite", schemas: { Case: schema } }));
    const refusals = readModel({ file: "wsgen.yaml", bytes }).diagnostics.filter(isError);
    const input = { name: "validateCase", schema };
    const compiled = await compileValidators(refusals.length > 0 ? [] : [input], { shared: () => undefined });
    const diagnostics = [...refusals, ...compiled.diagnostics];
    const code = compiled.value;
    if (code === undefined || diagnostics.length > 0) {
      lines.push(`${file}: ${description}: refused: ${diagnostics.map(({ message }) => message).join("; ")}`);
      continue;
    }
    const { validateCase } = await loadValidators(code);
    for (const test of tests) {
      if ((validateCase!(test.data) === undefined) === test.valid) passed += 1;
      else lines.push(`${file}: ${description}: ${test.description}: differs`);
    }
  }
  return { passed, lines };
}

withSuite.describe("the official test suite", () => {
  it("passes, except for the listed cases", async () => {
    const lines: string[] = [];
    let passed = 0;
    for (const file of [...filesIn("."), ...filesIn("optional/format"), ...optional]) {
      const result = await run(file);
      lines.push(...result.lines);
      passed += result.passed;
    }
    expect(passed).toBeGreaterThan(1_400);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(limits);
  });
});
