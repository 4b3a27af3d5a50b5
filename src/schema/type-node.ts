import { isRecord } from "../spec-file/json.js";
import type { Json } from "../spec-file/spec.js";
import { literal } from "./encode.js";

/** A TypeScript type as a value, before it is laid out as text. */
export type TypeNode =
  /** A keyword, a literal or the name of a type: printed as it is. */
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "array"; readonly element: TypeNode }
  | { readonly kind: "tuple"; readonly elements: readonly TupleElement[] }
  | { readonly kind: "object"; readonly members: readonly Member[]; readonly index: TypeNode | undefined }
  | { readonly kind: "union"; readonly parts: readonly TypeNode[] }
  | { readonly kind: "intersection"; readonly parts: readonly TypeNode[] };

export interface TupleElement {
  readonly type: TypeNode;
  readonly form: "required" | "optional" | "rest";
}

export interface Member {
  /** The name on the wire; the printer encodes it. */
  readonly name: string;
  readonly type: TypeNode;
  readonly isRequired: boolean;
  /** Lines of its doc comment. */
  readonly doc: readonly string[];
}

export const word = (text: string): TypeNode => ({ kind: "word", text });

export const unknownType = word("unknown");
const neverType = word("never");

const isWord = (type: TypeNode, text: string): boolean => type.kind === "word" && type.text === text;

/** A union without repetitions. `unknown` replaces the rest and keeps its comment, `never` is left out, and `undefined` is last. */
export function union(types: readonly TypeNode[]): TypeNode {
  const parts = distinct(types.flatMap((type) => (type.kind === "union" ? type.parts : [type])));
  const unknown = parts.find((part) => part.kind === "word" && /^unknown\b/.test(part.text));
  if (unknown !== undefined) return unknown;
  const isAbsent = (part: TypeNode) => isWord(part, "undefined");
  const others = parts.filter((part) => !isWord(part, "never") && !isAbsent(part));
  return join("union", [...others, ...parts.filter(isAbsent)], neverType);
}

/** An intersection without repetitions. `never` replaces the rest, and `unknown` is left out. */
function intersection(types: readonly TypeNode[]): TypeNode {
  const parts = distinct(types.flatMap((type) => (type.kind === "intersection" ? type.parts : [type])));
  if (parts.some((part) => isWord(part, "never"))) return neverType;
  return join(
    "intersection",
    parts.filter((part) => !isWord(part, "unknown")),
    unknownType,
  );
}

function join(kind: "union" | "intersection", parts: readonly TypeNode[], none: TypeNode): TypeNode {
  const [first] = parts;
  if (first === undefined) return none;
  return parts.length === 1 ? first : { kind, parts };
}

function distinct(types: readonly TypeNode[]): readonly TypeNode[] {
  if (types.length < 2) return types;
  const seen = new Map(types.map((type) => [JSON.stringify(type), type]));
  return [...seen.values()];
}

/**
 * An intersection in which all plain objects are merged. Objects that name a property twice are not merged, because
 * only the compiler can intersect two types. An object without members is left out.
 */
export function intersectObjects(types: readonly TypeNode[]): TypeNode {
  const [only] = types;
  if (only !== undefined && types.length === 1) return only;
  const objects = types.filter((type) => type.kind === "object");
  const names = objects.flatMap((type) => type.members.map((member) => member.name));
  const isPlain = objects.every((type) => type.index === undefined) && new Set(names).size === names.length;
  if (objects.length === 0 || !isPlain) return intersection(types);
  const merged: TypeNode = {
    kind: "object",
    members: objects.flatMap((type) => type.members),
    index: undefined,
  };
  if (names.length === 0) {
    const others = intersection(types.filter((type) => type.kind !== "object"));
    return isWord(others, "unknown") ? merged : others;
  }
  const first = objects.find((type) => type.members.length > 0);
  return intersection(
    types
      .map((type) => (type === first ? merged : type))
      .filter((type) => type === merged || type.kind !== "object"),
  );
}

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
