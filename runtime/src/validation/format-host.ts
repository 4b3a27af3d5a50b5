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

/** How many groups of 16 bits there are; an IPv4 address at the end counts as two. */
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
