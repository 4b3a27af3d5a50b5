import { sampleText } from "../pattern/sample-text.js";
import { type Keywords, numberOf, type Sample } from "./place.js";

/** A text of each format that validators know. */
const formats: ReadonlyMap<unknown, string> = new Map([
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

/** Texts longer than this are no sample that anybody reads. */
const maxLength = 1_000;

/** @param attempt makes what a pattern repeats longer */
export function sampleString({ format, pattern, ...schema }: Keywords, attempt: number): Sample | undefined {
  const least = numberOf(schema.minLength) ?? 0;
  const most = numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  if (least > maxLength) return undefined;
  const formatted = formats.get(format);
  const matching = typeof pattern === "string" ? sampleText(pattern, attempt * least) : undefined;
  const made = formatted ?? matching;
  if (made !== undefined) {
    const isMatch = typeof pattern !== "string" || new RegExp(pattern, "u").test(made);
    return { value: made, isCertain: isMatch && made.length >= least && made.length <= most };
  }
  return {
    value: "text".padEnd(least, "x").slice(0, Math.max(least, Math.min(most, maxLength))),
    isCertain: true,
  };
}

/** The least number that is allowed, the greatest where there is no least one, or 1. */
export function sampleNumber(schema: Keywords): Sample {
  const step = numberOf(schema.multipleOf) ?? 1;
  const isWhole = schema.type === "integer" || Number.isInteger(step);
  const above = numberOf(schema.exclusiveMinimum);
  const below = numberOf(schema.exclusiveMaximum);
  const least = numberOf(schema.minimum) ?? (above === undefined ? undefined : above + step);
  const most = numberOf(schema.maximum) ?? (below === undefined ? undefined : below - step);
  const wish = least ?? Math.min(most ?? 1, 1);
  const value = isWhole ? Math.ceil(wish / step) * step : wish;
  const isWithin =
    value >= (least ?? value) &&
    value <= (most ?? value) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity);
  return { value, isCertain: isWithin && Number.isSafeInteger(value) && Number.isInteger(step) };
}
