import type { CompiledSchemas } from "../compile-schemas/compile-schemas.js";
import type { Model } from "../model/model.js";
import type { Templates } from "../render/engine.js";
import { drawFlowchart } from "../render/flowchart.js";
import { describeContract } from "./describe-contract.js";
import { renderMarkdown } from "./render-markdown.js";
import { renderPage } from "./render-page.js";

/** The files of `wsgen docs`, by their names. Same model, same texts. */
export async function writeContractDocs(
  model: Model,
  compiled: CompiledSchemas,
  templates: Templates,
): Promise<ReadonlyMap<string, string>> {
  const contract = await describeContract(model, compiled);
  return new Map([
    ["index.html", renderPage(contract, templates)],
    ["contract.md", renderMarkdown(contract, { templates, flowchart: drawFlowchart(model) })],
  ]);
}
