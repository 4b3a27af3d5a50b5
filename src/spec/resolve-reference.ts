import { pointerTokens } from "./json-pointer.js";
import { entriesOf, memberOf, type SourceNode, textOf } from "./source-node.js";
import { isSubschema, subschemasOf } from "./subschemas.js";

/** A schema and the whole schema that it belongs to, within which its references may point. */
export interface SchemaPlace {
  readonly node: SourceNode;
  readonly root: SourceNode;
}

/**
 * Finds what a `$ref` means: `#/schemas/Name` is a shared schema; `#`, a pointer and `#anchor` stay within the
 * schema that holds the reference.
 */
export class SchemaResolver {
  /** The shared schemas by name. */
  readonly shared: ReadonlyMap<string, SourceNode>;
  readonly #anchors = new Map<SourceNode, ReadonlyMap<string, SourceNode>>();

  constructor(spec: SourceNode) {
    this.shared = new Map(entriesOf(memberOf(spec, "schemas")).map(([name, { node }]) => [name, node]));
  }

  resolve(reference: string, root: SourceNode): SchemaPlace | undefined {
    const fragment = decodeFragment(reference);
    if (fragment === undefined) return undefined;
    const shared = sharedName(fragment);
    if (shared !== undefined) {
      const node = this.shared.get(shared);
      return node && { node, root: node };
    }
    const isPointer = fragment === "" || fragment.startsWith("/");
    const node = isPointer ? schemaAt(root, pointerTokens(fragment)) : this.#anchorsOf(root).get(fragment);
    return node && { node, root };
  }

  #anchorsOf(root: SourceNode): ReadonlyMap<string, SourceNode> {
    const known = this.#anchors.get(root);
    if (known) return known;
    const anchors = new Map<string, SourceNode>();
    const waiting = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const anchor = textOf(memberOf(node, "$anchor"));
      if (anchor !== undefined) anchors.set(anchor, node);
      if (node.kind === "map") for (const [, inner] of subschemasOf(node)) waiting.push(inner);
    }
    this.#anchors.set(root, anchors);
    return anchors;
  }
}

/** The part after `#`, percent-encoding undone (RFC 3986 §2.1); undefined when the reference leaves the spec. */
export function decodeFragment(reference: string): string | undefined {
  if (!reference.startsWith("#")) return undefined;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
}

/** `Message` for `/schemas/Message`; undefined for any other fragment. A shared schema is referenced as a whole. */
export function sharedName(fragment: string): string | undefined {
  const [first, name, ...more] = pointerTokens(fragment);
  return first === "schemas" && more.length === 0 ? name : undefined;
}

/** Follows a pointer from schema to schema; undefined where it leads to something else, or nowhere. */
function schemaAt(root: SourceNode, tokens: readonly string[]): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const token of tokens) {
    node = node?.kind === "list" ? node.items[Number(token)] : memberOf(node, token);
  }
  return isSubschema(tokens) ? node : undefined;
}
