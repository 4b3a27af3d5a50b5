import { contain, isPromise } from "../boundary.js";
import { CloseCode, isRefusingCloseCode } from "../close-codes.js";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Awaitable } from "../contract.js";
import { type Disclosure, isRefusingStatus, isWebsocketError, toErrorBody } from "../errors.js";
import type { HandshakeAttempt, HandshakeContext } from "./handshake-attempt.js";
import { type RefusedHandshake, type RouteSetting, sendRefusal } from "./refusal.js";

interface Connecting {
  readonly ctx: HandshakeContext;
  readonly attempt: HandshakeAttempt;
  readonly connection: Connection;
}

/**
 * Calls the module's `connect`. Once it succeeds, the connection counts as established: `close` and `disconnect` always
 * follow, with 1006 if the client has left meanwhile.
 */
export function connect(setting: RouteSetting, connecting: Connecting): Promise<void> | undefined {
  const { attempt, connection } = connecting;
  attempt.whenGone(() => connection.leaveEarly());
  const answered = callConnectHook(setting.module, connection);
  if (isPromise(answered)) return finishInTime(setting, connecting, answered);
  finishHandshake(setting, connecting, answered);
  return undefined;
}

/**
 * A `connect` that takes too long is refused. Where it has not settled when the handshake is over, for that reason or
 * another (a middleware that did not wait for it), its place is free for others. Should it agree later all the same, the
 * connection has ended with 1006 by then.
 */
function finishInTime(
  setting: RouteSetting,
  connecting: Connecting,
  answered: Promise<RefusedHandshake | undefined>,
): Promise<void> {
  const { attempt, connection } = connecting;
  return new Promise((resolve, reject) => {
    let isLate = false;
    let isSettled = false;
    attempt.whenOver(() => {
      if (!isSettled) connection.leaveLate();
    });
    attempt.whenLate(() => {
      isLate = true;
      connection.noteRefusal("connect_too_slow", "setHandshakeTimeout");
      sendRefusal(setting, { ...connecting, refused: tooLate });
      resolve();
    });
    answered
      .then((refused) => {
        isSettled = true;
        if (!isLate) finishHandshake(setting, connecting, refused);
        else if (refused === undefined) connection.onSocketClose(CloseCode.abnormal, "");
        else connection.abandon();
        resolve();
      })
      .catch(reject);
  });
}

const tooLate: RefusedHandshake = {
  status: 503,
  closeCode: CloseCode.tryAgainLater,
  error: { code: "handshake_failed", message: "The handshake took too long." },
};

function finishHandshake(
  setting: RouteSetting,
  { ctx, attempt, connection }: Connecting,
  refused: RefusedHandshake | undefined,
): void {
  if (refused !== undefined) {
    connection.abandon();
    sendRefusal(setting, { ctx, attempt, refused });
    return;
  }
  const lost = () => connection.onSocketClose(CloseCode.abnormal, "");
  // What a request log reads; the answer itself is not Koa's.
  ctx.status = 101;
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      contain(
        { entry: "upgrade", log: connection.context.log },
        () => {
          const ws = setting.sockets.open(request, socket, head);
          if (ws === undefined) lost();
          else connection.open(ws, socket);
        },
        () => {
          socket.destroy();
          lost();
        },
      );
    },
    lost,
  });
}

/**
 * Undefined: the module agrees. An error that it returns is the same as one that it throws. A module that is not
 * asynchronous costs no promise, and none rejects.
 */
function callConnectHook(
  module: ModuleRuntime,
  connection: Connection,
): Awaitable<RefusedHandshake | undefined> {
  const { mode } = module.config;
  const failed = (error: unknown) => {
    const refused = describe(error, { mode, log: connection.context.log, entry: "connect" });
    // The log already has a line for an unexpected error, with its stack and reference.
    if (isWebsocketError(error)) {
      const { code, message } = refused.error;
      connection.noteRefusal("connect_refused", "connect", `${code}: ${message}`);
    }
    return refused;
  };
  const readAnswer = (answered: unknown) => (answered instanceof Error ? failed(answered) : undefined);
  try {
    const answered: unknown = module.implementation.connect(connection.context);
    return isPromise(answered)
      ? Promise.resolve(answered).then(readAnswer).catch(failed)
      : readAnswer(answered);
  } catch (thrown) {
    return failed(thrown);
  }
}

/** A `WebsocketError` is a refusal, sent unchanged. Anything else is a failure of the server, and clients may retry. */
function describe(error: unknown, disclosure: Disclosure): RefusedHandshake {
  const body = toErrorBody(error, disclosure);
  if (!isWebsocketError(error)) return { status: 500, closeCode: CloseCode.internalError, error: body };
  // A subclass may have set them after the constructor has checked them.
  const { status = 403, closeCode = CloseCode.policyViolation } = error;
  return {
    status: isRefusingStatus(status) ? status : 403,
    closeCode: isRefusingCloseCode(closeCode) ? closeCode : CloseCode.policyViolation,
    error: body,
  };
}
