import { isObject } from "../validation/json-value.js";
import { invalidRequest } from "./admin-error.js";

/** A JSON Schema (2020-12), as the OpenAPI document has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A kind of value: its schema in the OpenAPI document, and the check of the same rules. */
export interface Shape<Value> {
  readonly schema: JsonSchema;
  readonly isOptional?: true;
  /** @param title of the value in the error. @throws AdminError 400 */
  read(value: unknown, title: string): Value;
}

type ValueOf<Of> = Of extends Shape<infer Value> ? Value : never;
type Fields = Readonly<Record<string, Shape<unknown>>>;
type Values<Of extends Fields> = { readonly [Name in keyof Of]: ValueOf<Of[Name]> };

/** An object with fields that are known by name. */
export interface ObjectShape<Of extends Fields> extends Shape<Values<Of>> {
  readonly fields: Of;
}

/** The value of a shape. */
export type Read<Of> = ValueOf<Of>;

function scalar<Value>(
  schema: JsonSchema,
  range: string,
  accepts: (value: unknown) => value is Value,
): Shape<Value> {
  return {
    schema,
    read(value, title) {
      if (accepts(value)) return value;
      throw invalidRequest(`${title} must be ${range}.`);
    },
  };
}

/** A string that is not empty, with at most `maxLength` UTF-16 units. JSON Schema counts code points, which are never more. */
export const text = (maxLength: number): Shape<string> =>
  scalar(
    { type: "string", minLength: 1, maxLength },
    `a string that is not empty, of at most ${maxLength} characters`,
    (value): value is string => isString(value) && value !== "" && value.length <= maxLength,
  );

/** Any string with at most `maxBytes` bytes of UTF-8. JSON Schema can only limit its characters. */
export const shortText = (maxBytes: number, rule: string): Shape<string> =>
  scalar(
    { type: "string", maxLength: maxBytes, description: `At most ${maxBytes} bytes of UTF-8 (${rule}).` },
    `a string of at most ${maxBytes} bytes (${rule})`,
    (value): value is string => isString(value) && Buffer.byteLength(value) <= maxBytes,
  );

export const wholeNumber = (minimum: number, maximum: number): Shape<number> =>
  scalar(
    { type: "integer", minimum, maximum },
    `a whole number from ${minimum} to ${maximum}`,
    (value): value is number =>
      typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum,
  );

/** A number within one of the ranges. */
export const numberWithin = (ranges: readonly (readonly [number, number])[], range: string): Shape<number> =>
  scalar(
    { type: "integer", anyOf: ranges.map(([minimum, maximum]) => ({ minimum, maximum })) },
    range,
    (value): value is number =>
      typeof value === "number" &&
      Number.isInteger(value) &&
      ranges.some(([minimum, maximum]) => value >= minimum && value <= maximum),
  );

export const flag: Shape<boolean> = scalar(
  { type: "boolean" },
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);

export const oneOf = <Choice extends string>(...choices: readonly Choice[]): Shape<Choice> =>
  scalar({ enum: choices }, choices.join(", "), (value): value is Choice =>
    choices.some((each) => each === value),
  );

export const alwaysTrue: Shape<true> = scalar({ const: true }, "true", (value) => value === true);

/** Any JSON value. */
export const anything = (description: string): Shape<unknown> => ({
  schema: { description },
  read: (value) => value,
});

/** @param range in words, for the error */
export const listOf = <Item>(
  item: Shape<Item>,
  { maxItems, range }: { readonly maxItems: number; readonly range: string },
): Shape<readonly Item[]> => ({
  schema: { type: "array", maxItems, items: item.schema },
  read(value, title) {
    if (Array.isArray(value) && value.length <= maxItems) {
      return value.map((each, index) => item.read(each, `${title}[${index}]`));
    }
    throw invalidRequest(`${title} must be a list of at most ${maxItems} ${range}.`);
  },
});

export const optional = <Value>(shape: Shape<Value>): Shape<Value | undefined> => ({
  ...shape,
  isOptional: true,
  read: (value, title) => (value === undefined ? undefined : shape.read(value, title)),
});

/** The same with a description in the document. */
export const described = <Value>(description: string, shape: Shape<Value>): Shape<Value> => ({
  ...shape,
  schema: { ...shape.schema, description },
});

interface ObjectRules {
  /** Exactly one of these fields must be there. */
  readonly exactlyOne?: readonly string[];
  /** A field that may only be there with another one. */
  readonly onlyWith?: readonly [field: string, other: string];
}

/** An object with these fields and no others. */
export function object<const Of extends Fields>(
  fields: Of,
  { exactlyOne = [], onlyWith }: ObjectRules = {},
): ObjectShape<Of> {
  const entries = Object.entries<Shape<unknown>>(fields);
  const names = entries.map(([name]) => name);
  const required = entries.filter(([, { isOptional }]) => !isOptional).map(([name]) => name);
  return {
    fields,
    schema: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      additionalProperties: false,
      ...(required.length > 0 && { required }),
      ...(exactlyOne.length > 0 && { oneOf: exactlyOne.map((name) => ({ required: [name] })) }),
      ...(onlyWith && { dependentRequired: { [onlyWith[0]]: [onlyWith[1]] } }),
    },
    read(value, title) {
      if (!isObject(value)) throw invalidRequest(`${title} must be a JSON object.`);
      const given = new Map(Object.entries(value));
      refuseUnknown(given.keys(), names);
      if (exactlyOne.length > 0 && exactlyOne.filter((name) => given.has(name)).length !== 1) {
        throw invalidRequest(`${title} must have exactly one of ${exactlyOne.join(", ")}.`);
      }
      if (onlyWith && given.has(onlyWith[0]) && !given.has(onlyWith[1])) {
        throw invalidRequest(`${title} has ${onlyWith[0]}, which belongs to ${onlyWith[1]}.`);
      }
      // The fields of the result are those of the shapes, by construction.
      return Object.fromEntries(
        entries.map(([name, shape]) => [name, readField(given, name, shape)]),
      ) as Values<Of>;
    },
  };
}

/** A field that is null is there, and a field that is missing is not: `anything` takes both. */
function readField(given: ReadonlyMap<string, unknown>, name: string, shape: Shape<unknown>): unknown {
  if (!given.has(name) && !shape.isOptional) throw invalidRequest(`${name} is missing.`);
  return shape.read(given.get(name), name);
}

/** One of two shapes. A value with the field is of the first one. */
export const either = <One, Other>(
  field: string,
  one: Shape<One>,
  other: Shape<Other>,
): Shape<One | Other> => ({
  schema: { oneOf: [one.schema, other.schema] },
  read: (value, title) =>
    isObject(value) && Object.hasOwn(value, field) ? one.read(value, title) : other.read(value, title),
});

/** The parameters of a query by their shape. @throws AdminError for one that is unknown, empty, given twice or not valid */
export function readQuery<Of extends Fields>(query: URLSearchParams, shape: ObjectShape<Of>): Values<Of> {
  const values = new Map<string, unknown>();
  for (const [name, value] of query) {
    refuseUnknown([name], Object.keys(shape.fields));
    if (values.has(name)) throw invalidRequest(`${name} is given twice.`);
    if (value === "") throw invalidRequest(`${name} is empty.`);
    values.set(name, convertParameter(value, shape.fields[name]?.schema.type));
  }
  return shape.read(Object.fromEntries(values), "The query");
}

function convertParameter(value: string, type: unknown): unknown {
  if (type === "integer" && /^\d+$/.test(value)) return Number(value);
  if (type === "boolean" && /^(?:true|false)$/.test(value)) return value === "true";
  return value;
}

/** @throws AdminError that names an unknown field */
function refuseUnknown(names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const allowed = known.length === 0 ? "none" : known.join(", ");
    throw invalidRequest(`Unknown name ${JSON.stringify(name.slice(0, 100))}; allowed: ${allowed}.`);
  }
}

const isString = (value: unknown): value is string => typeof value === "string";
