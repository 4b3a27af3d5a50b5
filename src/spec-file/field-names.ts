import { isDeepStrictEqual } from "node:util";
import { hasType } from "./check-value.js";
import { listReferences } from "./collect-files.js";
import { listNamed } from "./find-fields.js";
import type { JsonType } from "./format-schema.js";
import { isFileReference, printFragment, readFileReference, readPointer } from "./reference-path.js";
import {
  getEntries,
  getItems,
  getMember,
  getText,
  type MapEntry,
  type NewNames,
  type ScalarNode,
  type SourceNode,
  toJson,
} from "./source-tree.js";
import {
  groupProperties,
  listChoices,
  matchesPattern,
  type SchemaPart,
  type SchemaRoot,
  type SpecSchemas,
  toPart,
  walk,
} from "./spec-schemas.js";

/** A new name for a field, and the schemas that name it. */
interface NewField {
  readonly name: string;
  readonly to: string;
  readonly parts: ReadonlySet<SourceNode>;
}

/** Finds the keys and strings that have the name of a field, and what they become, by the path of their text. */
export function findFieldNames(schemas: SpecSchemas, field: NewField): ReadonlyMap<string, NewNames> {
  const names = new FieldNames(schemas, field);
  names.collect();
  return names.found;
}

class FieldNames {
  readonly #schemas: SpecSchemas;
  readonly #field: NewField;
  readonly found = new Map<string, Map<SourceNode | MapEntry, string>>();

  constructor(schemas: SpecSchemas, field: NewField) {
    this.#schemas = schemas;
    this.#field = field;
  }

  collect(): void {
    const { trees, own } = this.#schemas;
    const parts = this.#schemas.listParts();
    for (const part of parts) {
      const { node, root } = part;
      if (this.#isNaming(part))
        for (const place of listNamed(part, this.#field.name)) this.#addInSchema(place, part);
      const lists = ["enum", "examples"].flatMap((keyword) => getItems(getMember(node, keyword)));
      for (const value of [...lists, getMember(node, "default"), getMember(node, "const")])
        this.#addInValue(value, [part], root.path);
    }
    for (const [name, { node }] of getEntries(getMember(trees.get(own), "modules")))
      this.#addInModule(name, node);
    // Last, because they lead through what was found.
    for (const { node, root } of parts)
      if (root.path === own) this.#addReference(getMember(node, "$ref"), root);
    for (const [path, node] of trees)
      if (path !== own) for (const $ref of listReferences(node)) this.#addReference($ref, { path, node });
  }

  #isNaming = ({ node }: SchemaPart): boolean => this.#field.parts.has(node);

  #add(path: string, place: SourceNode | MapEntry, text = this.#field.to): void {
    const names = this.found.get(path) ?? new Map<SourceNode | MapEntry, string>();
    this.found.set(path, names.set(place, text));
  }

  #addInSchema(place: MapEntry | ScalarNode, { node, root }: SchemaPart): void {
    if (root.short === undefined || root.node !== node) this.#add(root.path, place);
    // A mapping of properties has no list of the required ones: `?` marks the others.
    else if ("keySpan" in place) {
      const isOptional = getEntries(root.short).some(([key, entry]) => entry === place && key.endsWith("?"));
      this.#add(root.path, place, isOptional ? `${this.#field.to}?` : this.#field.to);
    }
  }

  /** The field in a value to which schemas apply, at any depth. */
  #addInValue(value: SourceNode | undefined, schemas: readonly SchemaPart[], path: string): void {
    if (value === undefined || schemas.length === 0) return;
    const parts = this.#select(value, schemas);
    const named = value.kind === "map" ? value.entries.get(this.#field.name) : undefined;
    if (named && parts.some(this.#isNaming)) this.#add(path, named);
    const properties = groupProperties(parts);
    for (const [key, { node }] of getEntries(value)) {
      const others = parts.flatMap((part) => listOthers(part, key));
      this.#addInValue(node, [...(properties.get(key) ?? []), ...others], path);
    }
    for (const [index, item] of getItems(value).entries()) {
      const own = parts.flatMap(({ node, root }) =>
        toPart(getItems(getMember(node, "prefixItems"))[index] ?? getMember(node, "items"), root),
      );
      this.#addInValue(item, own, path);
    }
  }

  /** The schemas that apply to a value: of alternatives those that it fits. */
  #select(value: SourceNode, start: readonly SchemaPart[]): readonly SchemaPart[] {
    const parts = this.#schemas.gather(start, { shared: true });
    const known = new Set(parts.map(({ node }) => node));
    const fitting = parts
      .flatMap(listChoices)
      .filter((part) => !known.has(part.node) && this.#fits(value, part));
    return fitting.length === 0 ? parts : this.#select(value, [...parts, ...fitting]);
  }

  /** Whether a value has the types, constants and required fields of a schema. A mask of an example has all. */
  #fits(value: SourceNode, schema: SchemaPart): boolean {
    if (getMember(value, "$any") !== undefined) return true;
    const json = toJson(value);
    return this.#schemas.gather([schema], { shared: true, always: true }).every((part) => {
      const { node } = part;
      const [type, constant] = [getMember(node, "type"), getMember(node, "const")];
      const types = (type?.kind === "list" ? type.items : [type]).flatMap((one) => getText(one) ?? []);
      const values = [...getItems(getMember(node, "enum")), ...(constant ? [constant] : [])];
      const required = value.kind === "map" ? getItems(getMember(node, "required")) : [];
      return (
        (types.length === 0 || hasType(value, { type: types as JsonType[] })) &&
        (values.length === 0 || values.some((one) => isDeepStrictEqual(toJson(one), json))) &&
        required.every((item) => getMember(value, getText(item) ?? "") !== undefined) &&
        [...groupProperties([part])].every(([key, children]) => {
          const member = getMember(value, key);
          return member === undefined || children.every((child) => this.#fits(member, child));
        })
      );
    });
  }

  #addInModule(module: string, node: SourceNode): void {
    const { places, own } = this.#schemas;
    const rootOf = (name: string): readonly SchemaPart[] =>
      places.flatMap((root) => (root.name === `${module}.${name}` ? toPart(root.node, root) : []));
    const isIn = (name: string): boolean =>
      this.#schemas.gather(rootOf(name), { shared: true, choices: true }).some(this.#isNaming);
    for (const [name, command] of getEntries(getMember(node, "commands"))) {
      for (const example of getItems(getMember(command.node, "examples"))) {
        for (const key of ["request", "reply"])
          this.#addInValue(getMember(example, key), rootOf(`${name}.${key}`), own);
        const error = getMember(example, "error");
        const code = getText(getMember(error, "code"));
        this.#addInValue(getMember(error, "details"), rootOf(`${code}.details`), own);
      }
    }
    for (const [name, event] of getEntries(getMember(node, "events"))) {
      const latest = getMember(getMember(event.node, "slowConsumer"), "latest");
      if (latest && getText(latest) === this.#field.name && isIn(`${name}.data`)) this.#add(own, latest);
    }
    if (isIn("handshake.params")) for (const url of getItems(getMember(node, "urls"))) this.#addInRoute(url);
  }

  #addInRoute(url: SourceNode): void {
    const { name, to } = this.#field;
    const text = getText(url);
    const renamed = text?.replaceAll(/([:*])([^/]*)/g, (all, mark: string, parameter: string) =>
      parameter === name ? mark + to : all,
    );
    if (renamed !== undefined && renamed !== text) this.#add(this.#schemas.own, url, renamed);
  }

  /** A reference that leads through the field. In the spec, `#/…` begins at its root, unless it leads to a shared schema. */
  #addReference($ref: SourceNode | undefined, from: Pick<SchemaRoot, "path" | "node">): void {
    const text = getText($ref);
    if ($ref === undefined || text === undefined) return;
    const { trees, own } = this.#schemas;
    const isFile = isFileReference(text);
    const reference = isFile
      ? readFileReference(text, from.path)
      : { path: from.path, tokens: readPointer(text.slice(1)) ?? [] };
    if ("message" in reference) return;
    const { path, tokens } = reference;
    const isInside = !isFile && path === own && tokens[0] !== "schemas";
    const start = isInside ? from.node : trees.get(path);
    const renamed = [...tokens];
    if (start)
      walk(start, tokens, (entry, index) => {
        renamed[index] = this.found.get(path)?.get(entry) ?? renamed[index] ?? "";
      });
    if (!isDeepStrictEqual(renamed, tokens))
      this.#add(from.path, $ref, text.slice(0, text.indexOf("#")) + printFragment(renamed));
  }
}

/** The schemas of a member that the object's schema does not name. */
function listOthers({ node, root }: SchemaPart, key: string): SchemaPart[] {
  const patterns = getEntries(getMember(node, "patternProperties"));
  const matching = patterns.filter(([pattern]) => matchesPattern(pattern, key));
  const isNamed = matching.length > 0 || getMember(getMember(node, "properties"), key) !== undefined;
  const others = isNamed ? undefined : getMember(node, "additionalProperties");
  return [...matching.map(([, entry]) => entry.node), others].flatMap((schema) => toPart(schema, root));
}
