import { isCollection, isMap, isPair, isScalar, type Node, type Pair, type YAMLMap } from "yaml";
import { jsonObject } from "./source-tree.js";
import type { Json } from "./spec.js";
import {
  detectNewline,
  indentAt,
  lineAbove,
  lineAfter,
  lineStart,
  newlineBefore,
  nextLine,
  printEntry,
  printFlowEntry,
  type YamlStyle,
} from "./yaml-text.js";

/** The text from `start` to `end` becomes `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Addition {
  readonly path: readonly string[];
  readonly value: Json;
}

/**
 * The splice that gives `path` its value, with its absent parents. Undefined if a parent is an alias or not a
 * mapping.
 */
export function insertInto(text: string, root: YAMLMap, { path, value }: Addition): Splice | undefined {
  const style = detectStyle(text, root);
  let map = root;
  for (const [index, key] of path.entries()) {
    const rest = path.slice(index + 1);
    const pair = findPair(map, key);
    if (pair === undefined)
      return insertEntry({ text, map, style: { ...style, parents: rest.length } }, key, nest(rest, value));
    const [next = "", ...below] = rest;
    if (isMap(pair.value) && pair.value.items.length > 0) map = pair.value;
    else
      return fillEntry({ text, map, style: { ...style, parents: below.length } }, pair, {
        key: next,
        value: nest(below, value),
      });
  }
  return undefined;
}

/** The splice that removes a pair, with the comment lines directly above it. */
export function cutEntry(text: string, map: YAMLMap, pair: Pair): Splice {
  const start = getStart(pair);
  const index = map.items.indexOf(pair);
  if (map.flow) {
    const next = map.items[index + 1];
    if (next) return { start, end: getStart(next), text: "" };
    const before = map.items[index - 1];
    return before
      ? { start: getEnd(before), end: getEnd(pair), text: "" }
      : emptyFlowMap(text, map, { start, end: getEnd(pair), text: "" });
  }
  const end = lineAfter(text, getEnd(pair));
  const first = findEntryStart(text, lineStart(text, start), index === 0);
  // In a file without a final newline, the line end before the last entry is removed, too.
  const isOpenEnd = end === text.length && !text.endsWith("\n");
  return { start: isOpenEnd ? first - newlineBefore(text, first) : first, end, text: "" };
}

/** Removes the only pair of `{ … }` with its blanks and comma; a comment between the braces stays. */
function emptyFlowMap(text: string, { range }: YAMLMap, pair: Splice): Splice {
  const [start, end] = [(range?.[0] ?? 0) + 1, (range?.[1] ?? 0) - 1];
  const around = text.slice(start, pair.start) + text.slice(pair.end, end);
  return /^[\s,]*$/.test(around) ? { start, end, text: "" } : pair;
}

interface Place {
  readonly text: string;
  readonly map: YAMLMap;
  readonly style: YamlStyle & { readonly parents: number };
}

/** A new pair at the end of a mapping that has some. */
function insertEntry({ text, map, style }: Place, key: string, value: Json): Splice | undefined {
  const last = map.items.at(-1);
  if (last === undefined) return undefined;
  if (map.flow) return insertInFlow(text, last, (at) => printFlowEntry(key, value, style, at));
  const indent = indentAt(text, getStart(last));
  const lines = printEntry(key, value, style).map((line) => indent + line);
  const at = skipComments(text, lineAfter(text, getEnd(last)), indent.length);
  return insertLines(text, at, hasBlankLineBefore(text, map) ? ["", ...lines] : separate(text, at, lines));
}

/** The first pair of a mapping that is still empty: its key has no value, or `null`, `~` or `{}`. */
function fillEntry(
  { text, map, style }: Place,
  pair: Pair,
  { key, value }: { key: string; value: Json },
): Splice | undefined {
  const node = pair.value as Node | null;
  const isNothing = isScalar(node) && node.value === null;
  const isEmptyMap = isMap(node) && node.items.length === 0;
  const [start, end] = node?.range ?? [];
  if (start === undefined || end === undefined || !(isNothing || isEmptyMap)) return undefined;
  if (isEmptyMap && !/^\{\s*\}$/.test(text.slice(start, end))) return undefined;
  if (map.flow) {
    const gap = text[start - 1] === ":" ? " " : "";
    const around = getOwnIndent(text, getStart(pair));
    if (style.json === undefined || around === undefined)
      return { start, end, text: `${gap}{ ${printFlowEntry(key, value, style)} }` };
    const inner = around + style.json;
    const newline = detectNewline(text);
    const entry = printFlowEntry(key, value, style, inner).replaceAll("\n", newline);
    return { start, end, text: `${gap}{${newline}${inner}${entry}${newline}${around}}` };
  }
  const indent = indentAt(text, getStart(pair)) + " ".repeat(style.step);
  const lines = printEntry(key, value, style).map((line) => indent + line);
  const at = skipComments(text, lineAfter(text, end), indent.length);
  const inserted = insertLines(text, at, lines);
  // The text of the empty value is removed, with the blanks after the colon.
  const cut =
    start === end
      ? start
      : start - (/[ \t]*$/.exec(text.slice(lineStart(text, start), start))?.[0].length ?? 0);
  return { start: cut, end: at, text: text.slice(end, at) + inserted.text };
}

/** After the last pair of `{ … }`, on a line of its own if the other pairs have their own lines. */
function insertInFlow(text: string, last: Pair, entryAt: (indent?: string) => string): Splice {
  const end = getEnd(last);
  const indent = getOwnIndent(text, getStart(last));
  const entry = entryAt(indent).replaceAll("\n", detectNewline(text));
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
  const between = indent === undefined ? " " : detectNewline(text) + indent;
  const at = end + comma;
  return { start: at, end: at, text: `${comma > 0 ? "" : ","}${between}${entry}${comma > 0 ? "," : ""}` };
}

/** The indentation of an entry on a line of its own. */
function getOwnIndent(text: string, start: number): string | undefined {
  const line = lineStart(text, start);
  return text.slice(line, start).trim() === "" ? text.slice(line, start) : undefined;
}

/** Whole lines at the start of a line, or after the last line of a text that has no final newline. */
function insertLines(text: string, at: number, lines: readonly string[]): Splice {
  const newline = detectNewline(text);
  const isOpenEnd = at === text.length && at > 0 && !text.endsWith("\n");
  const written = isOpenEnd ? newline + lines.join(newline) : lines.map((line) => line + newline).join("");
  return { start: at, end: at, text: written };
}

/** Below a comment, a blank line comes first. Otherwise the comment would seem to describe the inserted lines. */
function separate(text: string, at: number, lines: readonly string[]): readonly string[] {
  const above = text.slice(lineStart(text, at - 1), at).trim();
  return above.startsWith("#") ? ["", ...lines] : lines;
}

/** Skips the comment lines that belong to the entries before, which are indented at least as much. */
function skipComments(text: string, from: number, indent: number): number {
  let end = from;
  for (let at = from; at < text.length; ) {
    const next = nextLine(text, at);
    const line = text.slice(at, next);
    const blanks = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (line.trim() !== "" && !(line[blanks] === "#" && blanks >= indent)) break;
    if (line.trim() !== "") end = next;
    at = next;
  }
  return end;
}

/** The start of a block entry with the comment lines directly above it and the blank line before those. */
function findEntryStart(text: string, from: number, isFirst: boolean): number {
  const indent = indentAt(text, from);
  let start = from;
  for (let above = lineAbove(text, start); above !== undefined; above = lineAbove(text, start)) {
    const line = text.slice(above, start);
    if (!line.startsWith(`${indent}#`)) {
      if (line.trim() === "" && !isFirst) start = above;
      break;
    }
    start = above;
  }
  return start;
}

function hasBlankLineBefore(text: string, map: YAMLMap): boolean {
  const [before, last] = map.items.slice(-2);
  if (before === undefined || last === undefined) return false;
  return /\n[ \t]*\r?\n/.test(text.slice(getEnd(before), getStart(last)));
}

const getStart = (pair: Pair | undefined): number => (pair?.key as Node | undefined)?.range?.[0] ?? 0;

/** Offset after the last character of a pair, its comment not counted. */
function getEnd({ key, value }: Pair): number {
  const node = (value ?? key) as Node;
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    if (isPair(last)) return getEnd(last);
    if (last) return getEnd({ key: last, value: null } as Pair);
  }
  return node.range?.[1] ?? 0;
}

function detectStyle(text: string, root: YAMLMap): YamlStyle {
  const inner = root.items
    .map(({ value }) => value)
    .find((value) => isMap(value) && !value.flow && value.items.length > 0);
  const start = isMap(inner) ? getStart(inner.items[0]) : 0;
  const step = indentAt(text, start).length || 2;
  const json = isJson(text) ? (/^\{\s*?\n([ \t]+)"/.exec(text)?.[1] ?? "  ") : undefined;
  return {
    step,
    singleQuote: text.includes("'") || !text.includes('"'),
    ...(json !== undefined && { json }),
  };
}

/** Whether a spec is JSON, which is YAML too. */
export function isJson(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const nest = (path: readonly string[], value: Json): Json =>
  path.reduceRight<Json>((inner, key) => jsonObject([[key, inner]]), value);

/** The pair with this key; a plain `404` counts as the written text. */
export const findPair = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => isScalar(pair.key) && (pair.key.value === key || pair.key.source === key));
