import { isIPv6 } from "node:net";

/** Writes an IPv6 address in the form of RFC 5952. Writes `::ffff:1.2.3.4` as its IPv4 address. */
export function canonicalIPv6(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join(".");
}

/**
 * Returns the unit of the limits per address: an IPv4 address, or the /64 of an IPv6 address, because one customer of a
 * provider has a whole /64.
 */
export function addressBlock(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address;
  const canonical = canonicalIPv6(bare);
  const [head = "", tail] = canonical.split("::");
  const front = head.split(":");
  if (!canonical.includes(":")) return canonical;
  const back = tail ? tail.split(":").length : 0;
  const zeros = tail === undefined ? 0 : 8 - (head === "" ? 0 : front.length) - back;
  const groups = [
    ...(head === "" ? [] : front),
    ...Array<string>(zeros).fill("0"),
    ...(tail?.split(":") ?? []),
  ];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
