/** The tokens of a JSON Pointer, its escapes undone (RFC 6901 §3): `/a~1b/0` gives `a/b` and `0`. */
export const pointerTokens = (pointer: string): readonly string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
