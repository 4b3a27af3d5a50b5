import { failed, type Outcome } from "../diagnostics/diagnostic.js";
import { checkShape } from "./check-shape.js";
import { getOwnName } from "./collect-files.js";
import { readSchemaForm } from "./json-schema-format.js";
import { type Links, linkFiles } from "./link-files.js";
import { decodeText, parseYaml } from "./parse-yaml.js";
import type { SpecSource } from "./read-spec.js";
import { readPointer } from "./reference-path.js";
import { expandShortSchema, isShortSchema } from "./short-schema.js";
import {
  buildSourceTree,
  getEntries,
  getItems,
  getMember,
  getText,
  type MapEntry,
  type MapNode,
  type SourceNode,
} from "./source-tree.js";
import { specSchema } from "./spec-schema.js";

/** A schema with a name: a shared one, or that of a place in the spec. */
export interface SchemaRoot {
  /** As a person names it: `User`, `chat.say.request`. */
  readonly name: string;
  /** The path of its text, relative to the folder of the spec. */
  readonly path: string;
  readonly node: SourceNode;
  /** As it is written, if that is a mapping of properties. */
  readonly short?: MapNode;
  /** What references to other shared schemas mean. */
  readonly links: Links;
}

/** A schema within a root, itself or deeper. */
export interface SchemaPart {
  readonly node: MapNode;
  readonly root: SchemaRoot;
}

/** Keywords whose schemas apply to the same value under a condition. */
const conditions = new Set(["if", "then", "else", "not", "dependentSchemas"]);

const isChoice = (keyword: string): boolean => keyword === "anyOf" || keyword === "oneOf";

/** Whether the schemas of a keyword apply to the same value, and not to a part of it. */
export const isOfSameValue = (keyword: string): boolean =>
  keyword === "allOf" || conditions.has(keyword) || isChoice(keyword);

/** The schemas of a spec and of the files that it refers to, as they are written. */
export class SpecSchemas {
  /** Those of `schemas:` and of other files, by their names in `#/schemas/…`. */
  readonly shared: ReadonlyMap<string, SchemaRoot>;
  /** The others. */
  readonly places: readonly SchemaRoot[];
  /** The content of the spec and of the files, by path. */
  readonly trees: ReadonlyMap<string, SourceNode>;
  /** The path of the spec. */
  readonly own: string;

  private constructor({
    trees,
    shared,
    places,
    own,
  }: Pick<SpecSchemas, "trees" | "shared" | "places" | "own">) {
    this.trees = trees;
    this.shared = shared;
    this.places = places;
    this.own = own;
  }

  /** Both. */
  get roots(): readonly SchemaRoot[] {
    return [...this.shared.values(), ...this.places];
  }

  /** Fails if the spec is not YAML. Other problems are left to `readSpec`. */
  static read(source: SpecSource): Outcome<SpecSchemas> {
    const findings = decodeText(source.file, source.bytes);
    const document = findings.hasErrors ? undefined : parseYaml(findings);
    if (document === undefined || findings.hasErrors) return failed(findings.sorted());
    const tree = buildSourceTree(document.contents, findings);
    const linked = linkFiles(source, { root: tree, findings }, checkShape(tree, specSchema, findings));
    const own = { path: getOwnName(source), links: linked.links };
    const shared = new Map<string, SchemaRoot>([
      ...getEntries(getMember(tree, "schemas")).map(
        ([name, { node }]) => [name, { ...own, name, node }] as const,
      ),
      ...linked.schemas.map((schema) => [schema.key, schema] as const),
    ]);
    const places = listPlaces(tree).map((place) => ({ ...own, ...place }));
    const trees = new Map([[own.path, tree], ...linked.trees]);
    return { value: new SpecSchemas({ trees, shared, places, own: own.path }), diagnostics: [] };
  }

  /** The schemas of roots, and all schemas within them. A schema that two roots contain is there once. */
  listParts(roots = this.roots): readonly SchemaPart[] {
    const found = new Map<MapNode, SchemaPart>();
    const open = roots.flatMap((root) => toPart(root.node, root));
    for (const part of open) {
      if (found.has(part.node)) continue;
      found.set(part.node, part);
      open.push(...listSubschemas(part).map((inner) => inner.part));
    }
    return [...found.values()];
  }

  /** The schema that a `$ref` leads to. */
  follow({ node, root }: SchemaPart): SchemaPart | undefined {
    const $ref = getMember(node, "$ref");
    const text = $ref && (root.links.get($ref) ?? getText($ref));
    if (text?.startsWith("#") !== true) return undefined;
    const tokens = readPointer(text.slice(1));
    if (tokens === undefined)
      return this.listParts([root]).find(
        (part) => getText(getMember(part.node, "$anchor")) === text.slice(1),
      );
    const [first, key = ""] = tokens;
    const target = first === "schemas" ? this.shared.get(key) : root;
    return target && toPart(first === "schemas" ? target.node : walk(target.node, tokens)?.node, target)[0];
  }

  /**
   * These schemas, and those that apply to the same value with them: always, or under a condition.
   * @param by also the alternatives of `anyOf` and `oneOf`, and whole schemas behind references; or not those under a condition
   */
  gather(
    start: readonly SchemaPart[],
    by: { readonly choices?: boolean; readonly shared?: boolean; readonly always?: boolean },
  ): readonly SchemaPart[] {
    const found = new Map<MapNode, SchemaPart>();
    const open = [...start];
    for (const part of open) {
      if (found.has(part.node)) continue;
      found.set(part.node, part);
      const target = this.follow(part);
      if (target && (by.shared || !isWhole(target))) open.push(target);
      for (const { keyword, part: inner } of listSubschemas(part))
        if (
          keyword === "allOf" ||
          (!by.always && conditions.has(keyword)) ||
          (by.choices && isChoice(keyword))
        )
          open.push(inner);
    }
    return [...found.values()];
  }
}

/** True for the schema of a root itself. */
export const isWhole = ({ node, root }: SchemaPart): boolean => node === root.node;

export const toPart = (node: SourceNode | undefined, root: SchemaRoot): SchemaPart[] =>
  node?.kind === "map" ? [{ node, root }] : [];

type Subschema = { readonly keyword: string; readonly part: SchemaPart };

/** Without this cache, schemas that refer to each other would be read again and again. */
const knownSubschemas = new WeakMap<MapNode, readonly Subschema[]>();

/** The schemas directly within a schema. */
export function listSubschemas({ node, root }: SchemaPart): readonly Subschema[] {
  const known = knownSubschemas.get(node) ?? readSubschemas({ node, root });
  knownSubschemas.set(node, known);
  return known;
}

function readSubschemas({ node, root }: SchemaPart): readonly Subschema[] {
  return getEntries(node).flatMap(([keyword, { node: value }]) => {
    const form = readSchemaForm(keyword);
    const named = form === "named" ? getEntries(value).map(([, entry]) => entry.node) : [];
    const nodes = form === "one" ? [value] : form === "list" ? getItems(value) : named;
    return nodes.flatMap((inner) => toPart(inner, root)).map((part) => ({ keyword, part }));
  });
}

export const listChoices = (part: SchemaPart): readonly SchemaPart[] =>
  listSubschemas(part).flatMap(({ keyword, part: inner }) => (isChoice(keyword) ? [inner] : []));

/** The schemas of the properties of an object that several schemas describe. */
export function groupProperties(parts: readonly SchemaPart[]): ReadonlyMap<string, readonly SchemaPart[]> {
  const found = new Map<string, SchemaPart[]>();
  for (const { node, root } of parts)
    for (const [name, entry] of getEntries(getMember(node, "properties")))
      found.set(name, [...(found.get(name) ?? []), ...toPart(entry.node, root)]);
  return found;
}

/** Whether a pattern of `patternProperties` matches a name. */
export function matchesPattern(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    // The check of the keywords reports it.
    return false;
  }
}

/** Walks along the tokens of a pointer. `step` sees every entry with the index of its token. */
export function walk(
  start: SourceNode,
  tokens: readonly string[],
  step?: (entry: MapEntry, index: number) => void,
): { readonly node: SourceNode } | undefined {
  let found: { readonly node: SourceNode } | undefined = { node: start };
  for (const [index, token] of tokens.entries()) {
    if (found?.node.kind === "list") {
      const item: SourceNode | undefined = found.node.items[Number(token)];
      found = item && { node: item };
    } else {
      const entry: MapEntry | undefined =
        found?.node.kind === "map" ? found.node.entries.get(token) : undefined;
      if (entry) step?.(entry, index);
      found = entry;
    }
  }
  return found;
}

/** The places of the spec that have a schema, except shared schemas. */
function listPlaces(spec: SourceNode): Pick<SchemaRoot, "name" | "node" | "short">[] {
  const found: Pick<SchemaRoot, "name" | "node" | "short">[] = [];
  const add = (name: string, owner: SourceNode | undefined, key: string, form: "short" | "whole"): void => {
    const node = getMember(owner, key);
    if (node === undefined) return;
    if (form === "short" && isShortSchema(node))
      found.push({ name: `${name}.${key}`, node: expandShortSchema(node), short: node });
    else found.push({ name: `${name}.${key}`, node });
  };
  for (const [module, { node }] of getEntries(getMember(spec, "modules"))) {
    const list = (owner: SourceNode, key: string) =>
      getEntries(getMember(owner, key)).map(([name, entry]) => [`${module}.${name}`, entry.node] as const);
    add(`${module}.presence`, getMember(node, "presence"), "state", "short");
    const handshake = getMember(node, "handshake");
    for (const [part] of getEntries(handshake)) add(`${module}.handshake`, handshake, part, "short");
    const commands = list(node, "commands");
    for (const [name, command] of commands)
      for (const key of ["request", "reply"]) add(name, command, key, "whole");
    for (const [name, event] of list(node, "events")) add(name, event, "data", "whole");
    for (const owner of [node, ...commands.map(([, command]) => command)])
      for (const [name, error] of list(owner, "errors")) add(name, error, "details", "short");
  }
  return found;
}
