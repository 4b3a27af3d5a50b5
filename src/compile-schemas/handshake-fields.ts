import { listParameters } from "../model/handshake.js";
import type { HandshakePartModel, ModuleModel } from "../model/model.js";
import { readList, readNamedSchemas, readSchemas } from "../schema/keywords.js";
import { listParts, type RootedSchema } from "../schema/reference.js";
import { isRecord, readProperties } from "../spec-file/json.js";
import type { HandshakePart, Json, JsonObject, JsonSchema } from "../spec-file/spec.js";
import { findValidRequest } from "./command-tests.js";
import type { SharedSchemas } from "./compile-schemas.js";

/** How the text of a handshake becomes a value, as `setHandshakeChecks` takes it. */
type HandshakeField = {
  readonly type: "string" | "number" | "boolean";
  readonly isList?: true;
  readonly default?: Json;
};

/** By part, then by name. A field that is not here stays a text. */
export type HandshakeFields = ReadonlyMap<HandshakePart, Readonly<Record<string, HandshakeField>>>;

export const readHandshakeFields = ({ handshake }: ModuleModel, shared: SharedSchemas): HandshakeFields =>
  new Map(handshake.map((part) => [part.part, fieldsOf(part, shared)]));

export type HandshakeSamples = ReadonlyMap<HandshakePart, JsonObject>;

/** Samples that a client can send, for tests and examples: those of the parameters are for the first route. */
export async function makeHandshakeSamples(
  { handshake, urls: [url = ""] }: ModuleModel,
  shared: SharedSchemas,
): Promise<HandshakeSamples> {
  const samples = new Map<HandshakePart, JsonObject>();
  for (const { part, sent, isDeclared } of handshake) {
    if (!isDeclared || typeof sent !== "object") continue;
    const schema = part === "params" ? { ...sent, required: listParameters(url) } : sent;
    const types = listTypes(sent, shared);
    const sample = await findValidRequest(schema, shared, (fields) =>
      Object.entries(fields).every(([name, value]) => canBeSent(value, toField(types.get(name)))),
    );
    if (sample !== undefined) samples.set(part, sample);
  }
  return samples;
}

/** True if the value is the same after it was a text. */
const canBeSent = (value: Json, { type, isList }: HandshakeField): boolean =>
  isList ? Array.isArray(value) && value.every((each) => typeof each === type) : typeof value === type;

function fieldsOf({ sent }: HandshakePartModel, shared: SharedSchemas) {
  const own = readProperties(sent);
  const fields = [...listTypes(sent, shared)].flatMap(([name, types]) => {
    const field = toField(types);
    const schema = Object.hasOwn(own, name) ? own[name] : undefined;
    const value = isRecord(schema) ? schema.default : undefined;
    const isText = field.type === "string" && !field.isList && value === undefined;
    return isText ? [] : [[name, { ...field, ...(value !== undefined && { default: value }) }] as const];
  });
  return Object.fromEntries(fields);
}

/** The types that a value may have, `number` for an integer too; those of the items of a list. Empty: any type. */
interface Types {
  readonly own: ReadonlySet<string>;
  readonly items: ReadonlySet<string>;
}

/** A text that may stay a text stays one. */
function toField({ own, items }: Types = { own: new Set(), items: new Set() }): HandshakeField {
  if (own.has("array") && !own.has("string")) return { type: toTextType(items), isList: true };
  return { type: toTextType(own) };
}

const toTextType = (types: ReadonlySet<string>): HandshakeField["type"] => {
  if (types.has("string")) return "string";
  if (types.has("number")) return "number";
  return types.has("boolean") ? "boolean" : "string";
};

/** The types of all properties that a schema names for the object itself, through references and combinations. */
export function listTypes(schema: JsonSchema, shared: SharedSchemas): ReadonlyMap<string, Types> {
  const properties = new Map<string, RootedSchema[]>();
  for (const at of listParts({ schema, root: schema }, shared.follow)) {
    for (const [name, property] of readNamedSchemas(readProperties(at.schema)))
      properties.set(name, [...(properties.get(name) ?? []), { schema: property, root: at.root }]);
  }
  const read = (places: readonly RootedSchema[]) =>
    places.flatMap((place) => listParts(place, shared.follow));
  return new Map(
    [...properties].map(([name, places]) => {
      const parts = read(places);
      const items = parts.flatMap(({ schema: part, root }) =>
        (typeof part === "object"
          ? readSchemas([part.items ?? true, readList(part.prefixItems)].flat())
          : []
        ).map((item) => ({ schema: item, root })),
      );
      return [name, { own: typesOf(parts), items: typesOf(read(items)) }] as const;
    }),
  );
}

/** The names of the types that schemas allow; those of its values for a schema without `type`. */
function typesOf(parts: readonly RootedSchema[]): ReadonlySet<string> {
  const types = parts.flatMap(({ schema }) => {
    if (typeof schema !== "object") return [];
    const { type, enum: values, const: value } = schema;
    const listed = Array.isArray(values) ? values : value === undefined ? [] : [value];
    return type === undefined ? listed.map(typeOf) : [type].flat();
  });
  return new Set(types.map((each) => (each === "integer" ? "number" : String(each))));
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
