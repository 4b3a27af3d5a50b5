import type { ModuleConfig } from "../config/module-types.js";
import { Mode } from "../errors.js";

/** The origin of a browser's handshake. */
export interface OriginClaim {
  /** Undefined: the client is not a browser. This check cannot stop such clients and need not. */
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** The host that the client requested from a trusted proxy. */
  readonly forwardedHost?: string | undefined;
}

/** Applies the module's rule for origins. `allowed-for-debugging`: product mode would refuse it. */
export function checkOrigin(
  { origin, host, forwardedHost }: OriginClaim,
  { allowedOrigins, mode }: Pick<ModuleConfig, "allowedOrigins" | "mode">,
): "allowed" | "allowed-for-debugging" | "refused" {
  if (origin === undefined) return "allowed";
  if (allowedOrigins !== undefined) {
    // Compared as text. The list has origins as browsers send them, and `URL.origin` is "null" for many schemes.
    return allowedOrigins.includes("*") || allowedOrigins.includes(origin) ? "allowed" : "refused";
  }
  if (isSameHost(origin, host) || isSameHost(origin, forwardedHost)) return "allowed";
  return mode === Mode.debug ? "allowed-for-debugging" : "refused";
}

/**
 * Compares host and port, but not the scheme: behind a proxy that ends TLS, the server does not know the scheme. The Host
 * header is compared as text and is never used to build a URL.
 */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { host: originHost, protocol } = new URL(origin);
  const defaultPort = protocol === "https:" ? ":443" : ":80";
  const wanted = host.toLowerCase();
  return originHost === (wanted.endsWith(defaultPort) ? wanted.slice(0, -defaultPort.length) : wanted);
}
