import { hasErrors, type Outcome, sortByPosition } from "./diagnostics/diagnostic.js";
import { buildModel } from "./model/build-model.js";
import type { Model } from "./model/model.js";
import { checkSchemas } from "./schema/check-schemas.js";
import { readSpec, type SpecSource } from "./spec-file/read-spec.js";

/** Runs the first two stages: from the text of a spec to the names of the project. */
export function readModel(source: SpecSource): Outcome<Model> {
  const spec = readSpec(source);
  // A spec with problems still has names, which may have problems too. All are reported at once.
  const model = spec.value && buildModel(spec.value);
  const schemas = spec.value ? checkSchemas(spec.value) : [];
  const diagnostics = sortByPosition([...spec.diagnostics, ...schemas, ...(model?.diagnostics ?? [])]);
  return { value: hasErrors(diagnostics) ? undefined : model?.value, diagnostics };
}
