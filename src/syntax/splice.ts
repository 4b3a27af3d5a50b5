import type { Node, SourceFile } from "ts-morph";

/** Replaces `text.slice(start, end)`; `start === end` inserts. Offsets are UTF-16 units. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const insertion = (at: number, text: string): Splice => ({ start: at, end: at, text });

/**
 * Applies splices that do not overlap; insertions at one place keep their order.
 * @throws Error when two overlap, which is a defect of wsgen.
 */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let position = 0;
  for (const splice of ordered) {
    if (splice.start < position) throw new Error(`two edits meet at offset ${splice.start}`);
    parts.push(text.slice(position, splice.start), splice.text);
    position = splice.end;
  }
  return parts.join("") + text.slice(position);
}

/** A splice and the file that it belongs to. */
export interface Replacement {
  readonly file: SourceFile;
  readonly splice: Splice;
  /** The old name and the new one, if they are those of a member. */
  readonly member?: { readonly node: Node; readonly to: string };
}

export const groupSplices = (
  replacements: readonly Replacement[],
): ReadonlyMap<SourceFile, readonly Splice[]> =>
  new Map(
    [...groupBy(replacements, ({ file }) => file)].map(([file, own]) => [
      file,
      own.map(({ splice }) => splice),
    ]),
  );

/** Groups items by a key, in the order of their first item. (`Map.groupBy` needs Node 21.) */
export function groupBy<Item, Key>(items: readonly Item[], getKey: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(getKey(item), [...(groups.get(getKey(item)) ?? []), item]);
  return groups;
}

/** The position of an offset after the splices are applied. The offset must not be inside a splice. */
export const moveOffset = (splices: readonly Splice[], offset: number): number =>
  splices
    .filter(({ end }) => end <= offset)
    .reduce((moved, { start, end, text }) => moved + text.length - (end - start), offset);

/** Writes a string literal with the given quotes. Nothing in `value` can end it or start an expression. */
export function writeString(value: string, quote: '"' | "'" | "`"): string {
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll(
      /[\u2028\u2029\u007f-\u009f]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll(quote, () => `\\${quote}`);
  return quote + (quote === "`" ? escaped.replaceAll("${", () => "\\${") : escaped) + quote;
}

/** The quote character of a literal in the source. */
export function getQuote(literal: string): '"' | "'" | "`" {
  return literal.startsWith("'") ? "'" : literal.startsWith("`") ? "`" : '"';
}

export const isIdentifier = (text: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u.test(text);
