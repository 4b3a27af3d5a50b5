import type { ModuleRuntime } from "../connection/module-runtime.js";
import { CloseCode, truncateCloseReason } from "../protocol/close-codes.js";
import type { ClientError } from "../protocol/errors.js";
import type { HandshakeAttempt } from "./handshake-attempt.js";
import type { HandshakeContext } from "./handshake-context.js";
import type { SocketFactory } from "./socket-factory.js";

/** What the routes of one module need. */
export interface RouteSetting {
  readonly module: ModuleRuntime;
  readonly sockets: SocketFactory;
}

/** Why a handshake was refused, for the client. */
export interface RefusedHandshake {
  /** HTTP status. */
  readonly status: number;
  readonly error: ClientError;
  /** Where the module tells refusals by a close. Default 1008. */
  readonly closeCode?: number | undefined;
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
    answerRefused(ctx, refused);
    return;
  }
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      const ws = sockets.open(request, socket, head);
      const payload = module.envelope.encodeError(refused.error, undefined);
      if (payload !== undefined) ws?.send(payload);
      ws?.close(refused.closeCode ?? CloseCode.policyViolation, truncateCloseReason(refused.error.message));
    },
    lost() {},
  });
}

export function answerRefused(ctx: HandshakeContext, { status, error }: RefusedHandshake): void {
  ctx.status = status;
  ctx.body = { error };
}
