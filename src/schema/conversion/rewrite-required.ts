import { escapeToken, isRecord, isSchema, readProperties, toRecord } from "../../spec-file/json.js";
import type { Json, JsonObject, JsonSchema } from "../../spec-file/spec.js";
import { holdsList, holdsMap, holdsSchema, readNamedSchemas, readStrings } from "../keywords.js";
import { type Follow, type RootedSchema, readReference } from "../reference.js";
import { filledKeywords, findDefault, listDefaults, listOptional, type Search } from "./find-defaults.js";

/** A default, and the schema that it must fit. */
export interface DefaultValue {
  readonly value: Json;
  readonly schema: JsonSchema;
  /** The whole schema of the spec that contains it, and the place in it as a JSON Pointer. */
  readonly root: JsonSchema;
  readonly pointer: string;
}

/** Changes `required` of a schema. */
export type ChangeRequired = (part: RootedSchema, follow: Follow) => readonly string[] | undefined;

export const requireDefaults: ChangeRequired = (part, follow) => {
  const names = [
    ...readStrings(toRecord(part.schema as Json).required),
    ...listDefaults(part, follow).keys(),
  ];
  return names.length === 0 ? undefined : [...new Set(names)];
};

export const omitDefaults: ChangeRequired = (part, follow) => {
  const { required } = toRecord(part.schema as Json);
  const omitted = listOptional(part, follow);
  return required === undefined ? undefined : readStrings(required).filter((name) => !omitted.has(name));
};

/**
 * Writes a schema that stands alone, with another `required`. Shared schemas in which nothing changes stay references, the others
 * become `$defs`.
 */
export class RequiredRewriter {
  readonly values: DefaultValue[] = [];
  readonly #follow: Follow;
  readonly #isChanged: Search;
  readonly #changeRequired: ChangeRequired;
  /** The names in `$defs`: of schemas that change, and of those that do not. */
  readonly #names = { changed: new Map<JsonSchema, string>(), plain: new Map<JsonSchema, string>() };
  readonly #taken = new Set<string>();
  readonly #wanted: {
    name: string;
    part: RootedSchema;
    tokens: readonly string[];
    form: "changed" | "plain";
  }[] = [];

  constructor(follow: Follow, isChanged: Search, changeRequired: ChangeRequired) {
    this.#follow = follow;
    this.#isChanged = isChanged;
    this.#changeRequired = changeRequired;
  }

  rewrite(schema: JsonSchema): JsonSchema {
    const root = this.#rewritePart({ schema, root: schema }, [], "changed");
    const $defs: [string, JsonSchema][] = [];
    // The list grows while it is walked.
    for (const { name, part, tokens, form } of this.#wanted)
      $defs.push([name, this.#rewritePart(part, tokens, form)]);
    if (typeof root !== "object" || $defs.length === 0) return root;
    const whole = { ...root, $defs: Object.fromEntries($defs) };
    for (const [index, each] of this.values.entries())
      if (typeof each.schema === "object")
        this.values[index] = { ...each, schema: { ...each.schema, $defs: whole.$defs } };
    return whole;
  }

  #rewritePart(part: RootedSchema, tokens: readonly string[], form: "changed" | "plain"): JsonSchema {
    const { schema, root } = part;
    if (typeof schema !== "object") return schema;
    const within = (keyword: string, value: Json, at: readonly string[]): Json =>
      isSchema(value)
        ? this.#rewritePart({ schema: value, root }, at, filledKeywords.has(keyword) ? form : "plain")
        : value;
    const members = Object.entries(schema).flatMap(([keyword, value]): (readonly [string, Json])[] => {
      if (keyword === "$defs" || keyword === "$anchor") return [];
      if (keyword === "$ref") return [[keyword, this.#rewriteReference(String(value), root, form)]];
      return [
        [
          keyword,
          mapSchemas(keyword, value, (child, key) => within(keyword, child, [...tokens, keyword, ...key])),
        ],
      ];
    });
    const required = form === "changed" ? this.#changeRequired(part, this.#follow) : undefined;
    const rewritten = Object.fromEntries([
      ...members,
      ...(required ? [["required", required] as const] : []),
    ]);
    if (form === "changed") this.#collectValues(part, tokens, toRecord(rewritten.properties));
    return rewritten;
  }

  #collectValues({ schema, root }: RootedSchema, tokens: readonly string[], properties: JsonObject): void {
    for (const [name, child] of readNamedSchemas(readProperties(schema))) {
      const found = findDefault({ schema: child, root }, this.#follow);
      const target = properties[name];
      if (found === undefined || !isSchema(target)) continue;
      const isOwn = found.at.schema === child;
      const at = isOwn ? [...tokens, "properties", name] : [];
      const pointer = [...at, "default"].map((token) => `/${escapeToken(token)}`).join("");
      this.values.push({ value: found.value, schema: target, root: isOwn ? root : found.at.root, pointer });
    }
  }

  #rewriteReference(ref: string, root: JsonSchema, form: "changed" | "plain"): string {
    const reference = readReference(ref, root);
    const part = this.#follow(ref, root);
    if (part === undefined || reference.kind === "unsupported") return ref;
    const isChanged = form === "changed" && this.#isChanged(part);
    if (reference.kind === "shared" && !isChanged) return ref;
    const names = this.#names[isChanged ? "changed" : "plain"];
    const known = names.get(part.schema);
    const tokens = reference.kind === "shared" ? [] : reference.tokens;
    const wish = reference.kind === "shared" ? reference.name : (tokens.at(-1) ?? "Self");
    const name = known ?? this.#takeName(wish);
    if (known === undefined) {
      names.set(part.schema, name);
      this.#wanted.push({ name, part, tokens, form: isChanged ? "changed" : "plain" });
    }
    return `#/$defs/${encodeURIComponent(escapeToken(name))}`;
  }

  #takeName(wish: string): string {
    let name = wish;
    for (let count = 2; this.#taken.has(name); count += 1) name = `${wish}${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** The value of a keyword with each schema directly in it replaced. */
function mapSchemas(
  keyword: string,
  value: Json,
  replace: (schema: Json, key: readonly string[]) => Json,
): Json {
  if (holdsSchema.has(keyword)) return replace(value, []);
  if (holdsList.has(keyword) && Array.isArray(value))
    return value.map((item: Json, index) => replace(item, [String(index)]));
  if (!holdsMap.has(keyword) || !isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, replace(child, [name])]));
}
