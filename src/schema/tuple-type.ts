import type { Json, JsonSchema } from "../spec/spec.js";
import type { Keywords } from "./object-type.js";
import { isSchema } from "./pointer.js";
import { type TupleElement, type TypeNode, unknownType } from "./type-node.js";

/** The type of the arrays that `items`, `prefixItems`, `minItems` and `maxItems` describe. */
export function arrayType(schema: Keywords, build: (schema: JsonSchema) => TypeNode): TypeNode {
  const most = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY;
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const prefix = firstItems(schema).slice(0, most);
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

function firstItems(schema: Keywords): readonly JsonSchema[] {
  const items: Json | undefined = schema.prefixItems;
  return Array.isArray(items) ? items.filter(isSchema) : [];
}
