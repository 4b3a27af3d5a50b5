import { contain, takeSync } from "../boundary.js";
import { CloseCode, truncateCloseReason } from "../close-codes.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { SocketFactory } from "../connection/ws-internals/socket-factory.js";
import type { Logger } from "../contract.js";
import { ErrorCode, neutralMessage } from "../errors.js";
import type { ErrorBody } from "../wire.js";
import type { HandshakeAttempt, HandshakeContext } from "./handshake-attempt.js";

/** The dependencies of a module's routes. */
export interface RouteSetting {
  readonly module: ModuleRuntime;
  readonly sockets: SocketFactory;
}

/** The refusal that a client gets. `docs/protocol.md` lists the statuses and codes. */
export interface RefusedHandshake {
  /** HTTP status. */
  readonly status: number;
  /** Sent instead of the status after `setRefusal("close")`. */
  readonly closeCode: number;
  readonly error: ErrorBody;
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter?: number;
}

export const tooLate: RefusedHandshake = {
  status: 503,
  closeCode: CloseCode.tryAgainLater,
  error: { code: ErrorCode.handshakeFailed, message: "The handshake took too long." },
};

/** The refusal after an error of the server. The log has the error. */
export const serverFailed: RefusedHandshake = {
  status: 500,
  closeCode: CloseCode.internalError,
  error: { code: ErrorCode.failed, message: neutralMessage },
};

/**
 * Sends a refusal to a client. Browsers hide the HTTP response from their pages. So after `setRefusal("close")`, the
 * handshake is accepted, the error is sent as a message, and the connection is closed.
 */
export function sendRefusal(
  { module, sockets }: RouteSetting,
  { ctx, attempt, refused }: { ctx: HandshakeContext; attempt: HandshakeAttempt; refused: RefusedHandshake },
): void {
  module.counters.refused += 1;
  attempt.observed?.note({ code: refused.error.code });
  const { log } = module;
  attempt.isLogged = true;
  if (module.config.refusal === "http") {
    if (refused.retryAfter !== undefined) {
      attempt.response.setHeader("Retry-After", String(refused.retryAfter));
    }
    answerRefused(ctx, { status: refused.status, error: writableError(refused.error, log) });
    return;
  }
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      const ws = sockets.open(request, socket, head);
      contain(
        { entry: "encodeError", log },
        () => {
          const payload = takeSync(module.envelope.encodeError(refused.error, undefined), "The envelope");
          if (payload !== undefined) ws?.send(payload);
        },
        () => undefined,
      );
      ws?.close(refused.closeCode, truncateCloseReason(bareError(refused.error).message));
    },
    drop() {},
  });
}

/** Converts the error to JSON values. If JSON cannot express its details, this is logged and they are left out. */
const writableError = (error: ErrorBody, log: Logger): ErrorBody =>
  contain(
    { entry: "connect", log },
    () => JSON.parse(JSON.stringify(error)) as ErrorBody,
    () => bareError(error),
  ) as ErrorBody;

/** The code and the message as strings. Code of the user's may have set other values. */
const bareError = ({ code, message }: ErrorBody): ErrorBody => ({
  code: typeof code === "string" ? code : ErrorCode.failed,
  message: typeof message === "string" ? message : neutralMessage,
});

export function answerRefused(
  ctx: HandshakeContext,
  { status, error }: Pick<RefusedHandshake, "status" | "error">,
): void {
  ctx.status = status;
  ctx.body = { error };
}
