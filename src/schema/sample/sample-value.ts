import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { hasKind, type Keywords, listOf } from "../keywords.js";
import { recordOf } from "../pointer.js";
import { sampleNumber, sampleString } from "./sample-scalar.js";
import {
  maxDepth,
  mergeSchema,
  numberOf,
  type Sample,
  type SampleContext,
  type SampleState,
  saysOnly,
} from "./sample-state.js";

/** A small value that fits a schema, as far as its keywords show; undefined if there is none. */
export const sampleValue = (schema: JsonSchema, context: SampleContext): Sample | undefined =>
  sampleOf(schema, { ...context, root: schema, depth: 0 });

function sampleOf(schema: JsonSchema, place: SampleState): Sample | undefined {
  if (typeof schema !== "object") return schema ? { value: "any", isCertain: true } : undefined;
  if (place.depth > maxDepth) return undefined;
  const merged = mergeSchema(schema, place);
  const sample = merged && sampleType(merged.schema, { ...merged.place, depth: place.depth + 1 });
  return sample && { value: sample.value, isCertain: sample.isCertain && merged.isCertain };
}

function sampleType(schema: Keywords, place: SampleState): Sample | undefined {
  const choices = schema.const === undefined ? listOf(schema.enum) : [schema.const];
  const value = choices[place.attempt % choices.length];
  if (value !== undefined) return { value, isCertain: isSurelyAllowed(value, schema) };
  switch (typeOf(schema, place)) {
    case "null":
      return { value: null, isCertain: true };
    case "boolean":
      return { value: true, isCertain: true };
    case "integer":
    case "number":
      return sampleNumber(schema);
    case "array":
      return sampleArray(schema, place);
    case "object":
      return sampleObject(schema, place);
    default:
      return sampleString(schema, place.attempt);
  }
}

const isSurelyAllowed = (value: Json, { type = [], ...schema }: Keywords): boolean => {
  const types = [type].flat().map(String);
  return saysOnly(schema, "const", "enum") && (types.length === 0 || hasKind(value, types));
};

const typicalKeywords: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "minProperties", "patternProperties"]],
  ["array", ["items", "prefixItems", "minItems", "contains"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** The type that the schema asks for, or that its keywords speak of. */
function typeOf(schema: Keywords, { attempt }: SampleState): Json | undefined {
  const types = listOf(schema.type);
  const wished = types.filter((type) => type !== "null");
  if (types.length > 0) return wished[attempt % wished.length] ?? "null";
  const spokenOf = typicalKeywords.find(([, keywords]) => keywords.some((keyword) => keyword in schema));
  return schema.type ?? spokenOf?.[0] ?? "string";
}

const maxParts = 200;

/** As few items as there may be. */
function sampleArray(schema: Keywords, place: SampleState): Sample | undefined {
  const least = numberOf(schema.minItems) ?? (schema.contains === undefined ? 0 : 1);
  const prefix = listOf(schema.prefixItems);
  if (least > maxParts) return undefined;
  const rest = schema.contains ?? schema.items ?? true;
  const samples = Array.from({ length: least }, (_each, index) =>
    sampleOf((prefix[index] ?? rest) as JsonSchema, place),
  );
  if (!samples.every((sample) => sample !== undefined)) return undefined;
  const isUnique = schema.uniqueItems !== true || samples.length < 2;
  return {
    value: samples.map(({ value }) => value),
    isCertain:
      isUnique && least <= (numberOf(schema.maxItems) ?? least) && samples.every((each) => each.isCertain),
  };
}

/** What is required, and as many more properties as there must be. */
function sampleObject(schema: Keywords, place: SampleState): Sample | undefined {
  const properties = recordOf(schema.properties);
  const names = propertyNames(schema);
  if (names.length > maxParts) return undefined;
  const entries: [string, Json][] = [];
  let isCertain = names.length <= (numberOf(schema.maxProperties) ?? names.length);
  for (const name of names) {
    const member = Object.hasOwn(properties, name) ? properties[name] : (schema.additionalProperties ?? true);
    const sample = sampleOf(member as JsonSchema, place);
    if (sample === undefined) return undefined;
    isCertain &&= sample.isCertain;
    entries.push([name, sample.value]);
  }
  return { value: Object.fromEntries(entries), isCertain };
}

function propertyNames(schema: Keywords): readonly string[] {
  const least = Math.min(numberOf(schema.minProperties) ?? 0, maxParts + 1);
  const names = new Set(listOf(schema.required).map(String));
  const further = Array.from({ length: least }, (_each, index) => `property${index + 1}`);
  for (const name of [...Object.keys(recordOf(schema.properties)), ...further]) {
    if (names.size < least) names.add(name);
  }
  return [...names];
}

type Fields = { readonly [name: string]: Json };

/**
 * Requests that do not fit a schema, the likeliest first: a required field is missing, a field has another type, there
 * is an unknown one. `isCertain`: it is invalid for sure. `valid` is a request that fits, as far as one is known.
 */
export function invalidSamples(schema: JsonSchema, valid: Fields, context: SampleContext): readonly Sample[] {
  if (typeof schema !== "object") return schema ? [] : [{ value: valid, isCertain: true }];
  const merged = mergeSchema(schema, { ...context, root: schema, depth: 0 });
  if (merged === undefined) return [];
  const { required, properties } = merged.schema;
  return [
    ...listOf(required).map((name) => ({
      value: without(valid, String(name)),
      isCertain: merged.isCertain,
    })),
    ...Object.entries(recordOf(properties)).flatMap(([name, property]) =>
      wrongValues(property as JsonSchema).map((value) => ({
        value: { ...valid, [name]: value },
        isCertain: merged.isCertain && typeof recordOf(property as Json).type === "string",
      })),
    ),
    { value: { ...valid, unexpected: true }, isCertain: false },
    { value: {}, isCertain: false },
  ];
}

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

/** A value that the property's type does not take; where it has none, values of several types. */
function wrongValues(property: JsonSchema): readonly Json[] {
  if (typeof property !== "object") return property ? [] : [true];
  if (property.type === "string") return [0];
  return property.type === undefined || Array.isArray(property.type) ? ["wrong", 0, true, []] : ["wrong"];
}
