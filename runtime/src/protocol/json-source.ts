/**
 * The text of a member's value as it stands in a JSON object, without the spaces around it. The text must be valid
 * JSON. Of several members with the name it is the last, as with `JSON.parse`. Undefined: there is none.
 */
export function memberSource(text: string, name: string): string | undefined {
  let source: string | undefined;
  let at = skipSpace(text, text.indexOf("{") + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at) + 1;
    const valueStart = text.indexOf(":", keyEnd) + 1;
    const valueEnd = endOfValue(text, valueStart);
    if (JSON.parse(text.slice(at, keyEnd)) === name) source = text.slice(valueStart, valueEnd).trim();
    at = skipSpace(text, valueEnd + 1);
  }
  return source;
}

/** The place of the comma or the closing brace after the value. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (depth === 0 && (character === "," || character === "}")) return at;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
