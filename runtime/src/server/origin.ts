import { Mode } from "../config/choices.js";
import type { ModuleConfig } from "../config/module-types.js";

/** What a browser's handshake says of where it comes from. */
export interface OriginClaim {
  /** Absent: not a browser, which this rule cannot and need not stop. */
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** The host that a trusted proxy was asked for. */
  readonly forwardedHost?: string | undefined;
}

type Verdict = "allowed" | "allowed-for-debugging" | "refused";

/** May a page of this origin connect? Origins are compared whole; `*` in the list allows any. */
export function judgeOrigin({ origin, host, forwardedHost }: OriginClaim, config: ModuleConfig): Verdict {
  if (origin === undefined) return "allowed";
  const { allowedOrigins, mode } = config;
  if (allowedOrigins !== undefined) {
    // As text: the option takes origins as browsers write them, and a URL's own origin is "null" for many schemes.
    return allowedOrigins.includes("*") || allowedOrigins.includes(origin) ? "allowed" : "refused";
  }
  if (isSameHost(origin, host) || isSameHost(origin, forwardedHost)) return "allowed";
  return mode === Mode.debug ? "allowed-for-debugging" : "refused";
}

/**
 * Compares host and port, not the scheme: behind a proxy that ends TLS the server does not know it. The Host header
 * is compared as text and never used to build a URL.
 */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { host: originHost, protocol } = new URL(origin);
  const defaultPort = protocol === "https:" ? ":443" : ":80";
  const wanted = host.toLowerCase();
  return originHost === (wanted.endsWith(defaultPort) ? wanted.slice(0, -defaultPort.length) : wanted);
}
