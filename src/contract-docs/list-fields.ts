import { buildType, outermost } from "../schema/build-type.js";
import { constraintNotes } from "../schema/constraint-notes.js";
import { type Keywords, readNamedSchemas, readSchemas, readStrings } from "../schema/keywords.js";
import { printType } from "../schema/print-type.js";
import { readReference } from "../schema/reference.js";
import { type TypeNode, word } from "../schema/type-node.js";
import { isSchema, schemaAt, toRecord } from "../spec-file/json.js";
import type { Json, JsonSchema } from "../spec-file/spec.js";
import type { FieldDoc, RulePiece, TypePiece } from "./contract-document.js";

/** What the fields of a schema may refer to. */
export interface FieldScope {
  /** The schema that local references start from. */
  readonly root: JsonSchema;
  /** The shared schema behind a reference, with the name of its type. */
  readonly shared: (
    pointer: string,
  ) => { readonly typeName: string; readonly schema: JsonSchema } | undefined;
  /** Puts the links to shared schemas into a type. */
  readonly link: (type: string) => readonly TypePiece[];
}

/** Fields within fields beyond this level are in the type only: a schema may refer to itself. */
const deepest = 5;

/** More rows than this are not read by anybody; the type has all of them. */
const mostFields = 500;

/** The fields of an object, and of the objects and lists within it, in the order of the schema. */
export function listFields(schema: JsonSchema, scope: FieldScope): readonly FieldDoc[] {
  const rows: FieldDoc[] = [];
  addFields(rows, { schema, prefix: "", depth: 0 }, scope);
  return rows;
}

interface Place {
  readonly schema: JsonSchema;
  /** `user.`: the path of the object, in front of the names of its fields. */
  readonly prefix: string;
  readonly depth: number;
}

function addFields(rows: FieldDoc[], { schema, prefix, depth }: Place, scope: FieldScope): void {
  if (depth >= deepest) return;
  const parts = listAppliedParts(followLocal(schema, scope), scope);
  const required = new Set(parts.flatMap((part) => readStrings(part.required)));
  for (const [name, child] of parts.flatMap((part) => readNamedSchemas(part.properties))) {
    if (rows.length >= mostFields) return;
    const path = `${prefix}${showName(name)}`;
    rows.push(describeField(child, { path, isRequired: required.has(name) }, scope));
    addInner(rows, { schema: child, prefix: path, depth: depth + 1 }, scope);
  }
  for (const { additionalProperties: others } of parts) {
    if (isSchema(others) && typeof others === "object" && depth > 0)
      addInner(rows, { schema: others, prefix: `${prefix}*`, depth: depth + 1 }, scope);
  }
}

/** Adds the fields of the objects in a value: its own, those of its items, or those of its values. */
function addInner(rows: FieldDoc[], { schema, prefix, depth }: Place, scope: FieldScope): void {
  const target = followLocal(schema, scope);
  if (typeof target !== "object" || depth >= deepest) return;
  const { items } = target;
  if (isSchema(items)) addInner(rows, { schema: items, prefix: `${prefix}[]`, depth: depth + 1 }, scope);
  else addFields(rows, { schema: target, prefix: `${prefix}.`, depth }, scope);
}

/** The schema itself and those of its `allOf`, which apply to the same object. Shared ones have their own table. */
function listAppliedParts(schema: JsonSchema, scope: FieldScope): readonly Keywords[] {
  if (typeof schema !== "object") return [];
  const parts = readSchemas(schema.allOf).map((part) => followLocal(part, scope));
  return [schema, ...parts.flatMap((part) => (typeof part === "object" ? [part] : []))];
}

/** The part of the schema that a local reference leads to. */
function followLocal(schema: JsonSchema, { root }: FieldScope): JsonSchema {
  let target = schema;
  for (let steps = 0; steps < deepest; steps += 1) {
    if (typeof target !== "object" || typeof target.$ref !== "string") return target;
    const reference = readReference(target.$ref, root);
    if (reference.kind !== "self") return target;
    target = schemaAt(root, reference.tokens) ?? true;
  }
  return target;
}

function describeField(
  schema: JsonSchema,
  { path, isRequired }: Pick<FieldDoc, "path" | "isRequired">,
  scope: FieldScope,
): FieldDoc {
  const own = typeof schema === "object" ? schema : {};
  const target = followAny(schema, scope);
  return {
    path,
    type: printFieldType(schema, scope),
    isRequired,
    defaultValue: own.default === undefined ? "" : JSON.stringify(own.default),
    // What is behind a link to a shared schema is written there.
    rules: describeRules(followLocal(schema, scope)),
    description: readTexts(own) || readTexts(target),
    isDeprecated: target.deprecated === true || own.deprecated === true,
  };
}

/** The rules of a schema that its type does not have. */
export const describeRules = (schema: JsonSchema): readonly RulePiece[] =>
  constraintNotes(toRecord(schema))
    .split(/(`[^`]*`)/)
    .filter((text) => text !== "")
    .map((text) =>
      text.startsWith("`") && text.length > 1
        ? { text: text.slice(1, -1), isCode: true }
        : { text, isCode: false },
    );

function followAny(schema: JsonSchema, scope: FieldScope): Keywords {
  const target = toRecord(followLocal(schema, scope));
  if (typeof target.$ref !== "string") return target;
  const reference = readReference(target.$ref, scope.root);
  return toRecord(reference.kind === "shared" ? scope.shared(reference.pointer)?.schema : undefined);
}

/** The title and the description of a schema. */
export function readTexts({ title, description }: Keywords): string {
  const isText = (text: Json | undefined): text is string => typeof text === "string" && text.trim() !== "";
  return [...new Set([title, description].filter(isText).map((text) => text.trim()))].join("\n");
}

/** A type in one line. Objects within it are only `object`: their fields have rows of their own. */
export function printFieldType(schema: JsonSchema, scope: FieldScope): readonly TypePiece[] {
  const type = buildType(
    followLocal(schema, scope),
    {
      root: scope.root,
      refs: (pointer) => scope.shared(pointer)?.typeName,
      declare: () => "object",
      budget: { left: 500 },
    },
    outermost,
  );
  // Without objects, every type has a form of one line.
  return scope.link(printType(shorten(type), { indent: "", taken: Number.NEGATIVE_INFINITY }));
}

function shorten(type: TypeNode): TypeNode {
  switch (type.kind) {
    case "word":
      return type;
    case "array":
      return { ...type, element: shorten(type.element) };
    case "tuple":
      return {
        ...type,
        elements: type.elements.map((each) => ({ ...each, type: shorten(each.type) })),
      };
    case "object":
      if (type.members.length > 0) return word("object");
      return type.index === undefined ? word("object") : { ...type, index: shorten(type.index) };
    case "union":
    case "intersection":
      return {
        ...type,
        parts: [...new Map(type.parts.map(shorten).map((part) => [JSON.stringify(part), part])).values()],
      };
  }
}

/** A name with a character that has a meaning in a path is shown as JSON. */
const showName = (name: string): string => (/^[^\s.[\]*"\p{C}]+$/u.test(name) ? name : JSON.stringify(name));
