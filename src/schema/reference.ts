import type { JsonSchema } from "../spec/spec.js";
import { escapeToken, printPointer, unescapeToken } from "./pointer.js";
import { subschemas } from "./subschemas.js";

/** The reference to a shared schema: `Message` gives `#/schemas/Message`. */
export const sharedPointer = (name: string): string => `#/schemas/${escapeToken(name)}`;

/** What a `$ref` points at. `self` is the schema that holds it, by pointer from its root. */
export type Reference =
  | { readonly kind: "shared"; readonly pointer: string; readonly name: string }
  | { readonly kind: "self"; readonly pointer: string; readonly tokens: readonly string[] }
  | { readonly kind: "unsupported"; readonly reason: string };

/**
 * Reads a `$ref`: `#/schemas/Name` (a shared schema), `#` or `#/…` (within the schema), `#name` (an anchor).
 * Percent-encoding is undone (RFC 3986 §2.1), so that one schema has one pointer.
 */
export function readReference(ref: string, root: JsonSchema): Reference {
  const id = typeof root === "object" && typeof root.$id === "string" ? root.$id : undefined;
  const own = id !== undefined && (ref === id || ref.startsWith(`${id}#`)) ? ref.slice(id.length) : ref;
  const fragment = own === "" ? "" : own.startsWith("#") ? decode(own.slice(1)) : undefined;
  if (fragment === undefined)
    return { kind: "unsupported", reason: "only references that begin with # are followed" };
  if (fragment !== "" && !fragment.startsWith("/")) return readAnchor(fragment, root);
  const tokens = fragment.split("/").slice(1).map(unescapeToken);
  const [first, name] = tokens;
  if (first !== "schemas" || name === undefined) return { kind: "self", pointer: `#${fragment}`, tokens };
  if (tokens.length > 2) return { kind: "unsupported", reason: "a shared schema is referenced as a whole" };
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
  const tokens = findAnchor(root, anchor);
  if (tokens === undefined) return { kind: "unsupported", reason: `there is no $anchor "${anchor}"` };
  return { kind: "self", pointer: printPointer(tokens), tokens };
}

function findAnchor(root: JsonSchema, anchor: string): readonly string[] | undefined {
  const open: { readonly schema: JsonSchema; readonly tokens: readonly string[] }[] = [
    { schema: root, tokens: [] },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at.schema === "object" && at.schema.$anchor === anchor) return at.tokens;
    for (const child of subschemas(at.schema))
      open.push({ schema: child.schema, tokens: [...at.tokens, ...child.tokens] });
  }
  return undefined;
}
