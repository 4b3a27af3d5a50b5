import { CloseCode } from "../close-codes.js";
import type { ModuleConfig } from "../config/module-types.js";
import type { Handshake } from "../connection/context.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { ErrorCode, Mode } from "../errors.js";
import { forwardedHost } from "./client-address.js";
import type { HandshakeContext } from "./handshake-attempt.js";
import type { RefusedHandshake } from "./refusal.js";

/** Applies the module's rule for origins. @returns undefined if the origin may connect */
export function refuseOrigin(
  module: ModuleRuntime,
  ctx: HandshakeContext,
  { remoteAddress }: Handshake,
): RefusedHandshake | undefined {
  const { origin, host } = ctx.req.headers;
  const { allowedOrigins, trustProxy } = module.config;
  const forwarded = origin === undefined ? undefined : forwardedHost(ctx.req, trustProxy);
  const verdict = checkOrigin({ origin, host, forwardedHost: forwarded }, module.config);
  if (verdict === "refused") {
    const proxyHint = "; behind a proxy that changes Host also setTrustProxy";
    const decidedBy = `setAllowedOrigins${allowedOrigins === undefined ? proxyHint : ""}`;
    const found = `origin ${origin}, host ${forwarded ?? host}`;
    module.refusals.note("origin_not_allowed", { decidedBy, remoteAddress, found });
    const error = { code: ErrorCode.originNotAllowed, message: "The origin is not allowed." };
    return { status: 403, closeCode: CloseCode.policyViolation, error };
  }
  if (verdict === "allowed-for-debugging") warnOfOrigin(module, origin);
  return undefined;
}

/**
 * Applies the module's limits for connections.
 * @returns undefined if there is a place. Then the connection counts toward the limits until `limits.leave`.
 */
export function refuseAboveLimits(
  module: ModuleRuntime,
  { remoteAddress }: Handshake,
): RefusedHandshake | undefined {
  const { maxConnections, maxConnectionsPerAddress } = module.config;
  const place = module.limits.enter(remoteAddress);
  if (place === "entered") return undefined;
  if (place === "full") {
    const note = { decidedBy: "setMaxConnections", remoteAddress, found: maxConnections };
    module.refusals.note("too_many_connections", note);
    return tooBusy(503, "Too many connections.");
  }
  const note = { decidedBy: "setMaxConnectionsPerAddress", remoteAddress, found: maxConnectionsPerAddress };
  module.refusals.note("too_many_connections_of_address", note);
  return tooBusy(429, "Too many connections from this address.");
}

const tooBusy = (status: number, message: string): RefusedHandshake => ({
  status,
  closeCode: CloseCode.tryAgainLater,
  error: { code: ErrorCode.tooBusy, message },
  retryAfter: retryAfterSeconds,
});

/** Limits the retries of clients without back-off. Places may become free at any time. */
const retryAfterSeconds = 5;

const warned = new WeakSet<ModuleRuntime>();

function warnOfOrigin(module: ModuleRuntime, origin: string | undefined): void {
  if (warned.has(module)) return;
  warned.add(module);
  module.log.warn(
    { origin },
    "another origin connected; product mode refuses it unless setAllowedOrigins lists it",
  );
}

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
