import { isArray, isObject, type JsonObject } from "../validation/json-value.js";

/** What is filled into one object or array. Other nodes are named by their index in the list of all. */
export interface DefaultsNode {
  /** By the name of the property: its value if it is absent, and the node of its value. */
  readonly properties?: Readonly<
    Record<string, { readonly default?: unknown; readonly of?: number | undefined }>
  >;
  /** The node of all other properties. */
  readonly others?: number | undefined;
  /** The nodes of the first items; -1: nothing is filled into this one. */
  readonly first?: readonly number[];
  /** The node of all other items. */
  readonly items?: number | undefined;
}

/**
 * Returns the value with the defaults of absent properties. The value itself does not change: the objects that get a default,
 * and those around them, are copied. Each default is a copy, too.
 * @param at the index of the value's node
 */
export function fillDefaults(
  value: unknown,
  nodes: readonly DefaultsNode[],
  at: number | undefined = 0,
): unknown {
  const node = at === undefined ? undefined : nodes[at];
  if (node === undefined) return value;
  if (isArray(value)) return fillItems(value, nodes, node);
  return isObject(value) ? fillProperties(value, nodes, node) : value;
}

function fillItems(
  list: readonly unknown[],
  nodes: readonly DefaultsNode[],
  { first = [], items }: DefaultsNode,
): readonly unknown[] {
  if (first.length === 0 && items === undefined) return list;
  const filled = list.map((item, index) =>
    fillDefaults(item, nodes, index < first.length ? first[index] : items),
  );
  return filled.some((item, index) => item !== list[index]) ? filled : list;
}

function fillProperties(
  object: JsonObject,
  nodes: readonly DefaultsNode[],
  { properties = {}, others }: DefaultsNode,
): JsonObject {
  let filled: Record<string, unknown> | undefined;
  const set = (name: string, value: unknown): void => {
    filled ??= { ...object };
    // An assignment to `__proto__` would set the prototype.
    Object.defineProperty(filled, name, { value, writable: true, enumerable: true, configurable: true });
  };
  for (const [name, { default: missing, of }] of Object.entries(properties)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined) {
      if (missing !== undefined) set(name, structuredClone(missing));
      continue;
    }
    const inner = fillDefaults(value, nodes, of ?? -1);
    if (inner !== value) set(name, inner);
  }
  if (others === undefined) return filled ?? object;
  for (const name of Object.keys(object)) {
    if (Object.hasOwn(properties, name)) continue;
    const inner = fillDefaults(object[name], nodes, others);
    if (inner !== object[name]) set(name, inner);
  }
  return filled ?? object;
}
