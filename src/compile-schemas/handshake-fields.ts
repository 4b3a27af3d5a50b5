import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { listParameters } from "../model/handshake.js";
import type { HandshakePartModel, ModuleModel } from "../model/model.js";
import { readList, readNamedSchemas, readSchemas, sameValue, subschemas } from "../schema/keywords.js";
import { escapeToken, isRecord, toRecord } from "../spec-file/json.js";
import type { HandshakePart, Json, JsonSchema } from "../spec-file/spec.js";
import { type Fields, findValidRequest } from "./command-tests.js";
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

export type HandshakeSamples = ReadonlyMap<HandshakePart, Fields>;

/** Samples that a client can send, for tests and examples: those of the parameters are for the first route. */
export async function makeHandshakeSamples(
  { handshake, urls: [url = ""] }: ModuleModel,
  shared: SharedSchemas,
): Promise<HandshakeSamples> {
  const samples = new Map<HandshakePart, Fields>();
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
  const own = propertiesOf(sent);
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
function listTypes(schema: JsonSchema, shared: SharedSchemas): ReadonlyMap<string, Types> {
  const properties = new Map<string, Located[]>();
  for (const at of listParts({ schema, root: schema }, shared)) {
    for (const [name, property] of readNamedSchemas(
      typeof at.schema === "object" ? at.schema.properties : {},
    ))
      properties.set(name, [...(properties.get(name) ?? []), { schema: property, root: at.root }]);
  }
  const read = (places: readonly Located[]) => places.flatMap((place) => listParts(place, shared));
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

interface Located {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/** A schema, and those that apply to the same value: behind references, in `allOf`, `anyOf`, and so on. */
function listParts(start: Located, shared: SharedSchemas): readonly Located[] {
  const found = new Map<JsonSchema, Located>();
  const visit = (at: Located): void => {
    const { schema, root } = at;
    if (found.has(schema)) return;
    found.set(schema, at);
    if (typeof schema !== "object") return;
    const target = typeof schema.$ref === "string" ? shared.follow(schema.$ref, root) : undefined;
    if (target !== undefined) visit(target);
    for (const part of subschemas(schema))
      if (sameValue.has(part.keyword) && part.keyword !== "not") visit({ schema: part.schema, root });
  };
  visit(start);
  return [...found.values()];
}

/** The names of the types that schemas allow; those of its values for a schema without `type`. */
function typesOf(parts: readonly Located[]): ReadonlySet<string> {
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

/** Reports what no client can send, and defaults that their own schemas refuse, which would refuse every handshake without the field. */
export async function checkHandshake(
  { handshake, wireName }: ModuleModel,
  shared: SharedSchemas,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const part of handshake.filter(({ isDeclared }) => isDeclared)) {
    found.push(...checkFields(part, shared), ...(await checkDefaults(part, shared)));
    if (part.part === "headers" && found.length === 0)
      found.push(...(await checkHeaders(part, wireName, shared)));
  }
  return found;
}

function checkFields({ part, sent, locate }: HandshakePartModel, shared: SharedSchemas): Diagnostic[] {
  return [...listTypes(sent, shared)].flatMap(([name, { own }]) => {
    const at = locate?.(`/properties/${escapeToken(name)}`);
    const report = (message: string, fix: string) => [
      problem("invalid-schema", { message, fix, ...(at && { at }) }),
    ];
    if (part === "headers" && name !== name.toLowerCase()) {
      const message = `The header '${name}' of a shared or combined schema has upper-case letters, which no received header has.`;
      return report(message, `Write '${name.toLowerCase()}'.`);
    }
    const sendable = part === "query" ? [...scalars, "array"] : scalars;
    if (own.size === 0 || sendable.some((type) => own.has(type))) return [];
    const message = `'${name}' in ${part} must be ${[...own].join(" or ")}, which no client can send there.`;
    return report(message, `Use the type ${sendable.join(", ").replace(/, (\w+)$/, " or $1")}.`);
  });
}

const scalars = ["string", "number", "boolean"];

/** Every client sends these headers, so the schema must allow them. */
async function checkHeaders(
  { sent, locate }: HandshakePartModel,
  wireName: string,
  shared: SharedSchemas,
): Promise<Diagnostic[]> {
  const sample = await findValidRequest(sent, shared);
  if (sample === undefined) return [];
  const key = "sec-websocket-key";
  const headers = {
    host: "localhost",
    connection: "Upgrade",
    upgrade: "websocket",
    [key]: "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  const problems = await shared.checker.check(sent, { ...headers, "sec-websocket-version": "13", ...sample });
  const at = locate?.("");
  return problems.slice(0, 1).map(({ pointer, message }) =>
    problem("invalid-schema", {
      message: `The headers of '${wireName}' would refuse every client, which sends 'host', 'upgrade' and others, too: '${pointer.slice(1) || "headers"}' ${message}.`,
      fix: "Allow other headers: remove `additionalProperties`, for example.",
      ...(at && { at }),
    }),
  );
}

async function checkDefaults({ part, sent, locate }: HandshakePartModel, shared: SharedSchemas) {
  const defaults = Object.entries(propertiesOf(sent)).flatMap(([name, schema]) =>
    isRecord(schema) && schema.default !== undefined ? [[name, schema.default] as const] : [],
  );
  if (defaults.length === 0 || typeof sent !== "object") return [];
  const problems = await shared.checker.check({ ...sent, required: [] }, Object.fromEntries(defaults));
  return problems.map(({ pointer, message }) => {
    const [, name = ""] = pointer.split("/");
    const at = locate?.(`/properties/${name}/default`);
    return problem("invalid-schema", {
      message: `The default of '${name}' in ${part} does not match its own schema: it ${message}.`,
      fix: "Change the default or the schema.",
      ...(at && { at }),
    });
  });
}

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, Json>> =>
  toRecord(typeof schema === "object" ? schema.properties : undefined);
