import { Document, isMap, isSeq, Scalar, type ToStringOptions, visit } from "yaml";
import type { Json } from "./spec.js";

/** Longer values are written over several lines, shorter ones as `{ … }` and `[…]`. */
const flowWidth = 72;

export interface YamlStyle {
  /** Blanks of one level. */
  readonly step: number;
  readonly singleQuote: boolean;
  /** The indentation of one level where the spec is JSON, and is to stay so. */
  readonly json?: string;
}

/**
 * An entry as the lines that a person would write, without line ends and without the indentation around it.
 * `parents`: how many levels of it were made only to hold the entry; default 0.
 */
export function printEntry(
  key: string,
  value: Json,
  { step, singleQuote, parents = 0 }: YamlStyle & { readonly parents?: number },
): readonly string[] {
  const document = newDocument({ [key]: value });
  useFlowStyle(document.contents, 2 + parents);
  return print(document, { ...plainStyle, indent: step, singleQuote })
    .trimEnd()
    .split("\n");
}

/**
 * An entry for the inside of `{ … }`, on one line.
 * @param indent the indentation around it, where the entries of JSON stand on lines of their own
 */
export function printFlowEntry(
  key: string,
  value: Json,
  { singleQuote, json }: YamlStyle,
  indent?: string,
): string {
  if (json !== undefined)
    return printJsonEntry(key, value, indent === undefined ? undefined : { json, indent });
  const document = newDocument({ [key]: value });
  if (isMap(document.contents)) document.contents.flow = true;
  return print(document, { ...plainStyle, singleQuote })
    .trim()
    .slice(1, -1)
    .trim();
}

function printJsonEntry(
  key: string,
  value: Json,
  lines?: { readonly json: string; readonly indent: string },
): string {
  const text = JSON.stringify(value, null, lines?.json);
  return `${JSON.stringify(key)}: ${text.replaceAll("\n", `\n${lines?.indent ?? ""}`)}`;
}

/** A key as it is written before its colon. */
export function printKey(key: string): string {
  const [line = ""] = printEntry(key, null, { step: 2, singleQuote: true });
  return line.replace(/: null$/, "");
}

const plainStyle = { lineWidth: 0, blockQuote: false, flowCollectionPadding: true } as const;

/** What may stand in YAML as an escape only, and what the library writes as it is: DEL, C1 controls, noncharacters. */
const escapedOnly = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;

/** The document as text, with what YAML does not allow as it is escaped in double quotes (YAML 1.2.2 §5.1). */
function print(document: Document, options: ToStringOptions): string {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && node.value.search(escapedOnly) >= 0)
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document
    .toString(options)
    .replace(escapedOnly, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const newDocument = (value: Json): Document =>
  new Document(value, { version: "1.2", aliasDuplicateObjects: false });

/** Lets short collections be written in one line, from the outside in, but not the outermost `levels`. */
function useFlowStyle(node: unknown, levels: number): void {
  if (!isMap(node) && !isSeq(node)) return;
  node.flow = node.items.length === 0 || (levels <= 0 && JSON.stringify(node).length <= flowWidth);
  if (node.flow) return;
  for (const item of node.items)
    useFlowStyle(isMap(node) ? (item as { value: unknown }).value : item, levels - 1);
}

/** The line end that a text uses, by its first; `\n` when it has none. */
export const detectNewline = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

/** The start of the line that holds the offset. */
export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;

/** The blanks with which the line at an offset begins. */
export function indentAt(text: string, at: number): string {
  const start = lineStart(text, at);
  let end = start;
  while (text[end] === " " || text[end] === "\t") end++;
  return text.slice(start, end);
}

/** The start of the line above the one that starts at `start`; undefined at the first line. */
export const lineAbove = (text: string, start: number): number | undefined =>
  start === 0 ? undefined : lineStart(text, start - 1);

/** The start of the line after the one that holds the offset, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

/** Where the line of a value is over; the offset itself where the value ended with its line, as block texts do. */
export const lineAfter = (text: string, at: number): number =>
  at > 0 && text[at - 1] === "\n" ? at : nextLine(text, at);

/** How many characters of line end stand directly before an offset. */
export function newlineBefore(text: string, at: number): number {
  if (text[at - 1] !== "\n") return 0;
  return text[at - 2] === "\r" ? 2 : 1;
}
