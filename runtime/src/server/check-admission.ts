import { CloseCode } from "../close-codes.js";
import type { Handshake } from "../connection/context.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { ErrorCode } from "../errors.js";
import { checkOrigin } from "./check-origin.js";
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
