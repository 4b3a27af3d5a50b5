import type { Json, JsonSchema } from "../spec/spec.js";
import { schemaDoc } from "./constraint-notes.js";
import { isRecord, isSchema } from "./pointer.js";
import { type Member, type TypeNode, union, unknownType, word } from "./type-node.js";

export type Keywords = { readonly [keyword: string]: Json };

interface ObjectContext {
  /** Properties of the schemas beside this one. */
  readonly beside: { readonly [name: string]: Json };
  readonly build: (schema: JsonSchema) => TypeNode;
}

/** The type of the objects that `properties`, `required`, `additionalProperties` and `patternProperties` describe. */
export function objectType(schema: Keywords, context: ObjectContext): TypeNode {
  const members = objectMembers(schema, context);
  const index = indexType(schema, context.build);
  if (index === undefined) {
    const isEmpty = members.length === 0 && schema.additionalProperties === false;
    return isEmpty ? word("Record<string, never>") : { kind: "object", members, index };
  }
  if (members.length === 0 && index === unknownType) return { kind: "object", members, index: undefined };
  return { kind: "object", members, index: widen(index, members) };
}

function objectMembers(schema: Keywords, { beside, build }: ObjectContext): readonly Member[] {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as readonly Json[]) : []);
  const described = isRecord(schema.properties) ? schema.properties : {};
  const members = Object.entries(described).map(([name, child]): Member => {
    const isRequired = required.has(name);
    const type = isSchema(child) ? build(child) : unknownType;
    const doc = isSchema(child) ? schemaDoc(child) : [];
    return { name, type: isRequired ? type : union([type, undefinedType]), isRequired, doc };
  });
  const others = [...required].filter((name) => typeof name === "string" && !Object.hasOwn(described, name));
  return [...members, ...others.map((name) => requiredMember(String(name), { beside, build }))];
}

function requiredMember(name: string, { beside, build }: ObjectContext): Member {
  const child = Object.hasOwn(beside, name) ? beside[name] : undefined;
  return { name, type: isSchema(child) ? build(child) : unknownType, isRequired: true, doc: [] };
}

/** What the properties that are not named hold; undefined when the schema does not say. */
function indexType(schema: Keywords, build: (schema: JsonSchema) => TypeNode): TypeNode | undefined {
  const patterns = isRecord(schema.patternProperties) ? Object.values(schema.patternProperties) : [];
  const others = schema.additionalProperties;
  const matched = patterns.filter(isSchema).map(build);
  if (isSchema(others) && others !== false) return union([...matched, build(others)]);
  if (matched.length === 0) return undefined;
  return others === false ? union(matched) : unknownType;
}

/** TypeScript wants every named property to fit the index signature. */
const widen = (index: TypeNode, members: readonly Member[]): TypeNode =>
  union([index, ...members.map((member) => member.type)]);

/** What `exactOptionalPropertyTypes` refuses otherwise. On the wire a property with this value is absent. */
const undefinedType = word("undefined");
