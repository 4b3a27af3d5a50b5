import type { Model } from "../../../src/model/model.js";
import { readModel } from "../../../src/read-model.js";

/** The model of a spec that has nothing wrong with it. */
export function modelOf(text: string, file = "wsgen.yaml"): Model {
  const { value, diagnostics } = readModel({ file, bytes: new TextEncoder().encode(text) });
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return value;
}

/** A spec with one module, `chat`, of this content as flow YAML. */
export const specOf = (module: string, schemas = "{}"): string =>
  `{ wsgen: 1, name: app, schemas: ${schemas}, modules: { chat: ${module} } }`;
