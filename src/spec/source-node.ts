import type { Span } from "../diagnostics/source-text.js";
import type { Json } from "./spec.js";

/** A value of the spec with its place in the text: what the checks work on, free of the YAML library. */
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

/** The member of a mapping, or undefined when `node` is none or has no such key. */
export const memberOf = (node: SourceNode | undefined, key: string): SourceNode | undefined =>
  node?.kind === "map" ? node.entries.get(key)?.node : undefined;

/** The members of a mapping in order; none when `node` is not a mapping. */
export const entriesOf = (node: SourceNode | undefined): readonly [string, MapEntry][] =>
  node?.kind === "map" ? [...node.entries] : [];

/** The items of a list; none when `node` is not a list. */
export const itemsOf = (node: SourceNode | undefined): readonly SourceNode[] =>
  node?.kind === "list" ? node.items : [];

/** The text of a string scalar. */
export const textOf = (node: SourceNode | undefined): string | undefined =>
  node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;

/** A node as a JSON value. Keys such as `__proto__` become ordinary members. */
export function toJson(node: SourceNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  return jsonObject([...node.entries].map(([key, entry]) => [key, toJson(entry.node)]));
}

/** `Object.fromEntries` defines its members, so `__proto__` cannot replace the prototype. */
export const jsonObject = (entries: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } =>
  Object.fromEntries(entries);
