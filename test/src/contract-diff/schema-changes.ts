import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { subschemas } from "../../../src/schema/keywords.js";
import type { Json, JsonSchema } from "../../../src/spec-file/spec.js";
import { schemas } from "../schema/schema-arbitrary.js";

/** A schema and what somebody may have made of it: mostly alike, as the versions of a spec are. */
export const schemaPairs: fc.Arbitrary<readonly [JsonSchema, JsonSchema]> = fc
  .tuple(schemas, schemas, fc.array(fc.nat(9_999), { minLength: 8, maxLength: 8 }))
  .map(([old, other, choices]) => [old, change(old, other, [...choices])]);

/** Changes a schema by what another has; the numbers decide where and how. */
function change(schema: JsonSchema, other: JsonSchema, choices: number[]): JsonSchema {
  const pick = (count: number): number => (choices.shift() ?? 0) % count;
  const children = subschemas(schema);
  if (typeof schema === "object" && children.length > 0 && pick(2) === 0) {
    const { tokens, schema: child } = children[pick(children.length)]!;
    return put(schema, tokens, change(child, other, choices));
  }
  const own = typeof schema === "object" ? schema : {};
  const others = typeof other === "object" ? Object.entries(other) : [];
  const keys = Object.keys(own);
  switch (pick(7)) {
    case 0:
      return other;
    case 1:
      return { allOf: [schema, other] };
    case 2:
      return { [pick(2) === 0 ? "anyOf" : "oneOf"]: pick(2) === 0 ? [other, schema] : [schema, other] };
    case 3:
    case 4:
      return others.length === 0 ? own : { ...own, ...Object.fromEntries([others[pick(others.length)]!]) };
    default: {
      const gone = keys[pick(Math.max(1, keys.length))];
      return Object.fromEntries(Object.entries(own).filter(([key]) => key !== gone));
    }
  }
}

function put(value: Json, tokens: readonly string[], child: JsonSchema): JsonSchema {
  const [first, ...rest] = tokens;
  if (first === undefined) return child;
  if (Array.isArray(value)) return value.with(Number(first), put(value[Number(first)], rest, child)) as never;
  const record = value as { readonly [key: string]: Json };
  return { ...record, [first]: put(record[first]!, rest, child) as Json };
}

const ajv = new Ajv2020({ strict: false, ownProperties: true, addUsedSchema: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

/** Ajv's verdict; undefined where the code that it makes of unevaluatedProperties breaks down. */
export function judge(schema: JsonSchema): (value: unknown) => boolean | undefined {
  const validate = ajv.compile(schema as object);
  return (value) => {
    try {
      return validate(value);
    } catch {
      return undefined;
    }
  };
}
