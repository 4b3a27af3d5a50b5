import { contain, takeSync } from "../boundary.js";
import { truncateCloseReason } from "../close-codes.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { SocketFactory } from "../connection/ws-internals/socket-factory.js";
import type { Logger } from "../contract.js";
import { ErrorCode } from "../errors.js";
import type { ErrorBody } from "../wire.js";
import type { HandshakeAttempt, HandshakeContext } from "./handshake-attempt.js";

/** The dependencies of a module's routes. */
export interface RouteSetting {
  readonly module: ModuleRuntime;
  readonly sockets: SocketFactory;
}

/** Why a handshake was refused, for the client. The statuses and codes are those of the contract's table *Refusals*. */
export interface RefusedHandshake {
  /** HTTP status. */
  readonly status: number;
  /** Used instead of the status if the module refuses by a close. */
  readonly closeCode: number;
  readonly error: ErrorBody;
  /** Seconds after which another attempt makes sense, for the header `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * Sends a refusal to a client. Browsers hide the HTTP response from their pages, so a module may choose to accept, to send
 * the error as a message, and to close.
 */
export function sendRefusal(
  { module, sockets }: RouteSetting,
  { ctx, attempt, refused }: { ctx: HandshakeContext; attempt: HandshakeAttempt; refused: RefusedHandshake },
): void {
  module.counters.refused += 1;
  const { log } = module;
  attempt.isNoted = true;
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
    lost() {},
  });
}

/** The error as JSON can hold it; one with details that JSON cannot hold is logged and goes without them. */
const writableError = (error: ErrorBody, log: Logger): ErrorBody =>
  contain(
    { entry: "connect", log },
    () => JSON.parse(JSON.stringify(error)) as ErrorBody,
    () => bareError(error),
  ) as ErrorBody;

/** Its code and message alone. Code of the user's may have put anything there. */
const bareError = ({ code, message }: ErrorBody): ErrorBody => ({
  code: typeof code === "string" ? code : ErrorCode.failed,
  message: typeof message === "string" ? message : "Internal error.",
});

export function answerRefused(
  ctx: HandshakeContext,
  { status, error }: Pick<RefusedHandshake, "status" | "error">,
): void {
  ctx.status = status;
  ctx.body = { error };
}
