import type { ModuleRuntime } from "../connection/module-runtime.js";
import { truncateCloseReason } from "../protocol/close-codes.js";
import type { ClientError } from "../protocol/errors.js";
import type { HandshakeAttempt } from "./handshake-attempt.js";
import type { HandshakeContext } from "./handshake-context.js";
import type { SocketFactory } from "./socket-factory.js";

/** What the routes of one module need. */
export interface RouteSetting {
  readonly module: ModuleRuntime;
  readonly sockets: SocketFactory;
}

/** Why a handshake was refused, for the client. The statuses and codes are those of the contract's table *Refusals*. */
export interface RefusedHandshake {
  /** HTTP status. */
  readonly status: number;
  /** In place of the status where the module refuses by a close. */
  readonly closeCode: number;
  readonly error: ClientError;
  /** Seconds after which another attempt makes sense, for the header `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * Tells a client that it is refused. A browser shows its page nothing of an HTTP answer, so a module may choose to
 * accept, to send the error as a frame, and to close.
 */
export function tellRefusal(
  { module, sockets }: RouteSetting,
  { ctx, attempt, refused }: { ctx: HandshakeContext; attempt: HandshakeAttempt; refused: RefusedHandshake },
): void {
  module.counters.refused += 1;
  if (module.config.refusal === "http") {
    if (refused.retryAfter !== undefined) {
      attempt.response.setHeader("Retry-After", String(refused.retryAfter));
    }
    answerRefused(ctx, refused);
    return;
  }
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      const ws = sockets.open(request, socket, head);
      const payload = module.envelope.encodeError(refused.error, undefined);
      if (payload !== undefined) ws?.send(payload);
      ws?.close(refused.closeCode, truncateCloseReason(refused.error.message));
    },
    lost() {},
  });
}

export function answerRefused(
  ctx: HandshakeContext,
  { status, error }: Pick<RefusedHandshake, "status" | "error">,
): void {
  ctx.status = status;
  ctx.body = { error };
}
