import {
  isArray,
  isDate,
  isDateTime,
  isDuration,
  isEmail,
  isHostname,
  isIpv4,
  isIpv6,
  isObject,
  isTime,
  isUri,
  isUuid,
  kindOf,
} from "../validation/index.js";

/** The names of `$any`, each with the test of a matching value. */
const kinds: ReadonlyMap<unknown, (value: unknown) => boolean> = new Map([
  ["value", () => true],
  ["string", (value: unknown) => typeof value === "string"],
  ["number", (value: unknown) => typeof value === "number"],
  ["integer", Number.isInteger],
  ["boolean", (value: unknown) => typeof value === "boolean"],
  ["object", isObject],
  ["array", isArray],
  ...textFormats({ date: isDate, "date-time": isDateTime, time: isTime, duration: isDuration }),
  ...textFormats({
    email: isEmail,
    hostname: isHostname,
    ipv4: isIpv4,
    ipv6: isIpv6,
    uri: isUri,
    uuid: isUuid,
  }),
]);

/** The names that a mask may have. */
export const maskKinds: readonly string[] = [...kinds.keys()].map(String);

/**
 * Replaces each mask (`{ $any: "date-time" }`) of an expected value by the actual value, if it matches. Otherwise the mask
 * stays, so that a comparison shows the difference.
 */
export function fillMasks(expected: unknown, actual: unknown): unknown {
  if (isMask(expected)) return kinds.get(expected.$any)?.(actual) ? actual : expected;
  if (isArray(expected)) {
    const items = isArray(actual) ? actual : [];
    return expected.map((item, index) => fillMasks(item, items[index]));
  }
  if (!isObject(expected)) return expected;
  const members = isObject(actual) ? actual : {};
  return Object.fromEntries(
    Object.entries(expected).map(([name, member]) => [name, fillMasks(member, members[name])]),
  );
}

const isMask = (value: unknown): value is { readonly $any: unknown } =>
  isObject(value) && kindOf(value.$any) === "string" && Object.keys(value).length === 1;

function textFormats(
  formats: Readonly<Record<string, (text: string) => boolean>>,
): [string, (value: unknown) => boolean][] {
  return Object.entries(formats).map(([name, test]) => [
    name,
    (value) => typeof value === "string" && test(value),
  ]);
}
