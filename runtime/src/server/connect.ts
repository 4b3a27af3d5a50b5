import { isPromise } from "../boundary.js";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import { Peer } from "../connection/peer.js";
import type { Awaitable } from "../contract.js";
import { CloseCode } from "../protocol/close-codes.js";
import { ErrorCode, toClientError, WebsocketError } from "../protocol/errors.js";
import type { HandshakeAttempt } from "./handshake-attempt.js";
import type { HandshakeContext } from "./handshake-context.js";
import { type RefusedHandshake, type RouteSetting, tellRefusal } from "./refusal.js";

interface Connecting {
  readonly ctx: HandshakeContext;
  readonly attempt: HandshakeAttempt;
  readonly connection: Connection;
}

/**
 * Puts a handshake before the module's `connect`. When that agrees, the connection counts as established whatever
 * comes then: a client that has left meanwhile is closed with 1006, so that every `connect` that succeeded has its
 * `close` and `disconnect`.
 */
export function connect(setting: RouteSetting, connecting: Connecting): Promise<void> | undefined {
  const { attempt, connection } = connecting;
  attempt.whenGone(() => connection.leaveEarly());
  const asked = askModule(setting.module, connection);
  if (asked instanceof Promise) return asked.then((refused) => answer(setting, connecting, refused));
  answer(setting, connecting, asked);
  return undefined;
}

function answer(
  setting: RouteSetting,
  { ctx, attempt, connection }: Connecting,
  refused: RefusedHandshake | undefined,
): void {
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
      else connection.open(new Peer(ws, socket));
    },
    lost,
  });
}

/** Undefined: the module agrees. A module that is not asynchronous costs no promise, and none rejects. */
function askModule(module: ModuleRuntime, connection: Connection): Awaitable<RefusedHandshake | undefined> {
  const failed = (thrown: unknown) =>
    describe(thrown, toClientError(thrown, { mode: module.config.mode, log: connection.context.log }));
  try {
    const answered: unknown = module.implementation.connect(connection.context);
    return isPromise(answered) ? Promise.resolve(answered).then(readAnswer, failed) : readAnswer(answered);
  } catch (thrown) {
    return failed(thrown);
  }
}

const readAnswer = (answered: unknown): RefusedHandshake | undefined =>
  answered instanceof Error
    ? describe(answered, { code: ErrorCode.failed, message: answered.message })
    : undefined;

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
