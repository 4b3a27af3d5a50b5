import { docComment, lineWidth, memberKey } from "./encode.js";
import type { Member, TupleElement, TypeNode } from "./type-node.js";

/** The place in which a type is printed. */
interface Place {
  /** Indentation of the line that it begins on. */
  readonly indent: string;
  /** Columns of that line that the text before and after the type takes. */
  readonly taken: number;
}

/** Prints a type on one line if it fits and has no doc comment, and otherwise on several lines. */
export function printType(type: TypeNode, place: Place): string {
  const flat = printFlat(type);
  if (flat !== undefined && place.taken + flat.length <= lineWidth) return flat;
  const { indent } = place;
  switch (type.kind) {
    case "word":
      return type.text;
    case "array":
      return `${grouped(type.element, indent)}[]`;
    case "tuple":
      return `[\n${type.elements.map((element) => tupleLine(element, `${indent}  `)).join("")}${indent}]`;
    case "object":
      if (isOpenObject(type)) return "Record<string, unknown>";
      return `{\n${printMembers(type, `${indent}  `)}${indent}}`;
    case "union":
      return printUnion(type.parts, indent);
    case "intersection":
      return type.parts.map((part) => grouped(part, indent)).join(" & ");
  }
}

/** The members of an object, each with its doc comment, one a line. */
export function printMembers(type: TypeNode & { readonly kind: "object" }, indent: string): string {
  const members = type.members.map((member) => {
    const head = memberHead(member);
    const place = { indent, taken: indent.length + head.length + 1 };
    return `${docComment(member.doc, indent)}${indent}${head}${spaced(printType(member.type, place))};\n`;
  });
  if (type.index === undefined) return members.join("");
  const place = { indent, taken: indent.length + indexHead.length + 2 };
  return `${members.join("")}${indent}${indexHead}${spaced(printType(type.index, place))};\n`;
}

const indexHead = "[key: string]:";

/** A type after `:` or `=`: on the same line, except for a union, which begins on the next line. */
export const spaced = (text: string): string => (text.startsWith("\n") ? text : ` ${text}`);

const memberHead = (member: Member): string => `${memberKey(member.name)}${member.isRequired ? "" : "?"}:`;

function tupleLine(element: TupleElement, indent: string): string {
  const { before, after } = tupleMarks(element);
  const isGrouped = element.form === "optional";
  const text = isGrouped
    ? grouped(element.type, indent)
    : printType(element.type, { indent, taken: indent.length + 5 });
  return `${indent}${before}${text.trimStart()}${after},\n`;
}

function tupleMarks(element: TupleElement): { readonly before: string; readonly after: string } {
  if (element.form === "rest") return { before: "...", after: "" };
  return { before: "", after: element.form === "optional" ? "?" : "" };
}

function printUnion(parts: readonly TypeNode[], indent: string): string {
  const long = parts.filter((part) => part.kind !== "word");
  // `{ … } | null` reads better than a list of two.
  if (long.length === 1 && parts.length === 2) return parts.map((part) => grouped(part, indent)).join(" | ");
  const inner = `${indent}  `;
  return parts.map((part) => `\n${inner}| ${grouped(part, `${inner}  `)}`).join("");
}

/** A type in brackets if it has `|` or `&`. */
function grouped(type: TypeNode, indent: string): string {
  const text = printType(type, { indent, taken: indent.length + 4 });
  if (type.kind === "union") return text.startsWith("\n") ? `(${text}\n${indent})` : `(${text})`;
  return type.kind === "intersection" ? `(${text})` : text;
}

/** The type on one line; undefined if it has a doc comment. */
function printFlat(type: TypeNode): string | undefined {
  switch (type.kind) {
    case "word":
      return type.text;
    case "array":
      return wrapFlat([flatGroup(type.element)], ([element]) => `${element}[]`);
    case "tuple":
      return wrapFlat(type.elements.map(flatElement), (elements) => `[${elements.join(", ")}]`);
    case "object":
      return flatObject(type);
    case "union":
      return wrapFlat(type.parts.map(flatGroup), (parts) => parts.join(" | "));
    case "intersection":
      return wrapFlat(type.parts.map(flatGroup), (parts) => parts.join(" & "));
  }
}

/** An object without members and index signature. */
const isOpenObject = (type: TypeNode & { readonly kind: "object" }): boolean =>
  type.members.length === 0 && type.index === undefined;

function wrapFlat(
  parts: readonly (string | undefined)[],
  put: (parts: readonly string[]) => string,
): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? put(known) : undefined;
}

function flatGroup(type: TypeNode): string | undefined {
  const text = printFlat(type);
  return text !== undefined && (type.kind === "union" || type.kind === "intersection") ? `(${text})` : text;
}

function flatElement(element: TupleElement): string | undefined {
  const { before, after } = tupleMarks(element);
  const text = element.form === "optional" ? flatGroup(element.type) : printFlat(element.type);
  return text === undefined ? undefined : `${before}${text}${after}`;
}

function flatObject(type: TypeNode & { readonly kind: "object" }): string | undefined {
  if (isOpenObject(type)) return "Record<string, unknown>";
  if (type.members.some((member) => member.doc.length > 0)) return undefined;
  const members = type.members.map((member) => {
    const text = printFlat(member.type);
    return text === undefined ? undefined : `${memberHead(member)} ${text}`;
  });
  const index = type.index === undefined ? undefined : printFlat(type.index);
  if (type.index !== undefined) members.push(index === undefined ? undefined : `${indexHead} ${index}`);
  return wrapFlat(members, (known) => `{ ${known.join("; ")} }`);
}
