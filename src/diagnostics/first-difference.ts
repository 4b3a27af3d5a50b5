import type { Diagnostic } from "./diagnostic.js";
import { SourceText } from "./source-text.js";

/** The place of the first character in which a text differs from another, with its line unless that is blank. */
export function firstDifference(
  file: string,
  text: string,
  other: string,
): Pick<Diagnostic, "at" | "excerpt"> {
  let start = 0;
  while (start < text.length && text[start] === other[start]) start += 1;
  const source = new SourceText(file, text);
  const at = source.locate({ start, end: start + 1 });
  const excerpt = source.line(at.line);
  return excerpt.trim() === "" ? { at } : { at, excerpt };
}
