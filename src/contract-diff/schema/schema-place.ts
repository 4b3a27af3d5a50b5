import type { Location } from "../../diagnostics/diagnostic.js";
import { isNote, type Keywords, subschemas } from "../../schema/keywords.js";
import { readReference } from "../../schema/reference.js";
import { schemaAt } from "../../spec-file/json.js";
import type { JsonSchema } from "../../spec-file/spec.js";

/** Finds the place in the spec of the value at a JSON Pointer (RFC 6901) within the schema. */
type LocateInSchema = (pointer: string) => Location | undefined;

/** One schema within a whole one. A place is made once, so that two places are the same when they are identical. */
export class SchemaPlace {
  readonly #children = new Map<string, ReadonlyMap<string, SchemaPlace>>();
  readonly #rests = new Map<string, SchemaPlace>();

  constructor(
    readonly schema: JsonSchema,
    /** How it is reached from the document's root. */
    readonly tokens: readonly string[],
    readonly document: SchemaDocument,
  ) {}

  /** The same place without these keywords; the same object every time. */
  without(...keywords: readonly string[]): SchemaPlace {
    return this.#rest(`-${keywords.join()}`, (name) => !keywords.includes(name));
  }

  /** The same place with these keywords alone; the same object every time. */
  only(...keywords: readonly string[]): SchemaPlace {
    return this.#rest(`+${keywords.join()}`, (name) => keywords.includes(name));
  }

  #rest(key: string, isKept: (name: string) => boolean): SchemaPlace {
    const known = this.#rests.get(key);
    if (known !== undefined) return known;
    const kept = Object.entries(getKeywords(this)).filter(([name]) => isKept(name));
    const rest = new SchemaPlace(Object.fromEntries(kept), this.tokens, this.document);
    this.#rests.set(key, rest);
    return rest;
  }

  /** The schemas of a keyword by name or index; by "" if it has only one. */
  children(keyword: string): ReadonlyMap<string, SchemaPlace> {
    const known = this.#children.get(keyword);
    if (known !== undefined) return known;
    const children = new Map<string, SchemaPlace>();
    for (const { tokens } of subschemas({ [keyword]: getKeywords(this)[keyword] ?? null })) {
      const child = this.document.at([...this.tokens, ...tokens]);
      if (child !== undefined) children.set(tokens[1] ?? "", child);
    }
    this.#children.set(keyword, children);
    return children;
  }
}

/** A whole schema of one spec, and what its references lead to. */
export class SchemaDocument {
  readonly root: SchemaPlace;
  readonly locate: LocateInSchema | undefined;
  readonly #shared: ReadonlyMap<string, SchemaDocument>;
  readonly #places = new Map<string, SchemaPlace>();

  constructor(schema: JsonSchema, shared: ReadonlyMap<string, SchemaDocument>, locate?: LocateInSchema) {
    this.#shared = shared;
    this.locate = locate;
    this.root = this.#place([], schema);
  }

  /** The schema at these tokens; undefined if there is nothing, or no schema. */
  at(tokens: readonly string[]): SchemaPlace | undefined {
    const schema = schemaAt(this.root.schema, tokens);
    return schema === undefined ? undefined : this.#place(tokens, schema);
  }

  /** Follows a `$ref` within this document. */
  follow(reference: string): SchemaPlace | undefined {
    const found = readReference(reference, this.root.schema);
    if (found.kind === "shared") return this.#shared.get(found.name)?.root;
    return found.kind === "self" ? this.at(found.tokens) : undefined;
  }

  #place(tokens: readonly string[], schema: JsonSchema): SchemaPlace {
    const key = JSON.stringify(tokens);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = new SchemaPlace(schema, tokens, this);
    this.#places.set(key, place);
    return place;
  }
}

/** The keywords of a schema; empty for `true`, which allows everything, as `{}` does. */
export const getKeywords = ({ schema }: SchemaPlace): Keywords => (typeof schema === "object" ? schema : {});

/** The schema of a keyword: `items`, `not`. */
export const getChild = (place: SchemaPlace, keyword: string): SchemaPlace | undefined =>
  place.children(keyword).get("");

/** The list of schemas of a keyword: `anyOf`, `prefixItems`. */
export const getList = (place: SchemaPlace, keyword: string): readonly SchemaPlace[] => [
  ...place.children(keyword).values(),
];

/** The schemas of a keyword by name: `properties`, `patternProperties`. */
export const getMap = (place: SchemaPlace, keyword: string): ReadonlyMap<string, SchemaPlace> =>
  place.children(keyword);

/** Follows the `$ref` of a schema. */
export function followReference(place: SchemaPlace): SchemaPlace | undefined {
  const { $ref } = getKeywords(place);
  return typeof $ref === "string" ? place.document.follow($ref) : undefined;
}

/**
 * All schemas that apply together with these: themselves, their references and their `allOf`, each once and without
 * empty ones. Undefined if one of them is `false`: no value is valid.
 */
export function collectParts(places: readonly SchemaPlace[]): readonly SchemaPlace[] | undefined {
  const visited = new Set<SchemaPlace>();
  const open = [...places].reverse();
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.schema === false) return undefined;
    if (visited.has(place)) continue;
    visited.add(place);
    const target = followReference(place);
    open.push(...getList(place, "allOf").toReversed(), ...(target === undefined ? [] : [target]));
  }
  return [...new Set([...visited].map(withoutMerged))].filter((place) => hasAssertions(getKeywords(place)));
}

/** The schema without its references and `allOf`; with `unevaluated…` these cannot be separated. */
function withoutMerged(place: SchemaPlace): SchemaPlace {
  const { $ref, allOf, unevaluatedItems, unevaluatedProperties } = getKeywords(place);
  if ($ref === undefined && allOf === undefined) return place;
  if (unevaluatedItems !== undefined || unevaluatedProperties !== undefined) return place;
  return $ref !== undefined && followReference(place) === undefined ? place : place.without("$ref", "allOf");
}

const hasAssertions = (keywords: Keywords): boolean => Object.keys(keywords).some((name) => !isNote(name));

/** Follows a schema that is only a reference to its target. */
export function resolvePlace(place: SchemaPlace): SchemaPlace {
  const visited = new Set<SchemaPlace>();
  let target = place;
  while (isReference(target) && !visited.has(target)) {
    visited.add(target);
    target = followReference(target) ?? target;
  }
  return target;
}

/** Whether a schema is only a reference. */
const isReference = (place: SchemaPlace): boolean =>
  followReference(place) !== undefined &&
  Object.keys(getKeywords(place)).every((name) => name === "$ref" || isNote(name));
