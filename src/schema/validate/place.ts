import { literal } from "../encode.js";
import { escapeToken } from "../pointer.js";

/** A value in generated code: the variable that holds it and where it stands in what is checked. */
export interface Place {
  readonly value: string;
  readonly path: readonly PathPart[];
}

/** A piece of a JSON Pointer: known text, or an expression of a string or a number. */
export type PathPart = { readonly text: string } | { readonly code: string };

export const textPart = (name: string): PathPart => ({ text: `/${escapeToken(name)}` });

/** A part that is known when the value is: an index or an escaped name. */
export const codePart = (code: string): readonly PathPart[] => [{ text: "/" }, { code }];

/** The expression of a pointer: `"/items/" + i1 + "/name"`. */
export function pathCode(path: readonly PathPart[]): string {
  const terms: string[] = [];
  let text = "";
  for (const part of path) {
    if ("text" in part) {
      text += part.text;
      continue;
    }
    terms.push(literal(text), part.code);
    text = "";
  }
  return text === "" && terms.length > 0 ? terms.join(" + ") : [...terms, literal(text)].join(" + ");
}
