import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { EventModel, ModuleModel } from "../model/model.js";
import { isRecord } from "../schema/pointer.js";
import { readReference } from "../schema/reference.js";
import type { JsonSchema } from "../spec/spec.js";

type FindShared = (pointer: string) => { readonly schema: JsonSchema } | undefined;

/** `slowConsumer: { latest: name }` must name a field that the event's data can have. */
export const checkLatestFields = (module: ModuleModel, shared: FindShared): readonly Diagnostic[] =>
  module.events.flatMap((event) => checkEvent(event, shared));

function checkEvent({ wireName, data, slowConsumer }: EventModel, shared: FindShared): readonly Diagnostic[] {
  if (data === undefined || slowConsumer === undefined || typeof slowConsumer.value === "string") return [];
  const { latest } = slowConsumer.value;
  const known = fieldsOf(data, shared);
  if (known === undefined || known.includes(latest)) return [];
  const meant = suggest(latest, known);
  return [
    {
      code: "invalid-value",
      severity: "error",
      message: `the data of the event ${JSON.stringify(wireName)} has no field ${JSON.stringify(latest)}`,
      fix: meant === undefined ? `write one of ${known.join(", ")}` : `write '${meant}'`,
      at: slowConsumer.at,
    },
  ];
}

/** The fields of a plain object; undefined where the schema is of another kind, and may have any. */
function fieldsOf(schema: JsonSchema, shared: FindShared, depth = 0): readonly string[] | undefined {
  if (typeof schema !== "object" || depth > maxReferences) return undefined;
  if (typeof schema.$ref === "string") {
    const reference = readReference(schema.$ref, schema);
    const target = reference.kind === "shared" ? shared(reference.pointer)?.schema : undefined;
    return target === undefined ? undefined : fieldsOf(target, shared, depth + 1);
  }
  const isPlain = ["allOf", "anyOf", "oneOf", "if", "patternProperties"].every(
    (keyword) => !(keyword in schema),
  );
  return isPlain && isRecord(schema.properties) ? Object.keys(schema.properties) : undefined;
}

/** A reference may lead to another; what is longer than this leads in a circle. */
const maxReferences = 32;
