import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { EventModel, ModuleModel } from "../model/model.js";
import { type FindShared, fieldsOf } from "./fields-of.js";

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
