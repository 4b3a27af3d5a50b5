import {
  commandOptions as commandTable,
  moduleOptions as moduleTable,
  type OptionChange,
  type OptionData,
  type OptionValue,
} from "wsgen-runtime/options";
import { durationPattern, type FormatSchema, sizePattern } from "./format-schema.js";
import type { Json } from "./spec.js";

/** One key of a `config:` mapping: an option of the runtime that the spec can set. */
export interface OptionFormat extends OptionData {
  /** Key in the spec and name of the option in the runtime. */
  readonly name: string;
  readonly value: OptionValue;
  readonly change: OptionChange;
  readonly schema: FormatSchema;
}

function createFormats(table: Readonly<Record<string, OptionData>>): readonly OptionFormat[] {
  return Object.entries(table).flatMap(([name, option]) => {
    const { value, change } = option;
    if (value === undefined || change === undefined) return [];
    return [{ ...option, name, value, change, schema: createOptionSchema({ ...option, value }) }];
  });
}

function createOptionSchema(option: OptionData & { readonly value: OptionValue }): FormatSchema {
  const { value, short, default: fallback, defaultText } = option;
  const description =
    defaultText === undefined ? option.description : `${option.description} Default: ${defaultText}.`;
  const byValue = defaultText === undefined ? readDefault(fallback) : {};
  if (short === undefined) return { description, ...byValue, ...createSchema(value) };
  const byDefault = short.value.type === "boolean" && fallback === undefined ? { default: false } : {};
  return {
    title: short.title,
    description,
    ...byDefault,
    anyOf: [createSchema(short.value), createSchema(value)],
  };
}

/** The defaults of an object are those of its fields. */
const readDefault = (value: unknown): { readonly default?: Json } =>
  value === undefined || (typeof value === "object" && !Array.isArray(value))
    ? {}
    : { default: value as Json };

function createSchema(value: OptionValue): FormatSchema {
  switch (value.type) {
    case "boolean":
      return { type: "boolean" };
    case "integer":
    case "number":
      return {
        type: value.type,
        ...readRange(value),
        ...(value.example !== undefined && { examples: [value.example] }),
      };
    case "size":
      return {
        title: "a size: a number of bytes, or a string such as 16KiB",
        "x-unit": "bytes",
        anyOf: [
          { type: "integer", ...readRange(value) },
          { type: "string", pattern: sizePattern },
        ],
      };
    case "duration":
      return {
        title: "a duration: a number of seconds, or a string such as 500ms or 2m",
        "x-unit": "seconds",
        anyOf: [
          { type: "number", ...readRange(value) },
          { type: "string", pattern: durationPattern },
        ],
      };
    case "choice":
      return value.choices.some((choice) => typeof choice === "number")
        ? { type: "integer", enum: value.choices }
        : { enum: value.choices };
    case "string": {
      const { pattern = "^[^\\u0000-\\u001f\\u007f]+$", example, ...text } = value;
      return { ...text, minLength: 1, pattern, examples: [example] };
    }
    case "list":
      return { type: "array", uniqueItems: true, items: createSchema(value.items) };
    case "anyOf":
      return { title: value.title, anyOf: value.values.map(createSchema) };
    case "object": {
      const properties = Object.entries(value.fields).map(([name, field]) => {
        const { description, default: fallback } = field;
        return [name, { description, ...readDefault(fallback), ...createSchema(field.value) }] as const;
      });
      return {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(properties),
        ...(value.required && { required: value.required }),
        ...(value.oneOf && { oneOf: value.oneOf.map((name) => ({ required: [name] })) }),
      };
    }
  }
}

const readRange = ({
  minimum,
  exclusiveMinimum,
  maximum,
}: Extract<OptionValue, { readonly maximum: number }>) => ({
  ...(minimum !== undefined && { minimum }),
  ...(exclusiveMinimum !== undefined && { exclusiveMinimum }),
  maximum,
});

/** The format of a duration without a default: its absence has a meaning of its own. */
export const duration = (description: string): FormatSchema => ({
  description,
  ...createSchema({ type: "duration", exclusiveMinimum: 0, maximum: 86_400 }),
});

/** Every option of a module. */
export const moduleOptions = createFormats(moduleTable);

/** Every option of a command. */
export const commandOptions = createFormats(commandTable);

/** The schema of a `config:` mapping over `options`. */
export const configSchema = (options: readonly OptionFormat[], description: string): FormatSchema => ({
  description,
  type: ["object", "null"],
  additionalProperties: false,
  properties: Object.fromEntries(options.map((option) => [option.name, option.schema])),
});
