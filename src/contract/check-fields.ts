import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import type { CommandModel, EventModel, ModuleModel } from "../model/model.js";
import { sameValue, subschemas } from "../schema/keywords.js";
import { escapeToken, isRecord, isSchema, schemaAt } from "../schema/pointer.js";
import { readReference } from "../schema/reference.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";

/**
 * Refuses request fields with the name of an envelope field: the server removes the envelope from the message, so such
 * a field would never reach the command.
 */
export function checkRequestFields({ commands, envelope }: ModuleModel, shared: FindShared): Diagnostic[] {
  const { command = "command", correlation = "id" } = envelope;
  const taken: readonly Taken[] = [
    { field: command, key: "command", use: "select the command" },
    { field: correlation, key: "correlation", use: "match replies" },
  ];
  return commands.flatMap((each) => {
    const fields = each.request === undefined ? undefined : namedFields(each.request, shared);
    return taken.filter(({ field }) => fields?.has(field)).map((field) => reservedField(each, field));
  });
}

interface Taken {
  readonly field: string;
  /** Its name in the module's option `envelope`. */
  readonly key: string;
  readonly use: string;
}

const reservedField = ({ wireName, locateRequest }: CommandModel, { field, key, use }: Taken): Diagnostic =>
  problem("invalid-schema", {
    message: `The request of ${JSON.stringify(wireName)} has a field ${JSON.stringify(field)}, which is reserved: the envelope uses it to ${use}.`,
    fix: `Rename the field, or choose another name for the envelope's with config: { envelope: { ${key}: … } }.`,
    at: locateRequest?.(`/properties/${escapeToken(field)}`),
  });

/** `slowConsumer: { latest: name }` must name a field that the event's data can have. */
export const checkLatestFields = (module: ModuleModel, shared: FindShared): readonly Diagnostic[] =>
  module.events.flatMap((event) => checkEvent(event, shared));

function checkEvent(
  { wireName, data, rules: { slowConsumer } }: EventModel,
  shared: FindShared,
): readonly Diagnostic[] {
  if (data === undefined || slowConsumer === undefined || typeof slowConsumer.value === "string") return [];
  const { latest } = slowConsumer.value;
  const known = fieldsOf(data, shared);
  if (known === undefined || known.includes(latest)) return [];
  const meant = suggest(latest, known);
  return [
    problem("invalid-value", {
      message: `The data of the event ${JSON.stringify(wireName)} has no field ${JSON.stringify(latest)}.`,
      fix: meant === undefined ? `Use one of: ${known.join(", ")}.` : `Write '${meant}'.`,
      at: slowConsumer.at,
    }),
  ];
}

type FindShared = (pointer: string) => { readonly schema: JsonSchema } | undefined;

/** The fields of a plain object; undefined for other schemas, which may have any fields. */
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

/** All fields that a schema names for the object itself, under any condition, except those that it forbids. */
function namedFields(root: JsonSchema, shared: FindShared): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<JsonSchema>();
  const visit = (schema: Json | undefined, home: JsonSchema): void => {
    if (!isSchema(schema) || typeof schema === "boolean" || seen.has(schema)) return;
    seen.add(schema);
    const { properties, required, $ref } = schema;
    for (const [name, field] of isRecord(properties) ? Object.entries(properties) : [])
      if (field !== false) found.add(name);
    for (const name of Array.isArray(required) ? required : []) found.add(String(name));
    if (typeof $ref === "string") visitReference($ref, home);
    for (const part of subschemas(schema))
      if (sameValue.has(part.keyword) && part.keyword !== "not") visit(part.schema, home);
  };
  const visitReference = ($ref: string, home: JsonSchema): void => {
    const reference = readReference($ref, home);
    if (reference.kind === "self") visit(schemaAt(home, reference.tokens), home);
    const target = reference.kind === "shared" ? shared(reference.pointer)?.schema : undefined;
    if (target !== undefined) visit(target, target);
  };
  visit(root, root);
  return found;
}

/** A longer chain of references is a cycle. */
const maxReferences = 32;
