import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import type { HandshakePartModel, ModuleModel } from "../model/model.js";
import { isRecord, toRecord } from "../schema/pointer.js";
import type { HandshakePart, Json, JsonSchema } from "../spec-file/spec.js";
import { type Fields, findValidRequest } from "./command-tests.js";
import type { SharedSchemas } from "./contract.js";

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

export type HandshakeSamples = ReadonlyMap<HandshakePart, Fields>;

/** Samples that a client can send, for tests and examples. */
export async function makeHandshakeSamples(
  { handshake }: ModuleModel,
  shared: SharedSchemas,
): Promise<HandshakeSamples> {
  const samples = new Map<HandshakePart, Fields>();
  for (const { part, sent, isDeclared } of handshake) {
    const sample = isDeclared ? await findValidRequest(sent, shared) : undefined;
    if (sample !== undefined) samples.set(part, sample);
  }
  return samples;
}

function fieldsOf({ sent }: HandshakePartModel, shared: SharedSchemas) {
  const fields = Object.entries(propertiesOf(sent)).flatMap(([name, schema]) => {
    const field = readField({ schema: schema as JsonSchema, root: sent }, shared);
    const value = isRecord(schema) ? schema.default : undefined;
    const isText = field.type === "string" && !field.isList && value === undefined;
    return isText ? [] : [[name, { ...field, ...(value !== undefined && { default: value }) }] as const];
  });
  return Object.fromEntries(fields);
}

interface Located {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

function readField({ schema, root }: Located, shared: SharedSchemas): HandshakeField {
  const target = follow({ schema, root }, shared);
  if (typeof target.schema !== "object") return { type: "string" };
  const types = typesOf(target.schema);
  if (types.size === 1 && types.has("array")) {
    const { items = true } = target.schema;
    const { type } = readField({ schema: items as JsonSchema, root: target.root }, shared);
    return { type, isList: true };
  }
  // A text that may stay a text stays one.
  if (types.has("string")) return { type: "string" };
  if (types.has("number")) return { type: "number" };
  return { type: types.has("boolean") ? "boolean" : "string" };
}

/** The names of the types that a schema allows; those of its values if it has no `type`. */
function typesOf(schema: Exclude<JsonSchema, boolean>): ReadonlySet<string> {
  const { type, enum: values, const: value } = schema;
  const listed = Array.isArray(values) ? values : value === undefined ? [] : [value];
  const types = type === undefined ? listed.map((each) => typeof each) : [type].flat();
  return new Set(types.map((each) => (each === "integer" ? "number" : String(each))));
}

/** The schema that a chain of references ends at. */
function follow(start: Located, shared: SharedSchemas): Located {
  let at = start;
  for (let steps = 0; steps < maxReferences; steps++) {
    const ref = typeof at.schema === "object" ? at.schema.$ref : undefined;
    const next = typeof ref === "string" ? shared.follow(ref, at.root) : undefined;
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

const maxReferences = 32;

/** A default that its own schema refuses would refuse every handshake without the field. */
export async function checkDefaults(
  { handshake }: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { part, sent, locate } of handshake) {
    const defaults = Object.entries(propertiesOf(sent)).flatMap(([name, schema]) =>
      isRecord(schema) && schema.default !== undefined ? [[name, schema.default] as const] : [],
    );
    if (defaults.length === 0 || typeof sent !== "object") continue;
    const problems = await shared.checker.check({ ...sent, required: [] }, Object.fromEntries(defaults));
    for (const { pointer, message } of problems) {
      const [, name = ""] = pointer.split("/");
      const at = locate?.(`/properties/${name}/default`);
      found.push(
        problem("invalid-schema", {
          message: `The default of '${name}' in ${part} does not match its own schema: it ${message}.`,
          fix: "Change the default or the schema.",
          ...(at && { at }),
        }),
      );
    }
  }
  return found;
}

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, Json>> =>
  toRecord(typeof schema === "object" ? schema.properties : undefined);
