import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** Characters that are tried where a pattern takes one of several. */
const candidates = [..."a0A-_. @/:1b"];

/** A sample is for people to read; what would be longer is none. */
const maxLength = 1_000;

/**
 * A short text that a pattern matches. Look-around and references are passed over, so the text is to be tested.
 * @param extra how often a part that may be repeated is repeated beyond what it needs
 */
export function sampleText(pattern: string, extra = 0): string | undefined {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const { alternatives } = parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  const text = firstOf(alternatives, extra);
  return text.length <= maxLength ? text : undefined;
}

const firstOf = ([first]: readonly AST.Alternative[], extra: number): string =>
  (first?.elements ?? []).map((element) => textOf(element, extra)).join("");

function textOf(element: AST.Element, extra: number): string {
  switch (element.type) {
    case "Character":
      return String.fromCodePoint(element.value);
    case "CharacterSet":
    case "CharacterClass":
    case "ExpressionCharacterClass":
      return oneOf(element.raw);
    case "Group":
    case "CapturingGroup":
      return firstOf(element.alternatives, extra);
    case "Quantifier": {
      const count = Math.min(element.min + extra, element.max, maxLength + 1);
      return textOf(element.element, extra)
        .repeat(count)
        .slice(0, maxLength + 1);
    }
    default:
      return "";
  }
}

/** The first character that the class takes: one that is easy to read, or any. */
function oneOf(source: string): string {
  const isMember = new RegExp(`^${source}$`, "u");
  const easy = candidates.find((character) => isMember.test(character));
  if (easy !== undefined) return easy;
  for (let point = 0; point <= 0xffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (isMember.test(character)) return character;
  }
  return "";
}
