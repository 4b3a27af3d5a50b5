import { escapeToken, printPointer, schemaAt, unescapeToken } from "../spec-file/json.js";
import type { JsonSchema } from "../spec-file/spec.js";
import { sameValue, schemasIn, subschemas } from "./keywords.js";

/** The reference to a shared schema: `Message` gives `#/schemas/Message`. */
export const sharedPointer = (name: string): string => `#/schemas/${escapeToken(name)}`;

/** The target of a `$ref`. `self` is a part of the schema that contains it, by pointer from its root. */
export type Reference =
  | { readonly kind: "shared"; readonly pointer: string; readonly name: string }
  | { readonly kind: "self"; readonly pointer: string; readonly tokens: readonly string[] }
  | { readonly kind: "unsupported"; readonly reason: string };

/**
 * Reads a `$ref`: `#/schemas/Name` (a shared schema), `#` or `#/…` (within the schema), `#name` (an anchor).
 * Percent-encoding is undone (RFC 3986 §2.1), so that one schema has one pointer.
 */
export function readReference(ref: string, root: JsonSchema): Reference {
  // The reader of the spec has replaced every other one, or reported it.
  if (!ref.startsWith("#")) return { kind: "unsupported", reason: "it leads to another file" };
  const fragment = decode(ref.slice(1));
  if (fragment === undefined) return { kind: "unsupported", reason: "a % must be written as %25" };
  if (fragment !== "" && !fragment.startsWith("/")) return readAnchor(fragment, root);
  const tokens = fragment.split("/").slice(1).map(unescapeToken);
  const [first, name] = tokens;
  if (first !== "schemas" || name === undefined) return { kind: "self", pointer: `#${fragment}`, tokens };
  if (tokens.length > 2)
    return { kind: "unsupported", reason: "a reference cannot point inside a shared schema" };
  return { kind: "shared", pointer: sharedPointer(name), name };
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function readAnchor(anchor: string, root: JsonSchema): Reference {
  const tokens = findAnchors(root).get(anchor);
  if (tokens === undefined) return { kind: "unsupported", reason: `no $anchor has the name '${anchor}'` };
  return { kind: "self", pointer: printPointer(tokens), tokens };
}

/** Without this cache, every reference would search the whole schema. */
const knownAnchors = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();

function findAnchors(root: JsonSchema): ReadonlyMap<string, readonly string[]> {
  if (typeof root !== "object") return new Map();
  const known = knownAnchors.get(root);
  if (known !== undefined) return known;
  const anchors = new Map<string, readonly string[]>();
  for (const { schema, tokens } of schemasIn(root)) {
    const anchor = typeof schema === "object" ? schema.$anchor : undefined;
    if (typeof anchor === "string") anchors.set(anchor, tokens);
  }
  knownAnchors.set(root, anchors);
  return anchors;
}

/** A schema, and the root that its references start from. */
export interface RootedSchema {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/** Finds the schema that a reference leads to; undefined if there is none. */
export type Follow = (ref: string, root: JsonSchema) => RootedSchema | undefined;

/** Creates the function for a spec. `findShared` finds a shared schema by its pointer. */
export const createFollow =
  (findShared: (pointer: string) => JsonSchema | undefined): Follow =>
  (ref, root) => {
    const reference = readReference(ref, root);
    if (reference.kind === "unsupported") return undefined;
    const isShared = reference.kind === "shared";
    const schema = isShared ? findShared(reference.pointer) : schemaAt(root, reference.tokens);
    return schema === undefined ? undefined : { schema, root: isShared ? schema : root };
  };

/** A schema, and those that apply to the same value: behind references, in `allOf`, `anyOf`, and so on. */
export function listParts(start: RootedSchema, follow: Follow): readonly RootedSchema[] {
  const found = new Map<JsonSchema, RootedSchema>();
  const visit = (part: RootedSchema): void => {
    const { schema, root } = part;
    if (found.has(schema)) return;
    found.set(schema, part);
    if (typeof schema !== "object") return;
    const target = typeof schema.$ref === "string" ? follow(schema.$ref, root) : undefined;
    if (target !== undefined) visit(target);
    for (const inner of subschemas(schema))
      if (sameValue.has(inner.keyword) && inner.keyword !== "not") visit({ schema: inner.schema, root });
  };
  visit(start);
  return [...found.values()];
}
