import { expect } from "vitest";
import { compileSchemas } from "../../../src/compile-schemas/compile-schemas.js";
import type { ContractDocument } from "../../../src/contract-docs/contract-document.js";
import { describeContract } from "../../../src/contract-docs/describe-contract.js";
import { writeContractDocs } from "../../../src/contract-docs/write-docs.js";
import { readTemplates } from "../../../src/fs/own-files.js";
import { readModel } from "../../../src/read-model.js";

async function compile(spec: object) {
  const bytes = new TextEncoder().encode(JSON.stringify({ wsgen: 1, ...spec }));
  const { value: model, diagnostics } = readModel({ file: "wsgen.yaml", bytes });
  expect(diagnostics).toEqual([]);
  const compiled = await compileSchemas(model!);
  expect(compiled.diagnostics).toEqual([]);
  return { model: model!, compiled: compiled.value! };
}

/** The document of a spec. */
export async function describeSpec(spec: object): Promise<ContractDocument> {
  const { model, compiled } = await compile(spec);
  return describeContract(model, compiled);
}

/** The page and the Markdown of a spec. */
export async function writeSpecDocs(
  spec: object,
): Promise<{ readonly page: string; readonly markdown: string }> {
  const { model, compiled } = await compile(spec);
  const files = await writeContractDocs(model, compiled, await readTemplates());
  return { page: files.get("index.html")!, markdown: files.get("contract.md")! };
}
