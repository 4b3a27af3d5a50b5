import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, EventModel, ModuleModel } from "../model/model.js";
import { readStrings } from "../schema/keywords.js";
import { type Follow, listParts } from "../schema/reference.js";
import { escapeToken, isRecord, readProperties } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";

/**
 * Refuses request fields with the name of an envelope field, `traceparent` and `__proto__`: the server removes them from the
 * message, so such a field would never reach the command.
 */
export function checkRequestFields(module: ModuleModel, follow: Follow): Diagnostic[] {
  const { command = "command", correlation = "id" } = module.envelope;
  const reserved: readonly ReservedField[] = [
    { field: command, key: "command", use: "select the command", others: ["cmd", "commandName"] },
    { field: correlation, key: "correlation", use: "match replies", others: ["requestId", "correlationId"] },
  ];
  const named = module.commands.map(({ request }) =>
    request === undefined ? undefined : collectNamedFields(request, follow),
  );
  const isTaken = (name: string) =>
    reserved.some(({ field }) => field === name) || named.some((fields) => fields?.has(name));
  return module.commands.flatMap((each, index) => [
    ...(named[index]?.has("__proto__") ? [reportProto(each)] : []),
    ...(named[index]?.has(traceField) ? [reportTraceField(each)] : []),
    ...reserved
      .filter(({ field }) => named[index]?.has(field))
      .map((field) => reportReservedField(each, { module, ...field, free: findFreeName(field, isTaken) })),
  ]);
}

/** The server leaves such a field out of the message, because a copy of it could set the prototype of an object. */
const reportProto = ({ wireName, locateRequest }: CommandModel): Diagnostic =>
  problem("invalid-schema", {
    message: `The request of '${wireName}' has a field '__proto__', which the server removes from every message.`,
    fix: "Rename the field.",
    at: locateRequest?.("/properties/__proto__"),
  });

/** https://www.w3.org/TR/trace-context/: clients send the span of a command in it. */
const traceField = "traceparent";

const reportTraceField = ({ wireName, locateRequest }: CommandModel): Diagnostic =>
  problem("invalid-schema", {
    message: `The request of '${wireName}' has a field '${traceField}', which is reserved: clients send the span of a command in it.`,
    fix: "Rename the field. With `traces: true`, the server's spans continue those of its clients.",
    at: locateRequest?.(`/properties/${traceField}`),
  });

interface ReservedField {
  readonly field: string;
  /** Its name in the module's option `envelope`. */
  readonly key: string;
  readonly use: string;
  /** Names that it can have instead. */
  readonly others: readonly string[];
}

function findFreeName({ others }: ReservedField, isTaken: (name: string) => boolean): string {
  const [first = ""] = others;
  let free = others.find((name) => !isTaken(name));
  for (let count = 2; free === undefined; count += 1) if (!isTaken(first + count)) free = first + count;
  return free;
}

const reportReservedField = (
  { wireName, locateRequest }: CommandModel,
  { field, key, use, free, module }: ReservedField & { readonly free: string; readonly module: ModuleModel },
): Diagnostic =>
  problem("invalid-schema", {
    message: `The request of '${wireName}' has a field '${field}', which is reserved: the envelope uses it to ${use}.`,
    fix: `Rename the field, or give the envelope's another name: ${describeLine(module, `${key}: ${free}`)}.`,
    at: locateRequest?.(`/properties/${escapeToken(field)}`),
  });

/** The line to write, which depends on what the module already has. */
function describeLine({ wireName, config }: ModuleModel, entry: string): string {
  const place = `of the module '${wireName}'`;
  if (config.some(({ option }) => option === "envelope"))
    return `add \`${entry}\` to \`envelope:\` below \`config:\` ${place}`;
  return config.length > 0
    ? `add \`envelope: { ${entry} }\` to \`config:\` ${place}`
    : `add \`config: { envelope: { ${entry} } }\` to the module '${wireName}'`;
}

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
