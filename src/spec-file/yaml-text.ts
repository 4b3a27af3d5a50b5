import { Document, isMap, isSeq, Scalar, type ToStringOptions, visit } from "yaml";
import type { Json } from "./spec.js";

/** Longer values are written over several lines, shorter ones as `{ … }` and `[…]`. */
const flowWidth = 72;

export interface YamlStyle {
  /** Blanks of one level. */
  readonly step: number;
  readonly singleQuote: boolean;
  /** The indentation of one level in a spec that is JSON, and stays JSON. */
  readonly json?: string;
}

/**
 * The lines of an entry as a person would write them, without line ends and without the indentation around it.
 * `parents`: how many of its outer levels are new parents of the entry; default 0.
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
 * @param indent the indentation around it, if the entries of JSON have their own lines
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

/** A value on one line, as a person would write it: `{ last: 100, for: 60s }`, `[ws]`. */
export function printInline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printInline).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(
      ([key, inner]) => `${printFlowKey(key)}: ${printInline(inner)}`,
    );
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return printFlowEntry("key", value, inlineStyle).slice("key: ".length);
}

const inlineStyle: YamlStyle = { step: 2, singleQuote: true };
const printFlowKey = (key: string): string => printFlowEntry(key, 0, inlineStyle).slice(0, -": 0".length);

function printJsonEntry(
  key: string,
  value: Json,
  lines?: { readonly json: string; readonly indent: string },
): string {
  const text = JSON.stringify(value, null, lines?.json);
  return `${JSON.stringify(key)}: ${text.replaceAll("\n", `\n${lines?.indent ?? ""}`)}`;
}

/** A string in the quotes of another one. It gets quotes if it cannot be written without. */
export function printLike(written: string, value: string): string {
  const [line = ""] = printEntry(value, null, { step: 2, singleQuote: true });
  const isPlain = line === `${value}: null` && !/[,[\]{}]/.test(value);
  if (isPlain && !/^["'|>]/.test(written)) return value;
  const isDouble = written.startsWith('"') || /[\p{Cc}\ufeff\ufffe\uffff\u2028\u2029]/u.test(value);
  return isDouble ? escapeOnly(JSON.stringify(value)) : `'${value.replaceAll("'", "''")}'`;
}

const plainStyle = { lineWidth: 0, blockQuote: false, flowCollectionPadding: true } as const;

/** Characters that YAML allows only as escapes, and that the library does not escape: DEL, C1 controls, noncharacters. */
const escapedOnly = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;

/** The document as text. Strings with such characters are in double quotes (YAML 1.2.2 §5.1). */
function print(document: Document, options: ToStringOptions): string {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && node.value.search(escapedOnly) >= 0)
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeOnly(document.toString(options));
}

const escapeOnly = (text: string): string =>
  text.replace(escapedOnly, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

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

/** The line end that a text uses, by its first; `\n` by default. */
export const detectNewline = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

/** The start of the line of an offset. */
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

/** The start of the next line after an offset, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

/** The start of the line after a value; the offset itself if the value ends with its line, as block scalars do. */
export const lineAfter = (text: string, at: number): number =>
  at > 0 && text[at - 1] === "\n" ? at : nextLine(text, at);

/** The number of characters of a line end directly before an offset. */
export function newlineBefore(text: string, at: number): number {
  if (text[at - 1] !== "\n") return 0;
  return text[at - 2] === "\r" ? 2 : 1;
}
