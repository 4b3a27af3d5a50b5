import { toRecord } from "../../spec-file/json.js";
import type { Json, JsonObject, JsonSchema } from "../../spec-file/spec.js";
import { hasKind, type Keywords, readList } from "../keywords.js";
import { sampleNumber, sampleString } from "./sample-scalar.js";
import {
  hasOnly,
  maxDepth,
  mergeSchema,
  readNumber,
  type Sample,
  type SampleContext,
  type SampleState,
} from "./sample-state.js";

/** A small value that matches a schema, as far as its keywords show; undefined if none can be made. */
export const sampleValue = (schema: JsonSchema, context: SampleContext): Sample | undefined =>
  createSample(schema, { ...context, root: schema, depth: 0 });

function createSample(schema: JsonSchema, place: SampleState): Sample | undefined {
  if (typeof schema !== "object") return schema ? { value: "any", isCertain: true } : undefined;
  if (place.depth > maxDepth) return undefined;
  const merged = mergeSchema(schema, place);
  const sample = merged && sampleType(merged.schema, { ...merged.place, depth: place.depth + 1 });
  return sample && { value: sample.value, isCertain: sample.isCertain && merged.isCertain };
}

function sampleType(schema: Keywords, place: SampleState): Sample | undefined {
  const choices = schema.const === undefined ? readList(schema.enum) : [schema.const];
  const value = choices[place.attempt % choices.length];
  if (value !== undefined) return { value, isCertain: isCertainlyAllowed(value, schema) };
  switch (chooseType(schema, place)) {
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

const isCertainlyAllowed = (value: Json, { type = [], ...schema }: Keywords): boolean => {
  const types = [type].flat().map(String);
  return hasOnly(schema, "const", "enum") && (types.length === 0 || hasKind(value, types));
};

const typicalKeywords: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "minProperties", "patternProperties"]],
  ["array", ["items", "prefixItems", "minItems", "contains"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** The type of the schema, or the type for which its keywords are made. */
function chooseType(schema: Keywords, { attempt }: SampleState): Json | undefined {
  const types = readList(schema.type);
  const preferred = types.filter((type) => type !== "null");
  if (types.length > 0) return preferred[attempt % preferred.length] ?? "null";
  const typical = typicalKeywords.find(([, keywords]) => keywords.some((keyword) => keyword in schema));
  return schema.type ?? typical?.[0] ?? "string";
}

const maxParts = 200;

/** As few items as are allowed. */
function sampleArray(schema: Keywords, place: SampleState): Sample | undefined {
  const least = readNumber(schema.minItems) ?? (schema.contains === undefined ? 0 : 1);
  const prefix = readList(schema.prefixItems);
  if (least > maxParts) return undefined;
  const rest = schema.contains ?? schema.items ?? true;
  const samples = Array.from({ length: least }, (_each, index) =>
    createSample((prefix[index] ?? rest) as JsonSchema, place),
  );
  if (!samples.every((sample) => sample !== undefined)) return undefined;
  const isUnique = schema.uniqueItems !== true || samples.length < 2;
  return {
    value: samples.map(({ value }) => value),
    isCertain:
      isUnique && least <= (readNumber(schema.maxItems) ?? least) && samples.every((each) => each.isCertain),
  };
}

/** The required properties, and as many more as `minProperties` requires. */
function sampleObject(schema: Keywords, place: SampleState): Sample | undefined {
  const properties = toRecord(schema.properties);
  const names = chooseNames(schema);
  if (names.length > maxParts) return undefined;
  const entries: [string, Json][] = [];
  let isCertain = names.length <= (readNumber(schema.maxProperties) ?? names.length);
  for (const name of names) {
    const member = Object.hasOwn(properties, name) ? properties[name] : (schema.additionalProperties ?? true);
    const sample = createSample(member as JsonSchema, place);
    if (sample === undefined) return undefined;
    isCertain &&= sample.isCertain;
    entries.push([name, sample.value]);
  }
  return { value: Object.fromEntries(entries), isCertain };
}

function chooseNames(schema: Keywords): readonly string[] {
  const least = Math.min(readNumber(schema.minProperties) ?? 0, maxParts + 1);
  const names = new Set(readList(schema.required).map(String));
  const further = Array.from({ length: least }, (_each, index) => `property${index + 1}`);
  for (const name of [...Object.keys(toRecord(schema.properties)), ...further]) {
    if (names.size < least) names.add(name);
  }
  return [...names];
}

/**
 * Requests that do not match a schema, the most likely first: a required field is missing, a field has another type, there
 * is an unknown one. `isCertain`: it is certainly invalid. `valid` is a request that matches, as far as one is known.
 */
export function invalidSamples(
  schema: JsonSchema,
  valid: JsonObject,
  context: SampleContext,
): readonly Sample[] {
  if (typeof schema !== "object") return schema ? [] : [{ value: valid, isCertain: true }];
  const merged = mergeSchema(schema, { ...context, root: schema, depth: 0 });
  if (merged === undefined) return [];
  const { required, properties } = merged.schema;
  return [
    ...readList(required).map((name) => ({
      value: omitField(valid, String(name)),
      isCertain: merged.isCertain,
    })),
    ...Object.entries(toRecord(properties)).flatMap(([name, property]) =>
      listWrongValues(property as JsonSchema).map((value) => ({
        value: { ...valid, [name]: value },
        isCertain: merged.isCertain && typeof toRecord(property as Json).type === "string",
      })),
    ),
    { value: { ...valid, unexpected: true }, isCertain: false },
    { value: {}, isCertain: false },
  ];
}

const omitField = (fields: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

/** A value that the property's type refuses; for a property without a type, values of several types. */
function listWrongValues(property: JsonSchema): readonly Json[] {
  if (typeof property !== "object") return property ? [] : [true];
  if (property.type === "string") return [0];
  return property.type === undefined || Array.isArray(property.type) ? ["wrong", 0, true, []] : ["wrong"];
}
