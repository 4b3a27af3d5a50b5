import type { Json } from "../spec/spec.js";
import { literal } from "./encode.js";
import { isRecord } from "./pointer.js";
import { type TypeNode, word } from "./type-node.js";

/** The type that has one value. */
export function literalType(value: Json): TypeNode {
  if (isRecord(value)) {
    const members = Object.entries(value).map(([name, member]) => ({
      name,
      type: literalType(member),
      isRequired: true,
      doc: [],
    }));
    return members.length === 0
      ? word("Record<string, never>")
      : { kind: "object", members, index: undefined };
  }
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return { kind: "tuple", elements: items.map((item) => ({ type: literalType(item), form: "required" })) };
  }
  return word(literal(value));
}
