/** The fields that a schema names, as an expression of the type `KnownFields` of `wsgen-runtime/validation`. */

import { isSchema, toRecord } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { literal, objectKey } from "../encode.js";
import { type Keywords, readNamedSchemas, readSchemas, readStrings } from "../keywords.js";
import { findDiscriminator, findDisjointKinds } from "./branches.js";
import type { Emitter } from "./function-scope.js";

interface Context {
  readonly emitter: Emitter;
  /** The name of the constant that a reference leads to. */
  readonly nameOf: (ref: string) => string;
}

/** The expression of an object; `{}` for a schema that names no fields. */
export function printKnownFields(schema: JsonSchema, context: Context): string {
  if (typeof schema === "boolean") return nothing;
  const one = (child: JsonSchema) => printKnownFields(child, context);
  const members = [
    ...propertyMembers(schema, context),
    ...listMember("first", readSchemas(schema.prefixItems).map(one)),
    ...member("items", isSchema(schema.items) ? one(schema.items) : nothing),
    ...(typeof schema.$ref === "string" ? [`ref: () => ${context.nameOf(schema.$ref)}`] : []),
    ...listMember("all", readSchemas(schema.allOf).map(one)),
    ...choicesMember(schema, context),
  ];
  return printObject(members);
}

const nothing = "{}";

const printObject = (members: readonly string[]): string =>
  members.length === 0 ? nothing : `{ ${members.join(", ")} }`;

const member = (name: string, value: string): readonly string[] =>
  value === nothing ? [] : [`${name}: ${value}`];

const listMember = (name: string, values: readonly string[]): readonly string[] =>
  values.every((value) => value === nothing) ? [] : [`${name}: [${values.join(", ")}]`];

function propertyMembers(schema: Keywords, context: Context): readonly string[] {
  const properties = new Map(readNamedSchemas(schema.properties));
  const others = [schema.additionalProperties, schema.unevaluatedProperties].find(
    (each) => each !== undefined,
  );
  const named = [...properties].map(
    ([name, child]) => `${objectKey(name)}: ${printKnownFields(child, context)}`,
  );
  const patterns = readNamedSchemas(schema.patternProperties).map(
    ([pattern, child]) => `[new RegExp(${literal(pattern)}, "u"), ${printKnownFields(child, context)}]`,
  );
  const required = [...requiredNames(schema)].filter((name) => !properties.has(name));
  return [
    ...(named.length > 0 || others === false ? [`properties: ${printObject(named)}`] : []),
    ...(required.length > 0 ? [`required: ${literal(required)}`] : []),
    ...(patterns.length > 0 ? [`patterns: [${patterns.join(", ")}]`] : []),
    ...(isSchema(others) && others !== false ? [`others: ${printKnownFields(others, context)}`] : []),
  ];
}

const requiredNames = ({ required, dependentRequired }: Keywords): ReadonlySet<string> =>
  new Set([required, ...Object.values(toRecord(dependentRequired))].flatMap(readStrings));

/** A schema whose fields are known if a test is true. */
interface Choice {
  /** Prints the test; called only if it is needed. */
  readonly fits: () => string;
  readonly schema: JsonSchema;
}

function choicesMember(schema: Keywords, context: Context): readonly string[] {
  const { if: test, then: consequent = true, else: alternative = true } = schema;
  const { emitter } = context;
  const groups = [
    listAlternatives(readSchemas(schema.anyOf), emitter),
    listAlternatives(readSchemas(schema.oneOf), emitter),
    isSchema(test) && isSchema(consequent) && isSchema(alternative)
      ? createCondition(() => emitter.test(test, "value"), { allOf: [test, consequent] }, alternative)
      : [],
    ...readNamedSchemas(schema.dependentSchemas).map(([name, child]) =>
      createCondition(() => `${emitter.scope.helper("hasProperty")}(value, ${literal(name)})`, child, true),
    ),
  ];
  const printed = groups.flatMap((group) => {
    const fields = group.map(({ schema: child }) => printKnownFields(child, context));
    if (fields.every((each) => each === nothing)) return [];
    return [
      `[${group.map(({ fits }, at) => `{ fits: ${printPredicate(fits())}, fields: ${fields[at]} }`).join(", ")}]`,
    ];
  });
  return printed.length === 0 ? [] : [`choices: [${printed.join(", ")}]`];
}

const printPredicate = (test: string): string => `${/\bvalue\b/.test(test) ? "(value)" : "()"} => ${test}`;

const createCondition = (test: () => string, yes: JsonSchema, no: JsonSchema): readonly Choice[] => [
  { fits: test, schema: yes },
  { fits: () => `!(${test()})`, schema: no },
];

/** A branch is identified by its discriminator, so that an unknown field does not select another branch. */
function listAlternatives(branches: readonly JsonSchema[], emitter: Emitter): readonly Choice[] {
  const resolve = (ref: string) => emitter.scope.resolve(ref).schema;
  const discriminator = findDiscriminator(branches, resolve);
  const kinds = discriminator === undefined ? findDisjointKinds(branches, resolve) : undefined;
  return branches.map((branch, at) => {
    const mark =
      discriminator !== undefined
        ? createMark(discriminator.name, discriminator.values[at] ?? [])
        : kinds !== undefined
          ? { type: kinds[at] ?? [] }
          : allowFurtherFields(branch);
    return { fits: () => emitter.test(mark, "value"), schema: branch };
  });
}

const createMark = (name: string, values: readonly Json[]): JsonSchema => ({
  type: "object",
  required: [name],
  properties: { [name]: { enum: values } },
});

/** The schema without its limit on further properties. */
function allowFurtherFields(schema: JsonSchema): JsonSchema {
  if (typeof schema === "boolean") return schema;
  const { additionalProperties, unevaluatedProperties, ...rest } = schema;
  return {
    ...rest,
    ...(additionalProperties !== undefined && additionalProperties !== false && { additionalProperties }),
    ...(unevaluatedProperties !== undefined && unevaluatedProperties !== false && { unevaluatedProperties }),
  };
}
