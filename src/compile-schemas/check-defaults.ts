import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import type { Model } from "../model/model.js";
import type { SharedSchemas } from "./compile-schemas.js";

/**
 * Reports defaults of requests that do not fit their schemas: the server would refuse every request without the field. An
 * object must contain what its own schema has defaults for, because nothing is filled into a default.
 */
export async function checkRequestDefaults(
  { schemas, modules }: Model,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const sharedPlaces = new Map(schemas.map(({ schema, locate }) => [schema, locate]));
  const found = new Map<string, Diagnostic>();
  for (const command of modules.flatMap(({ commands }) => commands)) {
    for (const { value, schema, root, pointer } of shared.readDefaults(command)?.values ?? []) {
      const locate = root === command.request ? command.locateRequest : sharedPlaces.get(root);
      const at = locate?.(pointer);
      for (const { pointer: place, message } of await shared.checker.check(schema, value)) {
        const text = `The default ${JSON.stringify(value)} does not fit its schema: ${place || "it"} ${message}.`;
        const fix = "Change the default or the schema.";
        // A shared schema can be in several requests.
        found.set(`${at?.line}:${at?.column} ${text}`, problem("invalid-schema", { message: text, fix, at }));
      }
    }
  }
  return [...found.values()];
}
