import type { IncomingMessage } from "node:http";

/**
 * The client's address. `trustProxy` says how many proxies stand before the server, each of which appends whom it
 * heard to `X-Forwarded-For`; true believes all of the header. Everything before that is the client's own claim.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean | number): string {
  // A socket of both families tells IPv4 addresses in the form of IPv6.
  const direct = (request.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  if (trustProxy === false || trustProxy === 0) return direct;
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",");
  const addresses = forwarded
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
  const index = trustProxy === true ? 0 : Math.max(0, addresses.length - trustProxy);
  return addresses[index] ?? direct;
}
