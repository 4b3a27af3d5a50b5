import type { IncomingMessage } from "node:http";
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
