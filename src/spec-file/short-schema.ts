import type { FormatSchema } from "./format-schema.js";
import { jsonSchemaFormat } from "./json-schema-format.js";
import { getEntries, type MapEntry, type MapNode, type SourceNode } from "./source-tree.js";

const keywords = Object.keys(jsonSchemaFormat.anyOf?.[1]?.properties ?? {});

/** A mapping of properties instead of a whole schema. Each is required unless its name ends with `?`. */
export const propertiesFormat: FormatSchema = {
  title: "a mapping of properties, or a JSON Schema (2020-12)",
  type: "object",
  patternProperties: {
    [`^(?!(${keywords.map((keyword) => keyword.replace("$", "\\$")).join("|")})$)`]: {
      $ref: "#/definitions/jsonSchema",
    },
  },
  additionalProperties: false,
};

/** Instead of a schema: every value is valid. */
export const anySchema = "any";

/** Whether a field with this name can be a key of a mapping of properties. */
export const isPropertyName = (name: string): boolean => !keywords.includes(name) && !name.endsWith("?");

/** True for a mapping of properties: no key is a keyword of JSON Schema. */
export const isShortSchema = (node: SourceNode): node is MapNode =>
  node.kind === "map" &&
  node.entries.size > 0 &&
  [...node.entries.keys()].every((key) => !keywords.includes(key));

/** The schema of a mapping of properties, whose parts keep their places. Other nodes are returned unchanged. */
export function expandShortSchema(node: SourceNode): SourceNode {
  if (!isShortSchema(node)) return node;
  const { span } = node;
  const scalar = (value: string): SourceNode => ({ kind: "scalar", span, value });
  const map = (entries: readonly (readonly [string, MapEntry])[]): SourceNode => ({
    kind: "map",
    span,
    entries: new Map(entries),
  });
  const properties = getEntries(node).map(([key, entry]) => [key.replace(/\?$/, ""), entry] as const);
  const required = [...node.entries.keys()].filter((key) => !key.endsWith("?")).map(scalar);
  const keyword = (name: string, value: SourceNode) => [name, { keySpan: span, node: value }] as const;
  return map([
    keyword("type", scalar("object")),
    ...(required.length > 0 ? [keyword("required", { kind: "list", span, items: required })] : []),
    keyword("properties", map(properties)),
  ]);
}
