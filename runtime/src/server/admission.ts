import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Handshake } from "../context.js";
import { ErrorCode } from "../protocol/errors.js";
import type { HandshakeContext } from "./handshake-context.js";
import { judgeOrigin } from "./origin.js";
import type { RefusedHandshake } from "./refusal.js";

/** Applies the module's rule for origins and its limits. Undefined: the connection has taken its place among them. */
export function admit(
  module: ModuleRuntime,
  ctx: HandshakeContext,
  handshake: Handshake,
): RefusedHandshake | undefined {
  const { origin, host } = ctx.req.headers;
  const verdict = judgeOrigin({ origin, host }, module.config);
  if (verdict === "refused") {
    const message = "Pages of this origin may not connect.";
    return { status: 403, error: { code: "origin_not_allowed", message } };
  }
  if (verdict === "allowed-for-debugging") warnOfOrigin(module, origin);
  const place = module.limits.enter(handshake.remoteAddress);
  if (place === "entered") return undefined;
  return place === "full"
    ? { status: 503, error: { code: ErrorCode.tooBusy, message: "There are too many connections." } }
    : {
        status: 429,
        error: { code: ErrorCode.tooBusy, message: "There are too many connections from this address." },
      };
}

const warned = new WeakSet<ModuleRuntime>();

function warnOfOrigin(module: ModuleRuntime, origin: string | undefined): void {
  if (warned.has(module)) return;
  warned.add(module);
  module.log.warn(
    { origin },
    "a page of another origin connected; product mode refuses it (setAllowedOrigins)",
  );
}
