import { isSchema, readProperties, toRecord } from "../../spec-file/json.js";
import type { Json, JsonSchema } from "../../spec-file/spec.js";
import { readNamedSchemas, readSchemas } from "../keywords.js";
import type { Follow, RootedSchema } from "../reference.js";
import { listDefaults, listSameValue, type Search } from "./find-defaults.js";

/** What is filled into one object or array. Others are named by their index in the list of all. */
export interface DefaultsNode {
  readonly properties?: Readonly<Record<string, { readonly default?: Json; readonly of?: number }>>;
  /** All other properties. */
  readonly others?: number;
  /** The first items; -1: nothing is filled into this one. */
  readonly first?: readonly number[];
  /** All other items. */
  readonly items?: number;
}

/** What is filled into a request, as the runtime takes it. The first node is for the request itself. */
export function createNodes(root: RootedSchema, follow: Follow, isNeeded: Search): readonly DefaultsNode[] {
  const indexes = new Map<JsonSchema, number>([[root.schema, 0]]);
  const wanted: RootedSchema[] = [root];
  const request = (schema: Json | undefined, home: JsonSchema): number | undefined => {
    if (!isSchema(schema) || !isNeeded({ schema, root: home })) return undefined;
    const index = indexes.get(schema) ?? wanted.push({ schema, root: home }) - 1;
    indexes.set(schema, index);
    return index;
  };
  const nodes: DefaultsNode[] = [];
  // The list grows while it is walked.
  for (const start of wanted) {
    const parts = listSameValue(start, follow).filter(({ schema }) => typeof schema === "object");
    nodes.push(parts.map((part) => createNode(part, follow, request)).reduce(mergeNodes, {}));
  }
  return nodes;
}

type RequestNode = (schema: Json | undefined, home: JsonSchema) => number | undefined;

function createNode(part: RootedSchema, follow: Follow, request: RequestNode): DefaultsNode {
  const { root } = part;
  const schema = toRecord(part.schema as Json);
  const values = listDefaults(part, follow);
  const others =
    schema.patternProperties === undefined ? request(schema.additionalProperties, root) : undefined;
  const properties = readNamedSchemas(readProperties(part.schema)).flatMap(([name, child]) => {
    const value = values.get(name);
    const of = request(child, root);
    // A named property is not one of the others.
    if (value === undefined && of === undefined && others === undefined) return [];
    return [
      [name, { ...(value !== undefined && { default: value }), ...(of !== undefined && { of }) }] as const,
    ];
  });
  const first = readSchemas(schema.prefixItems).map((item) => request(item, root) ?? -1);
  const items = request(schema.items, root);
  return {
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(others !== undefined && { others }),
    ...(first.some((index) => index >= 0) || (items !== undefined && first.length > 0) ? { first } : {}),
    ...(items !== undefined && { items }),
  };
}

/** The node of several schemas that apply to the same value: what the first of them says counts. */
function mergeNodes(first: DefaultsNode, node: DefaultsNode): DefaultsNode {
  const names = new Set([...Object.keys(first.properties ?? {}), ...Object.keys(node.properties ?? {})]);
  if (names.size === 0) return { ...node, ...first };
  const entryOf = ({ properties = {} }: DefaultsNode, name: string) =>
    Object.hasOwn(properties, name) ? properties[name] : undefined;
  const properties = [...names].map(
    (name) => [name, { ...entryOf(node, name), ...entryOf(first, name) }] as const,
  );
  return { ...node, ...first, properties: Object.fromEntries(properties) };
}
