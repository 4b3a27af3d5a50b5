import { isSchema, schemaAt, toRecord } from "../spec-file/json.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";
import { schemaDoc } from "./constraint-notes.js";
import {
  hasKind,
  isBytesSchema,
  type Keywords,
  readNamedSchemas,
  readSchemas,
  readStrings,
} from "./keywords.js";
import { readReference } from "./reference.js";
import {
  intersectObjects,
  literalType,
  type Member,
  type TupleElement,
  type TypeNode,
  union,
  unknownType,
  word,
} from "./type-node.js";

/** The context in which the types of one declaration are built. */
interface TypeContext {
  /** The schema that local references start from. */
  readonly root: JsonSchema;
  /** The name of a shared schema's type. */
  readonly refs: (pointer: string) => string | undefined;
  /** The name of the type of a part of `root`; asking for it declares it. */
  readonly declare: (tokens: readonly string[]) => string;
  /** How many more types may be built. */
  readonly budget: { left: number };
}

/** The place of a schema within the schema that contains it. */
interface Scope {
  readonly depth: number;
  /** Properties of the schema that applies beside this one. A property that is only required has its type. */
  readonly properties: Keywords;
}

export const outermost: Scope = { depth: 0, properties: {} };

/** Deeper types are `unknown`: they are unreadable, and the compiler has limits of its own. */
const maxDepth = 48;

/** The TypeScript type of the values that a schema accepts, or a wider one if TypeScript cannot express it. */
export function buildType(schema: JsonSchema, context: TypeContext, scope: Scope): TypeNode {
  if (schema === true) return unknownType;
  if (schema === false) return word("never");
  if (scope.depth > maxDepth || context.budget.left <= 0) return word("unknown /* too large a schema */");
  context.budget.left -= 1;
  const nested: Scope = { depth: scope.depth + 1, properties: {} };
  const beside: Scope = { ...nested, properties: { ...scope.properties, ...toRecord(schema.properties) } };
  const parts = typeof schema.$ref === "string" ? [referenceType(schema.$ref, context)] : [];
  const build = (child: JsonSchema) => buildType(child, context, nested);
  parts.push(ownType(schema, { beside: scope.properties, build }));
  parts.push(...readSchemas(schema.allOf).map((child) => buildType(child, context, beside)));
  for (const keyword of ["anyOf", "oneOf"]) {
    const choices = readSchemas(schema[keyword]).map((child) => buildType(child, context, beside));
    if (choices.length > 0) parts.push(union(choices));
  }
  return intersectObjects(parts);
}

/** The type of `const`, `enum`, `type` and the keywords of objects and arrays, without the schemas that apply beside them. */
function ownType(schema: Keywords, context: OwnContext): TypeNode {
  const kinds = readKinds(schema);
  if (schema.const !== undefined) return constants([schema.const], kinds);
  if (Array.isArray(schema.enum)) return constants(schema.enum, kinds);
  if (kinds.length === 0) return unknownType;
  return union(kinds.map((kind) => kindType(kind, schema, context)));
}

const constants = (values: readonly Json[], kinds: readonly string[]): TypeNode =>
  union(values.filter((value) => kinds.length === 0 || hasKind(value, kinds)).map(literalType));

const objectKeywords = ["properties", "required", "additionalProperties", "patternProperties"];
const arrayKeywords = ["prefixItems", "items"];

/** The JSON types that `type` names; without one, those to which the other keywords belong. */
function readKinds(schema: Keywords): readonly string[] {
  const type = schema.type;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((kind) => typeof kind === "string");
  return [
    ...(objectKeywords.some((keyword) => schema[keyword] !== undefined) ? ["object"] : []),
    ...(arrayKeywords.some((keyword) => schema[keyword] !== undefined) ? ["array"] : []),
  ];
}

interface OwnContext {
  /** Properties of the schemas beside this one. */
  readonly beside: Keywords;
  readonly build: (child: JsonSchema) => TypeNode;
}

function kindType(kind: string, schema: Keywords, context: OwnContext): TypeNode {
  if (kind === "object") return objectType(schema, context);
  if (kind === "array") return arrayType(schema, context.build);
  if (kind === "string" && isBytesSchema(schema)) return word("Uint8Array");
  return kind === "integer" ? word("number") : word(kind);
}

function referenceType(ref: string, context: TypeContext): TypeNode {
  const reference = readReference(ref, context.root);
  if (reference.kind === "shared") return word(context.refs(reference.pointer) ?? "unknown");
  if (reference.kind === "unsupported" || schemaAt(context.root, reference.tokens) === undefined)
    return unknownType;
  return word(context.declare(reference.tokens));
}

/** The type of the objects that `properties`, `required`, `additionalProperties` and `patternProperties` describe. */
function objectType(schema: Keywords, context: OwnContext): TypeNode {
  const members = objectMembers(schema, context);
  const index = indexType(schema, context.build);
  if (index === undefined) {
    const isEmpty = members.length === 0 && schema.additionalProperties === false;
    return isEmpty ? word("Record<string, never>") : { kind: "object", members, index };
  }
  if (members.length === 0 && index === unknownType) return { kind: "object", members, index: undefined };
  return { kind: "object", members, index: widen(index, members) };
}

function objectMembers(schema: Keywords, { beside, build }: OwnContext): readonly Member[] {
  const required = new Set(readStrings(schema.required));
  const named = toRecord(schema.properties);
  const buildMember = (child: Json | undefined) => (isSchema(child) ? build(child) : unknownType);
  const members = Object.entries(named).map(([name, child]): Member => {
    const isRequired = required.has(name);
    const type = buildMember(child);
    const doc = isSchema(child) ? schemaDoc(child) : [];
    return { name, type: isRequired ? type : union([type, undefinedType]), isRequired, doc };
  });
  const others = [...required]
    .filter((name) => !Object.hasOwn(named, name))
    .map((name): Member => {
      const type = buildMember(Object.hasOwn(beside, name) ? beside[name] : undefined);
      return { name, type, isRequired: true, doc: [] };
    });
  return [...members, ...others];
}

/** The type of properties that are not named; undefined without a rule for them. */
function indexType(schema: Keywords, build: (schema: JsonSchema) => TypeNode): TypeNode | undefined {
  const others = schema.additionalProperties;
  const matched = readNamedSchemas(schema.patternProperties).map(([, child]) => build(child));
  if (isSchema(others) && others !== false) return union([...matched, build(others)]);
  if (matched.length === 0) return undefined;
  return others === false ? union(matched) : unknownType;
}

/** In TypeScript, every named property must match the index signature. */
const widen = (index: TypeNode, members: readonly Member[]): TypeNode =>
  union([index, ...members.map((member) => member.type)]);

/** `exactOptionalPropertyTypes` would refuse it otherwise. On the wire, a property with this value is absent. */
const undefinedType = word("undefined");

/** The type of the arrays that `items`, `prefixItems`, `minItems` and `maxItems` describe. */
function arrayType(schema: Keywords, build: (schema: JsonSchema) => TypeNode): TypeNode {
  const most = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY;
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const prefix = readSchemas(schema.prefixItems).slice(0, most);
  const items = schema.items;
  const isClosed = items === false || prefix.length >= most;
  const rest = isSchema(items) ? items : true;
  if (prefix.length === 0 && !isClosed)
    return { kind: "array", element: rest === true ? unknownType : build(rest) };
  const elements = prefix.map(
    (item, position): TupleElement => ({
      type: build(item),
      form: position < least ? "required" : "optional",
    }),
  );
  if (isClosed) return { kind: "tuple", elements };
  const others: TypeNode = { kind: "array", element: build(rest) };
  return { kind: "tuple", elements: [...elements, { type: others, form: "rest" }] };
}
