import type { Location } from "../diagnostics/diagnostic.js";
import type { SourceText } from "../diagnostics/source-text.js";
import { hasType } from "./check-value.js";
import { type EventRules, eventRules } from "./event-rules.js";
import { type FormatSchema, parseQuantity } from "./format-schema.js";
import { unescapeToken } from "./json.js";
import type { FileSchema, LinkedFiles, Links } from "./link-files.js";
import { replaceNullable } from "./nullable.js";
import { commandOptions, moduleOptions, type OptionFormat } from "./option-table.js";
import { expandShortSchema } from "./short-schema.js";
import {
  getEntries,
  getItems,
  getMember,
  getText,
  jsonObject,
  type MapEntry,
  type SourceNode,
  toJson,
} from "./source-tree.js";
import {
  type ClientSpec,
  type CommandErrorSpec,
  type CommandExample,
  type CommandSpec,
  type ErrorSpec,
  type EventSpec,
  type ExpectedError,
  handshakeParts,
  importExtensions,
  type Json,
  type JsonSchema,
  type Located,
  type LocatedSchema,
  type ModuleSpec,
  noFields,
  normaliseFolder,
  type OptionValue,
  type Spec,
} from "./spec.js";

/**
 * The spec that the nodes describe, defaults filled in. Works on a spec with errors too, so that later stages
 * can report theirs in the same run: a value of a wrong type counts as absent.
 */
export function buildSpec(root: SourceNode, source: SourceText, linked: LinkedFiles): Spec {
  const build = new SpecBuilder(source, linked.links);
  const inFiles = new Map(linked.schemas.map((schema) => [schema.key, schema]));
  return {
    name: build.text(getMember(root, "name")) ?? { value: "", at: source.locate(root.span) },
    description: getText(getMember(root, "description")) ?? "",
    schemas: [
      ...getEntries(getMember(root, "schemas")).flatMap(([name, { keySpan, node }]) => {
        const inFile = inFiles.get(name);
        inFiles.delete(name);
        const schema = inFile ? buildFileSchema(inFile) : build.schema(node);
        return schema ? [{ name: { value: name, at: source.locate(keySpan) }, schema }] : [];
      }),
      ...[...inFiles.values()].flatMap((inFile) => {
        const schema = buildFileSchema(inFile);
        const { key, name, at } = inFile;
        return schema ? [{ name: { value: name, at }, schema, from: key }] : [];
      }),
    ],
    modules: getEntries(getMember(root, "modules")).map(([name, entry]) => build.module(name, entry)),
    client: build.client(getMember(root, "client")),
    sources: [source, ...linked.sources],
  };
}

const buildFileSchema = ({ source, links, node }: FileSchema): LocatedSchema | undefined =>
  new SpecBuilder(source, links).schema(node);

class SpecBuilder {
  readonly #source: SourceText;
  readonly #links: Links;

  constructor(source: SourceText, links: Links) {
    this.#source = source;
    this.#links = links;
  }

  module(name: string, { keySpan, node }: MapEntry): ModuleSpec {
    const at = this.#source.locate(keySpan);
    return {
      ...this.#named(name, at, node),
      flag: this.text(getMember(node, "flag")) ?? { value: name, at },
      port: this.#number(getMember(node, "port")) ?? { value: 0, at },
      urls: this.#texts(getMember(node, "urls")),
      handshake: this.#handshake(getMember(node, "handshake")),
      presence: this.#presence(getMember(node, "presence")),
      guards: this.#names(getMember(node, "guards")),
      config: readOptions(getMember(node, "config"), moduleOptions, this.#source),
      commands: getEntries(getMember(node, "commands")).map(([command, entry]) =>
        this.#command(command, entry),
      ),
      events: getEntries(getMember(node, "events")).map(([event, entry]) => this.#event(event, entry)),
      errors: getEntries(getMember(node, "errors")).map(([code, entry]) => this.#error(code, entry)),
    };
  }

  client(node: SourceNode | undefined): ClientSpec {
    const extension = getText(getMember(node, "extension"));
    const out = this.text(getMember(node, "out"));
    return {
      out: out && { ...out, value: normaliseFolder(out.value) },
      extension: importExtensions.find((known) => known === extension) ?? "js",
    };
  }

  #handshake(node: SourceNode | undefined): ModuleSpec["handshake"] {
    const parts = handshakeParts.flatMap((part) => {
      const given = getMember(node, part);
      const schema = given && this.schema(expandShortSchema(given));
      return schema === undefined ? [] : [[part, schema] as const];
    });
    return Object.fromEntries(parts);
  }

  #presence(node: SourceNode | undefined): ModuleSpec["presence"] {
    const given = getMember(node, "state");
    const state = given && this.schema(expandShortSchema(given));
    return (
      state && { state, join: this.text(getMember(node, "join")), leave: this.text(getMember(node, "leave")) }
    );
  }

  schema(node: SourceNode | undefined): LocatedSchema | undefined {
    const isSchema = node?.kind === "map" || (node?.kind === "scalar" && typeof node.value === "boolean");
    if (!isSchema) return undefined;
    return {
      value: replaceNullable(toJson(node, this.#links)) as JsonSchema,
      at: this.#source.locate(node.span),
      locate: this.#locateIn(node),
    };
  }

  text(node: SourceNode | undefined): Located<string> | undefined {
    const value = getText(node);
    return node && value !== undefined ? { value, at: this.#source.locate(node.span) } : undefined;
  }

  #texts(node: SourceNode | undefined): readonly Located<string>[] {
    return getItems(node).flatMap((item) => this.text(item) ?? []);
  }

  /** Without empty names, which the check of the shape reports. */
  #names(node: SourceNode | undefined): readonly Located<string>[] {
    return this.#texts(node).filter(({ value }) => value !== "");
  }

  #number(node: SourceNode | undefined): Located<number> | undefined {
    if (node?.kind !== "scalar" || typeof node.value !== "number") return undefined;
    return { value: node.value, at: this.#source.locate(node.span) };
  }

  #named(name: string, at: Location, node: SourceNode): Pick<ModuleSpec, "name" | "as" | "description"> {
    return {
      name: { value: name, at },
      as: this.text(getMember(node, "as")),
      description: getText(getMember(node, "description")) ?? "",
    };
  }

  #command(name: string, { keySpan, node }: MapEntry): CommandSpec {
    const at = this.#source.locate(keySpan);
    const request = getMember(node, "request");
    return {
      ...this.#named(name, at, node),
      request: request === undefined ? { value: noFields, at } : this.schema(request),
      reply: this.schema(getMember(node, "reply")),
      config: readOptions(getMember(node, "config"), commandOptions, this.#source),
      guards: this.#names(getMember(node, "guards")),
      errors: this.#commandErrors(getMember(node, "errors")),
      examples: getItems(getMember(node, "examples")).map((example) => this.#example(example)),
    };
  }

  #commandErrors(errors: SourceNode | undefined): CommandErrorSpec[] {
    const listed = getItems(errors).flatMap((item) => {
      const code = getText(item);
      if (code === undefined) return [];
      return [{ ...this.#error(code, { keySpan: item.span, node: item }), form: "listed" as const }];
    });
    const mapped = getEntries(errors).map(([code, entry]) => ({
      ...this.#error(code, entry),
      form: getEntries(entry.node).length === 0 ? ("empty" as const) : ("declared" as const),
    }));
    return [...listed, ...mapped];
  }

  #error(code: string, { keySpan, node }: MapEntry): ErrorSpec {
    const details = getMember(node, "details");
    const retry = getMember(node, "retry");
    return {
      ...this.#named(code, this.#source.locate(keySpan), node),
      details: details && this.schema(expandShortSchema(details)),
      retry: retry?.kind === "scalar" && typeof retry.value === "boolean" ? retry.value : undefined,
      closeCode: this.#number(getMember(node, "closeCode"))?.value,
    };
  }

  #event(name: string, { keySpan, node }: MapEntry): EventSpec {
    return {
      ...this.#named(name, this.#source.locate(keySpan), node),
      data: this.schema(getMember(node, "data")),
      rules: this.#eventRules(node),
    };
  }

  #eventRules(event: SourceNode | undefined): EventRules {
    const rules = Object.entries(eventRules).flatMap(([key, { format, read }]) => {
      const node = getMember(event, key);
      const value = node && read(normalise(node, format));
      if (node === undefined || value === undefined) return [];
      return [[key, { value, at: this.#source.locate(node.span) }]];
    });
    return Object.fromEntries(rules) as EventRules;
  }

  #example(node: SourceNode): CommandExample {
    const request = getMember(node, "request");
    const reply = getMember(node, "reply");
    const error = this.#expectedError(getMember(node, "error"));
    return {
      request: request ? toJson(request) : {},
      reply: reply && toJson(reply),
      at: this.#source.locate(node.span),
      ...(request && { locateRequest: this.#locateIn(request) }),
      ...(reply && { locateReply: this.#locateIn(reply) }),
      ...(error && { error }),
    };
  }

  #expectedError(node: SourceNode | undefined): ExpectedError | undefined {
    const code = this.text(getMember(node, "code"));
    const details = getMember(node, "details");
    if (code === undefined) return undefined;
    return {
      code,
      details: details && toJson(details),
      ...(details && { locateDetails: this.#locateIn(details) }),
    };
  }

  #locateIn(node: SourceNode): (pointer: string) => Location {
    return (pointer) => this.#source.locate(nodeAt(node, pointer).span);
  }
}

/** The node at a JSON Pointer (RFC 6901), or the nearest enclosing node. */
function nodeAt(root: SourceNode, pointer: string): SourceNode {
  let node = root;
  for (const escaped of pointer.split("/").slice(1)) {
    const token = unescapeToken(escaped);
    const next = node.kind === "list" ? node.items[Number(token)] : getMember(node, token);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** The values of a `config:` mapping as written, with sizes in bytes and durations in seconds. */
function readOptions(
  config: SourceNode | undefined,
  options: readonly OptionFormat[],
  source: SourceText,
): readonly OptionValue[] {
  const formats = new Map(options.map((option) => [option.name, option.schema]));
  return getEntries(config).flatMap(([option, { keySpan, node }]) => {
    const format = formats.get(option);
    return format ? [{ option, value: normalise(node, format), at: source.locate(keySpan) }] : [];
  });
}

/** A value with sizes in bytes and durations in seconds. */
function normalise(node: SourceNode, format: FormatSchema): Json {
  const unit = format["x-unit"];
  const text = getText(node);
  if (unit !== undefined && text !== undefined) return parseQuantity(text, unit) ?? text;
  if (node.kind !== "map") return toJson(node);
  const matching = format.anyOf?.find((alternative) => hasType(node, alternative)) ?? format;
  const members = [...node.entries].map(
    ([key, entry]) => [key, normalise(entry.node, matching.properties?.[key] ?? {})] as const,
  );
  return jsonObject(members);
}
