/** Formats of texts that programs read. */

const uuid = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;

/** A UUID (RFC 9562 §4), of any version. */
export const isUuid = (text: string): boolean => uuid.test(text);

const jsonPointer = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** A JSON Pointer (RFC 6901 §3); not one in a URI fragment. */
export const isJsonPointer = (text: string): boolean => jsonPointer.test(text);

const relativePrefix = /^(?:0|[1-9]\d*)(?=[#/]|$)/;

/** A number of steps up, then a JSON Pointer or `#`. */
export function isRelativeJsonPointer(text: string): boolean {
  const steps = relativePrefix.exec(text)?.[0];
  if (steps === undefined) return false;
  const rest = text.slice(steps.length);
  return rest === "#" || isJsonPointer(rest);
}

/** A regular expression (ECMA-262, with the `u` flag). It is compiled, but not run. */
export function isRegex(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

/** Dates and times as RFC 3339 §5.6 writes them, and durations as its appendix A does. */

const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2021-04-22`: a day that the Gregorian calendar has. */
export function isDate(text: string): boolean {
  const match = datePattern.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = (daysInMonth[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0);
  return day >= 1 && day <= days;
}

const timePattern = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** `22:00:00.5+08:00`. A leap second is one where the time in UTC is 23:59:60. */
export function isTime(text: string): boolean {
  const match = timePattern.exec(text);
  if (match === null) return false;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  const [offsetHour, offsetMinute] = match.slice(5).map((part) => Number(part ?? 0)) as [number, number];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  const offset = (offsetHour * 60 + offsetMinute) * (match[4] === "-" ? -1 : 1);
  return (hour * 60 + minute - offset + minutesADay) % minutesADay === minutesADay - 1;
}

const minutesADay = 24 * 60;

/** `2021-04-22T22:00:00Z`. */
export const isDateTime = (text: string): boolean =>
  (text[10] === "T" || text[10] === "t") && isDate(text.slice(0, 10)) && isTime(text.slice(11));

const durationTime = "(?:T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))";
const durationDate = "(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)";
const durationPattern = new RegExp(`^P(?:\\d+W|${durationDate}${durationTime}?|${durationTime})$`);

/** `P1DT12H`. Units are consecutive, and weeks cannot have other units. */
export const isDuration = (text: string): boolean => durationPattern.test(text);

/** Names and addresses of hosts and mailboxes. */

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** A host name (RFC 1123 §2.1): labels of 1–63 letters, digits and inner hyphens, 253 characters in all. */
export function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isLabel);
}

// Hyphens in the third and fourth place mark an encoding, and only "xn--" is one (RFC 5891 §4.2.3.1).
const isLabel = (text: string): boolean =>
  label.test(text) && (text.slice(2, 4) !== "--" || /^xn--./i.test(text));

const octet = /^(?:0|[1-9]\d{0,2})$/;

/** Four decimal octets without leading zeros (RFC 2673 §3.2). */
export function isIpv4(text: string): boolean {
  const parts = text.length <= 15 ? text.split(".") : [];
  return parts.length === 4 && parts.every((part) => octet.test(part) && Number(part) <= 255);
}

const group = /^[0-9A-Fa-f]{1,4}$/;

/** An IPv6 address (RFC 4291 §2.2), without a zone. */
export function isIpv6(text: string): boolean {
  if (text.length > 45) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const count = groupCount(groups.flat());
  return count !== undefined && (halves.length === 2 ? count < 8 && isTail(groups, text) : count === 8);
}

/** The number of groups of 16 bits. An IPv4 address at the end counts as two. */
function groupCount(groups: readonly string[]): number | undefined {
  const last = groups.at(-1);
  const isMixed = last?.includes(".") === true;
  if (isMixed && !isIpv4(last)) return undefined;
  const plain = isMixed ? groups.slice(0, -1) : groups;
  return plain.every((part) => group.test(part)) ? plain.length + (isMixed ? 2 : 0) : undefined;
}

/** `1.2.3.4::` has its IPv4 address in the wrong place. */
const isTail = (groups: readonly (readonly string[])[], text: string): boolean =>
  !text.endsWith("::") || groups[0]?.at(-1)?.includes(".") !== true;

const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const quotedString = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;

/** A mailbox (RFC 5321 §4.1.2): at most 64 octets before the last `@`, a host name or an address in brackets after. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = text.slice(at + 1);
  if (local.length === 0 || local.length > 64) return false;
  return (
    (dotAtom.test(local) || quotedString.test(local)) && (isHostname(domain) || isAddressLiteral(domain))
  );
}

function isAddressLiteral(text: string): boolean {
  if (!text.startsWith("[") || !text.endsWith("]")) return false;
  const inner = text.slice(1, -1);
  return /^ipv6:/i.test(inner) ? isIpv6(inner.slice(5)) : isIpv4(inner);
}

/** URIs (RFC 3986) and templates of them (RFC 6570). */

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const pathText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;
const queryText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;
const userText = /^(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*$/;
const nameText = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
const futureAddress = /^[Vv][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/;

/** An absolute URI, with or without a fragment. */
export function isUri(text: string): boolean {
  const colon = text.indexOf(":");
  return colon > 0 && scheme.test(text.slice(0, colon)) && isRelativePart(text.slice(colon + 1));
}

/** A URI, or a reference relative to one. A first segment with a colon would be read as a scheme. */
export function isUriReference(text: string): boolean {
  if (isUri(text)) return true;
  const [first = ""] = text.split(/[/?#]/, 1);
  return !first.includes(":") && isRelativePart(text);
}

/** Everything after the scheme: authority, path, query and fragment. */
function isRelativePart(text: string): boolean {
  const [beforeFragment, fragment] = splitAt(text, "#");
  const [hierarchy, query] = splitAt(beforeFragment, "?");
  if (!queryText.test(query) || !queryText.test(fragment)) return false;
  if (!hierarchy.startsWith("//")) return pathText.test(hierarchy);
  const slash = hierarchy.indexOf("/", 2);
  const end = slash === -1 ? hierarchy.length : slash;
  return isAuthority(hierarchy.slice(2, end)) && pathText.test(hierarchy.slice(end));
}

function splitAt(text: string, at: string): readonly [before: string, after: string] {
  const place = text.indexOf(at);
  return place === -1 ? [text, ""] : [text.slice(0, place), text.slice(place + 1)];
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  if (at !== -1 && !userText.test(text.slice(0, at))) return false;
  const bracket = host.startsWith("[") ? host.indexOf("]") : -1;
  if (bracket !== -1) return isAddress(host.slice(1, bracket)) && /^(?::\d*)?$/.test(host.slice(bracket + 1));
  const [name, port] = splitAt(host, ":");
  return nameText.test(name) && /^\d*$/.test(port);
}

const isAddress = (text: string): boolean => isIpv6(text) || futureAddress.test(text);

const expression =
  /^[+#./;?&=,!@|]?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(?::[1-9]\d{0,3}|\*)?$/;
const variable = /^(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(?::[1-9]\d{0,3}|\*)?$/;
const literalText = /^(?:[^\u0000- "'%<>\\^`{|}\u007f]|%[0-9A-Fa-f]{2})*$/u;

/** Literal text with expressions in braces: `/rooms/{room}{?page,size}`. */
export function isUriTemplate(text: string): boolean {
  const [first = "", ...parts] = text.split("{");
  return (
    literalText.test(first) &&
    parts.every((part) => {
      const end = part.indexOf("}");
      return end > 0 && isExpression(part.slice(0, end)) && literalText.test(part.slice(end + 1));
    })
  );
}

function isExpression(text: string): boolean {
  const [first = "", ...others] = text.split(",");
  return expression.test(first) && others.every((other) => variable.test(other));
}
