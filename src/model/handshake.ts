import { problem } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import { escapeToken, readProperties, schemaAt, toRecord, unescapeToken } from "../spec-file/json.js";
import { parseRoute } from "../spec-file/route-pattern.js";
import {
  handshakeParts,
  type Json,
  type JsonObject,
  type JsonSchema,
  type LocatedSchema,
  type ModuleSpec,
} from "../spec-file/spec.js";
import type { NameScope } from "./check-name.js";
import type { HandshakePartModel, LocateInSchema } from "./model.js";

/** The parts of a module's handshake, with names that begin with the module's. */
export function buildHandshake(
  module: ModuleSpec,
  pascal: string,
  { scope, shared }: { readonly scope: NameScope; readonly shared: SharedSchemas },
): HandshakePartModel[] {
  const routes = module.urls.map(({ value }) => listParameters(value));
  checkParameters(module, new Set(routes.flat()), scope);
  return handshakeParts.flatMap((part) => {
    const declared = module.handshake[part];
    const schema =
      part === "params" ? paramsSchema(declared?.value, routes) : partSchema(part, declared?.value);
    if (schema === undefined) return [];
    const stem = pascal + part.charAt(0).toUpperCase() + part.slice(1);
    const own = { typeName: stem, validator: `validate${stem}` };
    scope.claim("module", module, { identifiers: Object.values(own) });
    const locate = part === "headers" ? locateHeader(declared, scope) : declared?.locate;
    return {
      ...own,
      part,
      ...withDefaults(schema, shared),
      isDeclared: declared !== undefined,
      ...(locate && { locate }),
    };
  });
}

/** Finds a header by its name in lower case. Two headers whose names differ only in case are an error. */
function locateHeader(declared: LocatedSchema | undefined, scope: NameScope): LocateInSchema | undefined {
  const written = new Map<string, string>();
  for (const name of Object.keys(readProperties(declared?.value))) {
    const first = written.get(name.toLowerCase());
    if (first === undefined) written.set(name.toLowerCase(), name);
    else {
      scope.found.push(
        problem("duplicate-key", {
          message: `'${first}' and '${name}' are the same header: the case of a header's name does not matter.`,
          fix: "Remove one of the two.",
          at: declared?.locate?.(`/properties/${escapeToken(name)}`) ?? declared?.at,
        }),
      );
    }
  }
  return (
    declared?.locate &&
    ((pointer) =>
      declared.locate?.(
        pointer.replace(/^\/properties\/([^/]*)/, (same, name) => {
          const found = written.get(name);
          return found === undefined ? same : `/properties/${escapeToken(found)}`;
        }),
      ) ?? declared.at)
  );
}

/** The names of the parameters of a route. */
export function listParameters(url: string): readonly string[] {
  const route = parseRoute(url);
  if (!("segments" in route)) return [];
  return route.segments.flatMap((segment) => (segment.kind === "static" ? [] : [segment.name]));
}

function checkParameters(
  { name, handshake: { params } }: ModuleSpec,
  known: ReadonlySet<string>,
  scope: NameScope,
) {
  for (const parameter of Object.keys(readProperties(params?.value))) {
    if (params === undefined || known.has(parameter)) continue;
    const meant = suggest(parameter, known);
    const hint = meant === undefined ? "." : `; did you mean '${meant}'?`;
    scope.found.push(
      problem("unknown-reference", {
        message: `No route of '${name.value}' has the parameter '${parameter}'${hint}`,
        fix: meant === undefined ? `Add ':${parameter}' to a route, or remove it here.` : `Write '${meant}'.`,
        at: params.locate?.(`/properties/${escapeToken(parameter)}`) ?? params.at,
      }),
    );
  }
}

/** Every parameter of a route, a string if the spec does not say more. It is required if all routes have it. */
function paramsSchema(
  declared: JsonSchema | undefined,
  routes: readonly (readonly string[])[],
): JsonSchema | undefined {
  const names = [...new Set(routes.flat())];
  if (names.length === 0) return undefined;
  if (typeof declared === "object" && declared.properties === undefined && Object.keys(declared).length > 0)
    return declared;
  const own = readProperties(declared);
  const properties = names.map(
    (name) => [name, Object.hasOwn(own, name) ? (own[name] ?? true) : { type: "string" }] as const,
  );
  return {
    ...(typeof declared === "object" && declared),
    type: "object",
    required: names.filter((name) => routes.every((route) => route.includes(name))),
    properties: Object.fromEntries(properties),
  };
}

/** The schema of an object. Node gives the names of headers in lower case. */
function partSchema(part: string, declared: JsonSchema | undefined): JsonSchema | undefined {
  if (declared === true) return { type: "object" };
  if (typeof declared !== "object") return declared;
  if (part !== "headers") return { type: "object", ...declared };
  const lower = (name: Json): Json => (typeof name === "string" ? name.toLowerCase() : name);
  const properties = Object.entries(readProperties(declared)).map(([name, schema]) => [lower(name), schema]);
  return {
    type: "object",
    ...declared,
    ...(Array.isArray(declared.required) && { required: declared.required.map(lower) }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
  };
}

/** A client may leave out a field with a default; in the context it is always there. A default behind a reference becomes its own. */
function withDefaults(
  declared: JsonSchema,
  shared: SharedSchemas,
): Pick<HandshakePartModel, "sent" | "schema"> {
  const defaults = Object.entries(readProperties(declared)).flatMap(([name, field]) => {
    const value = findDefault(field, declared, shared);
    return value === undefined ? [] : [[name, { ...toRecord(field), default: value }] as const];
  });
  if (typeof declared !== "object" || defaults.length === 0) return { sent: declared, schema: declared };
  const filled = defaults.map(([name]) => name);
  const schema: JsonObject = {
    ...declared,
    properties: { ...readProperties(declared), ...Object.fromEntries(defaults) },
  };
  const required = Array.isArray(schema.required) ? schema.required : [];
  return {
    sent: { ...schema, required: required.filter((name) => !filled.includes(String(name))) },
    schema: { ...schema, required: [...new Set([...required, ...filled])] },
  };
}

/** The shared schemas by their names. */
export type SharedSchemas = ReadonlyMap<string, JsonSchema>;

/** A longer chain of references is a cycle. */
const maxReferences = 32;

function findDefault(field: Json, part: JsonSchema, shared: SharedSchemas): Json | undefined {
  let [at, root]: [Json | undefined, JsonSchema] = [field, part];
  for (let steps = 0; steps < maxReferences; steps += 1) {
    const { default: value, $ref } = toRecord(at);
    if (value !== undefined || typeof $ref !== "string" || !$ref.startsWith("#/")) return value;
    const tokens = $ref.slice(1).split("/").slice(1).map(unescapeToken);
    const [first, name = ""] = tokens;
    const target = first === "schemas" ? shared.get(name) : schemaAt(root, tokens);
    [at, root] = [target, first === "schemas" ? (target ?? root) : root];
  }
  return undefined;
}
