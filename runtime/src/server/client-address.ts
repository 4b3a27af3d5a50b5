import type { IncomingMessage } from "node:http";
import { isIPv4, isIPv6, type Socket } from "node:net";
import { canonicalIPv6 } from "../connection/ip-address.js";

/** The trusted proxies: none (false), this many of the last ones, or all (true). */
export type ProxyTrust = boolean | number;

/** The address at the other end of a socket. A socket for IPv4 and IPv6 reports IPv4 addresses as `::ffff:1.2.3.4`. */
export const socketAddress = ({ remoteAddress = "" }: Socket): string =>
  remoteAddress.replace(/^::ffff:(?=\d+\.)/, "");

/**
 * The client's address. Each proxy appends the address of its client to `X-Forwarded-For`, or to `Forwarded` (RFC 7239) if
 * that header is absent. `trustProxy` is the number of trusted proxies in front of the server; earlier entries are the
 * client's own claim. True trusts the whole header. For an entry that is not an address (`unknown`, `_hidden`), the result
 * is the address of the proxy.
 */
export function clientAddress(request: IncomingMessage, trustProxy: ProxyTrust): string {
  const direct = socketAddress(request.socket);
  if (!trusts(trustProxy)) return direct;
  const listed = headerList(request, "x-forwarded-for");
  const hops = listed.length > 0 ? listed : forwarded(request).map((hop) => hop.get("for") ?? "");
  return readAddress(pickTrusted(hops, trustProxy) ?? "") ?? direct;
}

/** The host that the client requested from a trusted proxy; undefined without such a proxy or its header. */
export function forwardedHost(request: IncomingMessage, trustProxy: ProxyTrust): string | undefined {
  if (!trusts(trustProxy)) return undefined;
  const listed = headerList(request, "x-forwarded-host");
  return pickTrusted(listed, trustProxy) ?? pickTrusted(forwarded(request), trustProxy)?.get("host");
}

const trusts = (trustProxy: ProxyTrust): boolean => trustProxy !== false && trustProxy !== 0;

function pickTrusted<T>(hops: readonly T[], trustProxy: ProxyTrust): T | undefined {
  return hops[typeof trustProxy === "number" ? Math.max(0, hops.length - trustProxy) : 0];
}

const headerList = ({ headers }: IncomingMessage, name: string): string[] =>
  [headers[name] ?? []]
    .flat()
    .join(",")
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");

/** The elements of `Forwarded`: parameters by their names in lower case. */
function forwarded({ headers }: IncomingMessage): readonly ReadonlyMap<string, string>[] {
  const text = [headers.forwarded ?? []].flat().join(",");
  if (text === "") return [];
  return splitOutsideQuotes(text, ",").map(
    (element) =>
      new Map(
        splitOutsideQuotes(element, ";").flatMap((pair): [string, string][] => {
          const at = pair.indexOf("=");
          return at < 0 ? [] : [[pair.slice(0, at).trim().toLowerCase(), unquote(pair.slice(at + 1).trim())]];
        }),
      ),
  );
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted && character === "\\") index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

const unquote = (value: string): string =>
  value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1")
    : value;

/** An address in brackets (IPv6) or without, and with or without a port. */
const withPort = /^(?:\[([^\]]*)\]|([\d.]+))(?::[\w.-]*)?$/;

/** Normalises an address, so that equal addresses are equal strings. @returns undefined for other strings */
function readAddress(written: string): string | undefined {
  const text = unquote(written.trim()).trim();
  const [, inBrackets, plain] = withPort.exec(text) ?? [];
  const [address = ""] = (inBrackets ?? plain ?? text).split("%");
  if (isIPv4(address)) return address;
  return isIPv6(address) ? canonicalIPv6(address) : undefined;
}
