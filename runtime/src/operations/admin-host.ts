import type { IncomingMessage } from "node:http";
import type { Caller } from "./admin-access.js";
import { AdminError } from "./admin-error.js";
import { isLoopback } from "./operations-server.js";

/** True for the header `Host` of a client that asked for this machine by a loopback address or by `localhost`, on any port. */
function isLoopbackHost(host: string): boolean {
  const [, inBrackets, plain = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return plain.toLowerCase() === "localhost" || isLoopback(inBrackets ?? plain);
}

/**
 * Refuses a request to a loopback address that was made by another name: a page whose name leads to this machine (DNS
 * rebinding) has the same origin as the API for the browser. Only HTTP/1.0 has requests without the header.
 */
export function refuseOtherHosts({ headers: { host } }: IncomingMessage): AdminError | undefined {
  if (host === undefined || isLoopbackHost(host)) return undefined;
  return new AdminError(421, "misdirected_request", {
    message: "The Host header is not a loopback address. Use 127.0.0.1, [::1] or localhost.",
  });
}

/**
 * Lets in everybody on this machine, for the inspector in debug mode. A page of another origin cannot send requests here: it has no
 * own `Host`, which `refuseOtherHosts` checks, and a browser names its origin in `Origin` or `Sec-Fetch-Site`.
 */
export function localAccess({
  headers,
  socket: { remoteAddress = "" },
}: IncomingMessage): Caller | AdminError {
  const { origin, "sec-fetch-site": site = "none" } = headers;
  const isOwnPage = origin === undefined || origin === `http://${headers.host}`;
  if (isOwnPage && (site === "none" || site === "same-origin"))
    return { name: "local", address: remoteAddress, rights: ["read", "push", "act"] };
  return new AdminError(403, "other_origin", {
    message: "Only the page of the inspector may send requests.",
  });
}
