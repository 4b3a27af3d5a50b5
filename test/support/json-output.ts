import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const schema = new URL("../../docs/json-output.schema.json", import.meta.url);
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));

/** What `--json` prints: one document of the committed schema. */
export interface JsonOutput {
  readonly command: string;
  readonly ok: boolean;
  readonly exitCode: number;
  readonly written: boolean;
  readonly files: readonly { readonly path: string; readonly change: string; readonly from?: string }[];
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[];
  readonly [key: string]: unknown;
}

/** Reads standard output as one document of the schema, and nothing else. */
export function readJsonOutput({ code, out, err }: { code: number; out: string; err: string }): JsonOutput {
  expect(err).toBe("");
  expect(out.endsWith("}\n")).toBe(true);
  const document = JSON.parse(out) as JsonOutput;
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  expect(document.exitCode).toBe(code);
  return document;
}
