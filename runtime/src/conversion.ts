/** How the values of a message become those of the code, and back: for server, client and test kit. Imports nothing. */

/** The conversion of one value. Others are named by their index in the list of all. */
export interface ConversionNode {
  /** A string of the message is base64, and bytes in the code. */
  readonly bytes?: boolean;
  /** By the name of the property: its value if it is absent, and the node of its value. */
  readonly properties?: Readonly<
    Record<string, { readonly default?: unknown; readonly of?: number | undefined }>
  >;
  /** The node of all other properties. */
  readonly others?: number | undefined;
  /** The nodes of the first items; -1: nothing is converted in this one. */
  readonly first?: readonly number[];
  /** The node of all other items. */
  readonly items?: number | undefined;
}

/** The conversion of a message. The first node is for the whole value. wsgen generates it from a schema. */
export type Conversion = readonly ConversionNode[];

/** What is done in one direction. A name is that of the property or the index; "" for the whole value. */
export interface ConversionStep {
  /** Converts a value where the schema has bytes. Returns any other value unchanged. */
  bytes(value: unknown, name: string): unknown;
  /** Returns the value that is sent for an object. Default: the object itself. */
  open?(value: unknown, name: string): unknown;
}

/**
 * Returns the value with everything converted, and with the defaults of absent properties. The value itself does not change: the
 * objects in which something changes, and those around them, are copied. Each default is a copy, too. Throws the errors of the
 * step, and of getters.
 */
export function convert(whole: unknown, conversion: Conversion, step: ConversionStep): unknown {
  const visit = (given: unknown, at: number | undefined, name: string): unknown => {
    const node = at === undefined ? undefined : conversion[at];
    if (node === undefined) return given;
    const opened = step.open ? step.open(given, name) : given;
    const value = node.bytes ? step.bytes(opened, name) : opened;
    if (typeof value !== "object" || value === null || isBytes(value)) return value;
    return Array.isArray(value) ? visitItems(value, node) : visitProperties(value, node);
  };
  const visitItems = (list: readonly unknown[], { first = [], items }: ConversionNode): unknown => {
    if (first.length === 0 && items === undefined) return list;
    const converted = list.map((item, index) =>
      visit(item, index < first.length ? first[index] : items, String(index)),
    );
    return converted.some((item, index) => item !== list[index]) ? converted : list;
  };
  const visitProperties = (object: object, { properties = {}, others }: ConversionNode): unknown => {
    const members = object as Readonly<Record<string, unknown>>;
    let converted: object | undefined;
    const set = (name: string, value: unknown): void => {
      converted ??= { ...object };
      // An assignment to `__proto__` would set the prototype.
      Object.defineProperty(converted, name, {
        ...{ value, writable: true, enumerable: true, configurable: true },
      });
    };
    for (const [name, { default: missing, of }] of Object.entries(properties)) {
      // Like JSON: what is inherited or not enumerable is not a part of the value.
      const value = isOwn(object, name) ? members[name] : undefined;
      const filled =
        value === undefined && missing !== undefined ? JSON.parse(JSON.stringify(missing)) : value;
      if (filled === undefined) continue;
      const inner = visit(filled, of, name);
      if (inner !== value) set(name, inner);
    }
    if (others === undefined) return converted ?? object;
    for (const name of Object.keys(object)) {
      if (Object.hasOwn(properties, name)) continue;
      const value = members[name];
      const inner = visit(value, others, name);
      if (inner !== value) set(name, inner);
    }
    return converted ?? object;
  };
  return visit(whole, 0, "");
}

const isOwn = (object: object, name: string): boolean =>
  Object.prototype.propertyIsEnumerable.call(object, name);

/** True for a `Uint8Array`, also a `Buffer` and one of another realm (a frame, a test runner), but for no other view. */
export const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === "Uint8Array";

/**
 * The value that JSON has for an object with `toJSON` or for a boxed value. Bytes stay unchanged, although a `Buffer` has
 * `toJSON`. @param key passed to `toJSON`
 */
export function toSent(value: unknown, key: string): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  if (!isObject || ArrayBuffer.isView(value)) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  const sent: unknown = typeof toJSON === "function" ? toJSON.call(value, key) : value;
  const isBoxed = sent instanceof Number || sent instanceof String || sent instanceof Boolean;
  return isBoxed ? sent.valueOf() : sent;
}

/**
 * Returns the value if it can be sent in place of bytes, such as null.
 * @throws TypeError `not_serializable` for an `ArrayBuffer`, another view or a `Blob`: JSON would have an object without members
 */
export function refuseOtherBytes(value: unknown, name: string): unknown {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (!ArrayBuffer.isView(value) && !["ArrayBuffer", "SharedArrayBuffer", "Blob", "File"].includes(kind))
    return value;
  const place = name === "" ? "The value" : `The value of ${JSON.stringify(name)}`;
  const text = `${place} is of the type ${kind}; expected a Uint8Array. Convert it, for example with new Uint8Array(buffer).`;
  throw Object.assign(new TypeError(text), { code: "not_serializable" });
}
