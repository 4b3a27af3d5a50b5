import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Span } from "../diagnostics/source-text.js";
import type { DiagnosticCollector } from "./diagnostic-collector.js";
import type { Json, JsonObject } from "./spec.js";

/** How many nodes aliases may add in all: enough for shared schemas, but not for an alias bomb. */
export const maxAliasedNodes = 100_000;

/** What aliases have added so far. The files of one spec share it. */
export interface AliasBudget {
  aliasedNodes: number;
}

/** The contents of a YAML document as source nodes: keys are unique strings, and aliases are replaced by their values. */
export function buildSourceTree(
  contents: Node | null,
  findings: DiagnosticCollector,
  budget: AliasBudget = { aliasedNodes: 0 },
): SourceNode {
  if (contents === null) return createNull({ start: 0, end: 0 });
  return new TreeBuilder(findings, budget).node(contents);
}

const yamlTag = "tag:yaml.org,2002:";
const jsonTags = new Set([
  "!",
  ...["str", "int", "float", "bool", "null", "map", "seq"].map((type) => yamlTag + type),
]);

/** An anchored node and how many nodes it has with its aliases expanded. */
interface Anchored {
  readonly node: SourceNode;
  readonly size: number;
}

const createNull = (span: Span): ScalarNode => ({ kind: "scalar", span, value: null });

class TreeBuilder {
  readonly #findings: DiagnosticCollector;
  /** Finished anchors by name, `undefined` while the anchored node is being built. */
  readonly #anchors = new Map<string, Anchored | undefined>();
  /** Nodes built so far, with aliases expanded. */
  #nodes = 0;
  readonly #budget: AliasBudget;

  constructor(findings: DiagnosticCollector, budget: AliasBudget) {
    this.#findings = findings;
    this.#budget = budget;
  }

  node(node: Node): SourceNode {
    const before = this.#nodes;
    this.#nodes += 1;
    if (isAlias(node)) return this.#alias(node);
    const { anchor, tag } = node as Scalar;
    if (anchor) this.#anchors.set(anchor, undefined);
    const built =
      tag !== undefined && !jsonTags.has(tag)
        ? this.#reportTag(node, tag)
        : isMap(node)
          ? this.#map(node)
          : isSeq(node)
            ? ({
                kind: "list",
                span: getSpan(node),
                items: node.items.map((item) => this.node(item as Node)),
              } as const)
            : this.#scalar(node);
    if (anchor) this.#anchors.set(anchor, { node: built, size: this.#nodes - before });
    return built;
  }

  #map(map: YAMLMap): MapNode {
    const entries = new Map<string, MapEntry>();
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair);
      const keySpan = getSpan(pair.key);
      const node = pair.value ? this.node(pair.value) : createNull({ start: keySpan.end, end: keySpan.end });
      if (key === undefined) continue;
      const first = entries.get(key);
      if (first) this.#reportDuplicate(key, first.keySpan, keySpan);
      else entries.set(key, { keySpan, node });
    }
    return { kind: "map", span: getSpan(map), entries };
  }

  /** Reports a value of a type that JSON does not have: `!!binary`, `!!set`, `!!timestamp`. */
  #reportTag(node: Node, tag: string): SourceNode {
    const span = getSpan(node);
    const type = tag.replace(yamlTag, "!!");
    const message = `Expected a JSON value, found one of type ${type}.`;
    this.#findings.add("wrong-type", span, message, "Remove the tag, and write the value as in JSON.");
    return createNull(span);
  }

  #scalar(node: Node): SourceNode {
    const span = getSpan(node);
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === "number") this.#checkNumber(value, (node as Scalar).source, span);
    const isJson = typeof value !== "number" || Number.isFinite(value);
    return isJson ? { kind: "scalar", span, value: value as ScalarNode["value"] } : createNull(span);
  }

  #checkNumber(value: number, written = String(value), span: Span): void {
    if (!Number.isFinite(value)) {
      const message = "Expected a finite number, found an infinity or not-a-number.";
      this.#findings.add("wrong-type", span, message, "Write a finite number, or put it in quotes.");
    } else if (isRounded(written, value)) {
      const message = `JavaScript cannot represent this number; it is rounded to ${value}.`;
      this.#findings.warn(
        "invalid-value",
        span,
        message,
        `Write \`${value}\`, or put it in quotes as a string.`,
      );
    }
  }

  /** A plain `404:` or `true:` counts as the written text, as in JSON. */
  #key({ key }: Pair<Node, Node | null>): string | undefined {
    if (isScalar(key) && (key.tag === undefined || jsonTags.has(key.tag))) {
      const text = typeof key.value === "string" ? key.value : (key.source ?? "");
      if (text !== "" || key.type !== "PLAIN") return text;
    }
    this.#findings.add(
      "wrong-type",
      getSpan(key),
      "Keys must be strings.",
      "Write the key as a string before the colon.",
    );
    return undefined;
  }

  #alias(alias: Alias): SourceNode {
    const span = getSpan(alias);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      const message = this.#anchors.has(alias.source)
        ? `The alias '*${alias.source}' is inside the value that it refers to.`
        : `There is no anchor '&${alias.source}' before this alias.`;
      this.#findings.add(
        "spec-syntax",
        span,
        message,
        "Write the value out, or use a shared schema and `$ref`.",
      );
      return createNull(span);
    }
    const isWithin = this.#budget.aliasedNodes <= maxAliasedNodes;
    this.#budget.aliasedNodes += target.size;
    this.#nodes += target.size;
    if (this.#budget.aliasedNodes <= maxAliasedNodes) return target.node;
    const message = `Aliases add more than ${maxAliasedNodes} values to the spec.`;
    // Reported once, not for each further alias.
    if (isWithin)
      this.#findings.add("spec-unreadable", span, message, "Use a shared schema and `$ref` instead.");
    return createNull(span);
  }

  #reportDuplicate(key: string, first: Span, second: Span): void {
    const { line, column } = this.#findings.source.locate(first);
    const message = `Duplicate key '${key}'; the first is on line ${line}, column ${column}.`;
    this.#findings.add("duplicate-key", second, message, "Keep one of the two.");
  }
}

/** Whether the written number differs from the double that represents it. */
function isRounded(written: string, value: number): boolean {
  const unsigned = written.replace(/^[-+]/, "");
  if (/^0[xo]/i.test(unsigned)) return BigInt(unsigned) !== BigInt(Math.abs(value));
  return significantDigits(unsigned) !== significantDigits(String(Math.abs(value)));
}

/** A decimal number without its sign as digits and a power of ten: `1.50` and `15e-1` give the same. */
function significantDigits(text: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  let { length } = digits;
  while (digits[length - 1] === "0") length -= 1;
  const power = Number(exponent) - fraction.length + digits.length - length;
  return length === 0 ? "0" : `${digits.slice(0, length)}e${power}`;
}

function getSpan(node: unknown): Span {
  const range = (node as Node | null)?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

/** A value of the spec with its place in the text: the input of the checks, without types of the YAML library. */
export type SourceNode = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: "map";
  readonly span: Span;
  /** In the order as written. */
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly keySpan: Span;
  readonly node: SourceNode;
}

export interface ListNode {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly SourceNode[];
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly span: Span;
  readonly value: null | boolean | number | string;
}

/** The member of a mapping; undefined if `node` is not a mapping or has no such key. */
export const getMember = (node: SourceNode | undefined, key: string): SourceNode | undefined =>
  node?.kind === "map" ? node.entries.get(key)?.node : undefined;

/** The members of a mapping in order; empty if `node` is not a mapping. */
export const getEntries = (node: SourceNode | undefined): readonly [string, MapEntry][] =>
  node?.kind === "map" ? [...node.entries] : [];

/** The items of a list; empty if `node` is not a list. */
export const getItems = (node: SourceNode | undefined): readonly SourceNode[] =>
  node?.kind === "list" ? node.items : [];

/** The text of a string scalar. */
export const getText = (node: SourceNode | undefined): string | undefined =>
  node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;

/** New values of strings, by their nodes, and new keys, by their entries. */
export type NewNames = ReadonlyMap<SourceNode | MapEntry, string>;

const noNames: NewNames = new Map();

/** A node as a JSON value. Keys such as `__proto__` become ordinary members. */
export function toJson(node: SourceNode, names = noNames): Json {
  if (node.kind === "scalar") return names.get(node) ?? node.value;
  if (node.kind === "list") return node.items.map((item) => toJson(item, names));
  return jsonObject(
    [...node.entries].map(([key, entry]) => [names.get(entry) ?? key, toJson(entry.node, names)]),
  );
}

/** `Object.fromEntries` defines its members, so `__proto__` cannot replace the prototype. */
export const jsonObject = (entries: Iterable<readonly [string, Json]>): JsonObject =>
  Object.fromEntries(entries);
