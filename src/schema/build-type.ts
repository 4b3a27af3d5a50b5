import type { Json, JsonSchema } from "../spec/spec.js";
import { hasKind } from "./json-kind.js";
import { literalType } from "./literal-type.js";
import { type Keywords, objectType } from "./object-type.js";
import { isRecord, isSchema, schemaAt } from "./pointer.js";
import { readReference } from "./reference.js";
import { arrayType } from "./tuple-type.js";
import { intersectObjects, type TypeNode, union, unknownType, word } from "./type-node.js";

/** What building the types of one declaration needs to know. */
export interface TypeContext {
  /** The schema that local references start from. */
  readonly root: JsonSchema;
  /** The name of a shared schema's type. */
  readonly refs: (pointer: string) => string | undefined;
  /** The name of the type of a part of `root`; asking for it declares it. */
  readonly declare: (tokens: readonly string[]) => string;
  /** How many more types may be built. */
  readonly budget: { left: number };
}

/** Where a schema stands in what holds it. */
export interface Scope {
  readonly depth: number;
  /** Properties of the schema that this one is applied beside: `required` alone takes their types. */
  readonly properties: { readonly [name: string]: Json };
}

export const outermost: Scope = { depth: 0, properties: {} };

/** Deeper types are `unknown`: nobody reads them, and the compiler has limits of its own. */
const maxDepth = 48;

/** The TypeScript type of the values that a schema accepts, or of more where TypeScript cannot say it. */
export function buildType(schema: JsonSchema, context: TypeContext, scope: Scope): TypeNode {
  if (schema === true) return unknownType;
  if (schema === false) return word("never");
  if (scope.depth > maxDepth || context.budget.left <= 0) return word("unknown /* too large a schema */");
  context.budget.left -= 1;
  const nested: Scope = { depth: scope.depth + 1, properties: {} };
  const beside: Scope = { ...nested, properties: { ...scope.properties, ...record(schema.properties) } };
  const parts = typeof schema.$ref === "string" ? [referenceType(schema.$ref, context)] : [];
  parts.push(ownType(schema, scope, (child) => buildType(child, context, nested)));
  parts.push(...branches(schema.allOf).map((child) => buildType(child, context, beside)));
  for (const keyword of ["anyOf", "oneOf"]) {
    const choices = branches(schema[keyword]).map((child) => buildType(child, context, beside));
    if (choices.length > 0) parts.push(union(choices));
  }
  return intersectObjects(parts);
}

const record = (value: Json | undefined): { readonly [name: string]: Json } => (isRecord(value) ? value : {});

const branches = (value: Json | undefined): readonly JsonSchema[] =>
  Array.isArray(value) ? value.filter(isSchema) : [];

/** What `const`, `enum`, `type` and the keywords of objects and arrays say, without what is applied beside them. */
function ownType(schema: Keywords, scope: Scope, build: (child: JsonSchema) => TypeNode): TypeNode {
  const kinds = kindsOf(schema);
  if (schema.const !== undefined) return constants([schema.const], kinds);
  if (Array.isArray(schema.enum)) return constants(schema.enum, kinds);
  if (kinds.length === 0) return unknownType;
  return union(kinds.map((kind) => kindType(kind, schema, { scope, build })));
}

const constants = (values: readonly Json[], kinds: readonly string[]): TypeNode =>
  union(values.filter((value) => kinds.length === 0 || hasKind(value, kinds)).map(literalType));

const objectKeywords = ["properties", "required", "additionalProperties", "patternProperties"];
const arrayKeywords = ["prefixItems", "items"];

/** The JSON types that `type` names; without one, those that the other keywords are written for. */
function kindsOf(schema: Keywords): readonly string[] {
  const type = schema.type;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((kind) => typeof kind === "string");
  return [
    ...(objectKeywords.some((keyword) => schema[keyword] !== undefined) ? ["object"] : []),
    ...(arrayKeywords.some((keyword) => schema[keyword] !== undefined) ? ["array"] : []),
  ];
}

interface KindContext {
  readonly scope: Scope;
  readonly build: (child: JsonSchema) => TypeNode;
}

function kindType(kind: string, schema: Keywords, { scope, build }: KindContext): TypeNode {
  if (kind === "object") return objectType(schema, { beside: scope.properties, build });
  if (kind === "array") return arrayType(schema, build);
  return kind === "integer" ? word("number") : word(kind);
}

function referenceType(ref: string, context: TypeContext): TypeNode {
  const reference = readReference(ref, context.root);
  if (reference.kind === "shared") return word(context.refs(reference.pointer) ?? "unknown");
  if (reference.kind === "unsupported" || schemaAt(context.root, reference.tokens) === undefined)
    return unknownType;
  return word(context.declare(reference.tokens));
}
