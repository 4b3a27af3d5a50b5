import type { DiagnosticCollector } from "./diagnostic-collector.js";
import { isRecord } from "./json.js";
import { readSchemaForm } from "./json-schema-format.js";
import { getEntries, getMember, jsonObject, type SourceNode } from "./source-tree.js";
import type { Json } from "./spec.js";

/** Keywords that decide whether null is valid, so that `nullable` beside them would have no effect. */
const deciding = ["$ref", "allOf", "anyOf", "oneOf", "not", "if"];

/** Refuses `nullable: true` if it would not make null valid. */
export function checkNullable(schema: SourceNode, findings: DiagnosticCollector): void {
  const nullable = getEntries(schema).find(([keyword]) => keyword === "nullable")?.[1];
  if (nullable?.node.kind !== "scalar" || nullable.node.value !== true) return;
  const beside = deciding.find((keyword) => getMember(schema, keyword) !== undefined);
  if (beside === undefined && getMember(schema, "type") !== undefined) return;
  const message =
    beside === undefined
      ? "'nullable' needs a 'type' beside it, which it adds null to."
      : `'nullable' does not make null valid beside '${beside}', which decides about null, too.`;
  const fix =
    beside === undefined
      ? "Add `type:`; to an `enum` without a type, add null."
      : `Write \`anyOf: [{ ${beside}: … }, { type: 'null' }]\` instead.`;
  findings.add("invalid-schema", nullable.keySpan, message, fix);
}

/** The schema without `nullable`, here and in all schemas within it: null becomes one of the types, and of the values of an `enum`. */
export function replaceNullable(schema: Json): Json {
  if (!isRecord(schema)) return schema;
  const members = Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === "nullable" ? [] : [[keyword, replaceWithin(keyword, value)] as const],
  );
  return jsonObject(schema.nullable === true ? members.map(allowNull) : members);
}

function replaceWithin(keyword: string, value: Json): Json {
  const form = readSchemaForm(keyword);
  if (form === "one") return replaceNullable(value);
  if (form === "list" && Array.isArray(value)) return value.map(replaceNullable);
  if (form !== "named" || !isRecord(value)) return value;
  return jsonObject(Object.entries(value).map(([name, child]) => [name, replaceNullable(child)]));
}

function allowNull([keyword, value]: readonly [string, Json]): readonly [string, Json] {
  if (keyword === "type") return [keyword, withNull([value].flat(), "null")];
  if (keyword === "enum" && Array.isArray(value)) return [keyword, withNull(value, null)];
  return keyword === "const" ? ["enum", withNull([value], null)] : [keyword, value];
}

const withNull = (values: readonly Json[], none: Json): Json =>
  values.includes(none) ? values : [...values, none];
