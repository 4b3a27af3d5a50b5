import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileValidators } from "../../../src/schema/validators.js";
import type { Json, JsonSchema } from "../../../src/spec/spec.js";
import { loadValidators } from "./load-validators.js";

/**
 * The official JSON-Schema-Test-Suite. Nobody publishes its 2020-12 part as an npm package; Debian has it in
 * libtest-json-schema-acceptance-perl. A checkout of the suite does as well: JSON_SCHEMA_TEST_SUITE=<folder>.
 */
const debian = "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance";
const folder = join(process.env.JSON_SCHEMA_TEST_SUITE ?? debian, "tests/draft2020-12");

interface Group {
  readonly description: string;
  readonly schema: JsonSchema;
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[];
}

const filesIn = (path: string): readonly string[] =>
  readdirSync(join(folder, path))
    .filter((file) => file.endsWith(".json"))
    .map((file) => join(path, file));

async function run(file: string) {
  const groups: readonly Group[] = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const refused: string[] = [];
  const failed: string[] = [];
  for (const group of groups) {
    const { value: code } = await compileValidators([{ name: "validateCase", schema: group.schema }], {
      shared: () => undefined,
    });
    if (code === undefined) {
      refused.push(group.description);
      continue;
    }
    const { validateCase } = await loadValidators(code);
    for (const { description, data, valid } of group.tests) {
      if ((validateCase!(data) === undefined) !== valid) failed.push(`${group.description}: ${description}`);
    }
  }
  return { refused, failed };
}

describe.skipIf(!existsSync(folder))("the official test suite", () => {
  it.each(filesIn("."))("%s", async (file) => {
    expect(await run(file)).toEqual({ refused: [], failed: [] });
  });
  it.skip.each(filesIn("optional/format"))("%s", async (file) => {
    expect(await run(file)).toEqual({ refused: [], failed: [] });
  });
});
