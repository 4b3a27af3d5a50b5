const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Is this JSON text nested more than `limit` levels deep? Linear in its length, and cheap for the usual message:
 * only a text that has enough brackets is scanned.
 */
export const exceedsJsonDepth = (text: string, limit: number): boolean =>
  text.length > 2 * limit && hasMoreBracketsThan(text, limit) && maxDepth(text, limit) > limit;

function hasMoreBracketsThan(text: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > limit) return true;
    }
  }
  return false;
}

/** The deepest nesting, or the first one past `limit`. */
function maxDepth(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length && deepest <= limit; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) at = endOfString(text, at);
    else if (character === openBracket || character === openBrace) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === closeBracket || character === closeBrace) depth -= 1;
  }
  return deepest;
}

/** The place of the quote that ends the string which begins at `start`; the text's length when none does. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) return at;
    if (character === backslash) at += 1;
  }
  return text.length;
}
