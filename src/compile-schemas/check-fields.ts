import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, EventModel, ModuleModel } from "../model/model.js";
import { readStrings } from "../schema/keywords.js";
import { type Follow, listParts } from "../schema/reference.js";
import { escapeToken, isRecord, readProperties } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";

/**
 * Refuses request fields with the name of an envelope field: the server removes the envelope from the message, so such
 * a field would never reach the command.
 */
export function checkRequestFields({ commands, envelope }: ModuleModel, follow: Follow): Diagnostic[] {
  const { command = "command", correlation = "id" } = envelope;
  const reserved: readonly ReservedField[] = [
    { field: command, key: "command", use: "select the command" },
    { field: correlation, key: "correlation", use: "match replies" },
  ];
  return commands.flatMap((each) => {
    const fields = each.request === undefined ? undefined : collectNamedFields(each.request, follow);
    return reserved
      .filter(({ field }) => fields?.has(field))
      .map((field) => reportReservedField(each, field));
  });
}

interface ReservedField {
  readonly field: string;
  /** Its name in the module's option `envelope`. */
  readonly key: string;
  readonly use: string;
}

const reportReservedField = (
  { wireName, locateRequest }: CommandModel,
  { field, key, use }: ReservedField,
): Diagnostic =>
  problem("invalid-schema", {
    message: `The request of '${wireName}' has a field '${field}', which is reserved: the envelope uses it to ${use}.`,
    fix: `Rename the field, or choose another name for the envelope's with \`config: { envelope: { ${key}: … } }\`.`,
    at: locateRequest?.(`/properties/${escapeToken(field)}`),
  });

/** `slowConsumer: { latest: name }` must name a field that the event's data can have. */
export const checkLatestFields = (module: ModuleModel, follow: Follow): readonly Diagnostic[] =>
  module.events.flatMap((event) => checkEvent(event, follow));

function checkEvent(
  { wireName, data, rules: { slowConsumer } }: EventModel,
  follow: Follow,
): readonly Diagnostic[] {
  if (data === undefined || slowConsumer === undefined || typeof slowConsumer.value === "string") return [];
  const { latest } = slowConsumer.value;
  const known = listFields(data, follow);
  if (known === undefined || known.includes(latest)) return [];
  const suggestion = suggest(latest, known);
  return [
    problem("invalid-value", {
      message: `The data of the event '${wireName}' has no field '${latest}'.`,
      fix: suggestion === undefined ? `Use one of: ${known.join(", ")}.` : `Write '${suggestion}'.`,
      at: slowConsumer.at,
    }),
  ];
}

/** The fields of a plain object; undefined for other schemas, which may have any fields. */
function listFields(data: JsonSchema, follow: Follow): readonly string[] | undefined {
  let [schema, root] = [data, data];
  for (let steps = 0; typeof schema === "object" && typeof schema.$ref === "string"; steps += 1) {
    const target = steps < maxReferences ? follow(schema.$ref, root) : undefined;
    if (target === undefined) return undefined;
    ({ schema, root } = target);
  }
  if (typeof schema !== "object" || !isRecord(schema.properties)) return undefined;
  const isOpen = ["allOf", "anyOf", "oneOf", "if", "patternProperties"].some((keyword) => keyword in schema);
  return isOpen ? undefined : Object.keys(schema.properties);
}

/** All fields that a schema names for the object itself, under any condition, except those that it forbids. */
function collectNamedFields(request: JsonSchema, follow: Follow): ReadonlySet<string> {
  const found = listParts({ schema: request, root: request }, follow).flatMap(({ schema }) => {
    const fields = Object.entries(readProperties(schema)).filter(([, field]) => field !== false);
    const required = typeof schema === "object" ? readStrings(schema.required) : [];
    return [...fields.map(([name]) => name), ...required];
  });
  return new Set(found);
}

/** A longer chain of references is a cycle. */
const maxReferences = 32;
