import type { Context } from "koa";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { CloseCode } from "../protocol/close-codes.js";
import { ErrorCode, toClientError, WebsocketError } from "../protocol/errors.js";
import type { HandshakeAttempt } from "./handshake-attempt.js";
import { type RefusedHandshake, type RouteSetting, tellRefusal } from "./refusal.js";

interface Connecting {
  readonly ctx: Context;
  readonly attempt: HandshakeAttempt;
  readonly connection: Connection;
}

/**
 * Puts a handshake before the module's `connect`. When that agrees, the connection counts as established whatever
 * comes then: a client that has left meanwhile is closed with 1006, so that every `connect` that succeeded has its
 * `close` and `disconnect`.
 */
export async function connect(
  setting: RouteSetting,
  { ctx, attempt, connection }: Connecting,
): Promise<void> {
  attempt.whenGone(() => connection.leaveEarly());
  const refused = await askModule(setting.module, connection);
  if (refused !== undefined) {
    connection.abandon();
    tellRefusal(setting, { ctx, attempt, refused });
    return;
  }
  const lost = () => connection.socketClosed(CloseCode.abnormal, "");
  // What a request log reads; the answer itself is not Koa's.
  ctx.status = 101;
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      const ws = setting.sockets.open(request, socket, head);
      if (ws === undefined) lost();
      else connection.open({ ws, socket });
    },
    lost,
  });
}

async function askModule(
  module: ModuleRuntime,
  connection: Connection,
): Promise<RefusedHandshake | undefined> {
  try {
    const error = await module.implementation.connect(connection.context);
    return error instanceof Error
      ? describe(error, { code: ErrorCode.failed, message: error.message })
      : undefined;
  } catch (thrown) {
    const { mode } = module.config;
    return describe(thrown, toClientError(thrown, { mode, log: connection.context.log }));
  }
}

/** A `WebsocketError` is told as it is, with the status and the close code that it asks for. */
function describe(error: unknown, told: RefusedHandshake["error"]): RefusedHandshake {
  if (!(error instanceof WebsocketError)) return { status: 403, error: told };
  const { code, message, details, status, closeCode } = error;
  return {
    status: status !== undefined && status >= 400 && status <= 599 ? status : 403,
    error: details === undefined ? { code, message } : { code, message, details },
    closeCode: closeCode !== undefined && closeCode >= 4000 && closeCode <= 4999 ? closeCode : undefined,
  };
}
