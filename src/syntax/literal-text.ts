/** A string literal in the quotes given; nothing in `value` can end it or start an expression. */
export function stringLiteral(value: string, quote: '"' | "'" | "`"): string {
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

/** The quote that a literal in the source is written with. */
export function quoteOf(literal: string): '"' | "'" | "`" {
  return literal.startsWith("'") ? "'" : literal.startsWith("`") ? "`" : '"';
}

export const isIdentifier = (text: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u.test(text);
