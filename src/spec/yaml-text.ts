import { Document, isMap, isSeq } from "yaml";
import type { Json } from "./spec.js";

/** Longer values are written over several lines, shorter ones as `{ … }` and `[…]`. */
const FLOW_WIDTH = 72;

export interface YamlStyle {
  /** Blanks of one level. */
  readonly step: number;
  readonly singleQuote: boolean;
}

/**
 * An entry as the lines that a person would write, without line ends and without the indentation around it.
 * `parents`: how many levels of it were made only to hold the entry; default 0.
 */
export function entryLines(
  key: string,
  value: Json,
  { step, singleQuote, parents = 0 }: YamlStyle & { readonly parents?: number },
): readonly string[] {
  const document = newDocument({ [key]: value });
  compact(document.contents, 2 + parents);
  return document
    .toString({ ...PLAIN, indent: step, singleQuote })
    .trimEnd()
    .split("\n");
}

/** An entry on one line, for the inside of `{ … }`. */
export function entryInFlow(key: string, value: Json, { singleQuote }: YamlStyle): string {
  const document = newDocument({ [key]: value });
  if (isMap(document.contents)) document.contents.flow = true;
  return document
    .toString({ ...PLAIN, singleQuote })
    .trim()
    .slice(1, -1)
    .trim();
}

/** A key as it is written before its colon. */
export function keyText(key: string): string {
  const [line = ""] = entryLines(key, null, { step: 2, singleQuote: true });
  return line.replace(/: null$/, "");
}

const PLAIN = { lineWidth: 0, blockQuote: false, flowCollectionPadding: true } as const;

const newDocument = (value: Json): Document =>
  new Document(value, { version: "1.2", aliasDuplicateObjects: false });

/** Lets short collections be written in one line, from the outside in, but not the outermost `levels`. */
function compact(node: unknown, levels: number): void {
  if (!isMap(node) && !isSeq(node)) return;
  node.flow = node.items.length === 0 || (levels <= 0 && JSON.stringify(node).length <= FLOW_WIDTH);
  if (node.flow) return;
  for (const item of node.items) compact(isMap(node) ? (item as { value: unknown }).value : item, levels - 1);
}
