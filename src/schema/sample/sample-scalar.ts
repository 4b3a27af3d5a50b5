import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { isBytesSchema, type Keywords, readLeastBytes, readMostBytes } from "../keywords.js";
import { readNumber, type Sample } from "./sample-state.js";

/** A string of each format that validators know. */
export const formatSamples: ReadonlyMap<unknown, string> = new Map([
  ["date", "2021-04-22"],
  ["date-time", "2021-04-22T22:00:00Z"],
  ["duration", "PT30M"],
  ["email", "ann@example.org"],
  ["hostname", "example.org"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["json-pointer", "/a"],
  ["regex", "a"],
  ["relative-json-pointer", "0"],
  ["time", "22:00:00Z"],
  ["uri", "https://example.org/"],
  ["uri-reference", "/a"],
  ["uri-template", "/{id}"],
  ["uuid", "123e4567-e89b-42d3-a456-426614174000"],
]);

/** Longer strings would be unreadable as samples. */
const maxLength = 1_000;

/** @param attempt repeats the repeatable parts of a pattern more often */
export function sampleString({ format, pattern, ...schema }: Keywords, attempt: number): Sample | undefined {
  const least = readNumber(schema.minLength) ?? 0;
  const most = readNumber(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  if (least > maxLength) return undefined;
  if (isBytesSchema({ ...schema, type: "string" })) return sampleBase64(least, most);
  const formatted = formatSamples.get(format);
  const matching = typeof pattern === "string" ? sampleText(pattern, attempt * least) : undefined;
  const made = formatted ?? matching;
  if (made !== undefined) {
    const isWithin = made.length >= least && made.length <= most;
    // A pattern may be fast only on short strings.
    const isMatch = typeof pattern !== "string" || (isWithin && new RegExp(pattern, "u").test(made));
    return { value: made, isCertain: isWithin && isMatch };
  }
  return {
    value: "text".padEnd(least, "x").slice(0, Math.max(least, Math.min(most, maxLength))),
    isCertain: true,
  };
}

/** Bytes that are easy to read as text: `text`, or as many of it as fit. */
function sampleBase64(least: number, most: number): Sample {
  const size = Math.max(Math.min("text".length, readMostBytes(most)), readLeastBytes(least));
  const value = btoa("text".padEnd(size, "x").slice(0, size));
  return { value, isCertain: value.length <= most };
}

/** The smallest allowed integer, or the largest, or 1; if there is no such integer, a number between the bounds. */
export function sampleNumber(schema: Keywords): Sample {
  const step = readNumber(schema.multipleOf) ?? (schema.type === "integer" ? 1 : undefined);
  const above = readNumber(schema.exclusiveMinimum) ?? Number.NEGATIVE_INFINITY;
  const below = readNumber(schema.exclusiveMaximum) ?? Number.POSITIVE_INFINITY;
  const least = Math.max(readNumber(schema.minimum) ?? Number.NEGATIVE_INFINITY, above);
  const most = Math.min(readNumber(schema.maximum) ?? Number.POSITIVE_INFINITY, below);
  const isWithin = (value: number) => value >= least && value <= most && value > above && value < below;
  const unit = step ?? 1;
  const nearest = Number.isFinite(least)
    ? Math.ceil(least / unit) * unit
    : Math.floor(Math.min(most, 1) / unit) * unit;
  const multiples = [nearest, nearest + unit, nearest - unit];
  const others = step === undefined ? [least, most, least + (most - least) / 2] : [];
  const value = [...multiples, ...others].find(isWithin);
  if (value === undefined) return { value: nearest, isCertain: false };
  // The validator must decide whether a number is a multiple of a fraction.
  return { value, isCertain: step === undefined || (Number.isSafeInteger(value) && Number.isInteger(step)) };
}

/** Characters that are tried for a character class. */
const candidates = [..."a0A-_. @/:1b"];

/**
 * A short string for a pattern. Look-around and back-references are ignored, so the string must be tested.
 * @param extra how often a repeatable part is repeated beyond its minimum
 */
function sampleText(pattern: string, extra = 0): string | undefined {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const { alternatives } = parser.parsePattern(pattern, 0, pattern.length, { unicode: true });
  const text = sampleFirst(alternatives, extra);
  return text.length <= maxLength ? text : undefined;
}

const sampleFirst = ([first]: readonly AST.Alternative[], extra: number): string =>
  (first?.elements ?? []).map((element) => sampleElement(element, extra)).join("");

function sampleElement(element: AST.Element, extra: number): string {
  switch (element.type) {
    case "Character":
      return String.fromCodePoint(element.value);
    case "CharacterSet":
    case "CharacterClass":
    case "ExpressionCharacterClass":
      return sampleCharacter(element.raw);
    case "Group":
    case "CapturingGroup":
      return sampleFirst(element.alternatives, extra);
    case "Quantifier": {
      const count = Math.min(element.min + extra, element.max, maxLength + 1);
      return sampleElement(element.element, extra)
        .repeat(count)
        .slice(0, maxLength + 1);
    }
    default:
      return "";
  }
}

/** The first character of a class: one that is easy to read, or any. */
function sampleCharacter(source: string): string {
  const isMember = new RegExp(`^${source}$`, "u");
  const easy = candidates.find((character) => isMember.test(character));
  if (easy !== undefined) return easy;
  for (let point = 0; point <= 0xffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (isMember.test(character)) return character;
  }
  return "";
}
