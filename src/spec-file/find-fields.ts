import { type Diagnostic, problem } from "../diagnostics/diagnostic.js";
import { didYouMean, suggest } from "../diagnostics/suggest.js";
import type { SpecSource } from "./read-spec.js";
import {
  getEntries,
  getItems,
  getMember,
  getText,
  type MapEntry,
  type ScalarNode,
  type SourceNode,
} from "./source-tree.js";
import {
  groupProperties,
  isWhole,
  listSubschemas,
  type SchemaPart,
  SpecSchemas,
  toPart,
} from "./spec-schemas.js";

const maxPlaces = 20_000;

/** The fields that a spec names and that begin with a text, as places: `User.name`, `chat.say.request.text`. */
export function listFields(source: SpecSource, start = ""): readonly string[] {
  const { value: schemas } = SpecSchemas.read(source);
  const isWanted = (place: string) => start.startsWith(`${place}.`) || place.startsWith(start);
  return schemas ? [...findFields(schemas, isWanted).keys()].filter((field) => field.startsWith(start)) : [];
}

/** A field of an object: its name, and the schemas that name it there. */
export interface Field {
  readonly name: string;
  readonly parts: readonly SchemaPart[];
}

export function findFields(
  schemas: SpecSchemas,
  isWanted: (place: string) => boolean,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [place, levels] of listPlaces(schemas, isWanted)) {
    for (const level of levels) {
      for (const name of new Set(level.flatMap(listNames))) {
        const parts = level.filter((part) => listNamed(part, name).length > 0);
        if (!fields.has(`${place}.${name}`)) fields.set(`${place}.${name}`, { name, parts });
      }
    }
  }
  return fields;
}

const listNames = ({ node }: SchemaPart): readonly string[] => [
  ...getEntries(getMember(node, "properties")).map(([name]) => name),
  ...getItems(getMember(node, "required")).flatMap((item) => getText(item) ?? []),
];

/** Where a schema names a field. */
export function listNamed({ node }: SchemaPart, name: string): readonly (MapEntry | ScalarNode)[] {
  const dependent = getEntries(getMember(node, "dependentRequired"));
  const keys = [
    ...["properties", "dependentSchemas"].flatMap((keyword) => getEntries(getMember(node, keyword))),
    ...dependent,
  ];
  const items = [getMember(node, "required"), ...dependent.map(([, entry]) => entry.node)].flatMap(getItems);
  return [
    ...keys.flatMap(([key, entry]) => (key === name ? [entry] : [])),
    ...items.filter((item): item is ScalarNode => getText(item) === name),
  ];
}

/**
 * The schemas by the names of their places: `User`, and `User.address` for those of its property. Those of an array's items and of
 * other members have the name of the array; they come after it. References to whole schemas are not followed. At most 20,000.
 */
function listPlaces(
  schemas: SpecSchemas,
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, readonly (readonly SchemaPart[])[]> {
  const places = new Map<string, (readonly SchemaPart[])[]>();
  const visit = (name: string, start: readonly SchemaPart[], above: ReadonlySet<SourceNode>): void => {
    if (!isWanted(name) || places.size >= maxPlaces) return;
    const level = schemas.gather(start, { choices: true });
    if (level.length === 0 || level.every(({ node }) => above.has(node))) return;
    places.set(name, [...(places.get(name) ?? []), level]);
    const below = new Set([...above, ...level.map(({ node }) => node)]);
    for (const [property, parts] of groupProperties(level)) visit(`${name}.${property}`, parts, below);
    const others = level.flatMap(listSubschemas).filter(({ keyword }) => otherMembers.has(keyword));
    visit(
      name,
      others.map(({ part }) => part),
      below,
    );
  };
  for (const root of schemas.roots) visit(root.name, toPart(root.node, root), new Set());
  return places;
}

const otherMembers = new Set([
  "items",
  "prefixItems",
  "contains",
  "additionalProperties",
  "patternProperties",
]);

/** The error for a field that is not there, or that belongs to a shared schema. */
export function reportUnknown(schemas: SpecSchemas, file: string, field: string): Diagnostic {
  const places = listPlaces(schemas, () => true);
  const fields = [...findFields(schemas, () => true).keys()];
  const findPlace = (one: string) => [...places.keys()].findLast((place) => one.startsWith(`${place}.`));
  /** What is behind a reference belongs to the shared schema. */
  const findShared = (one: string, seen: readonly string[] = []): string | undefined => {
    const place = findPlace(one);
    if (fields.includes(one)) return one;
    if (place === undefined || seen.includes(one)) return undefined;
    const targets = (places.get(place) ?? []).flat().flatMap((part) => schemas.follow(part) ?? []);
    return targets
      .filter(isWhole)
      .map(({ root }) => findShared(root.name + one.slice(place.length), [...seen, one]))
      .find((found) => found !== undefined);
  };
  const shared = findShared(field);
  if (shared !== undefined)
    return problem("not-in-spec", {
      message: `'${field}' is a field of a shared schema.`,
      fix: `Write '${shared}', which renames it wherever the schema is used.`,
    });
  const place = findPlace(field);
  const near = fields.filter((each) => place !== undefined && each.startsWith(`${place}.`));
  const known = near.length > 0 ? near : fields;
  const hint = didYouMean(suggest(field, fields));
  const fix =
    known.length === 0
      ? "Describe its schema in the spec first."
      : `Use one of: ${known.slice(0, 20).join(", ")}${known.length > 20 ? ", …" : "."}`;
  return problem("not-in-spec", { message: `There is no field '${field}' in ${file}${hint}`, fix });
}
