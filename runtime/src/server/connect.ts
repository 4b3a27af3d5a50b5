import { contain, isPromise } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { Connection } from "../connection/connection.js";
import type { ModuleRuntime } from "../connection/module-runtime.js";
import type { Awaitable } from "../contract.js";
import { closeCodeOf, type Disclosure, isError, isRefusingStatus, WebsocketError } from "../errors.js";
import { type DetailsForm, toDeclaredBody } from "../protocol/declared-errors.js";
import { isObject } from "../validation/json-value.js";
import type { HandshakeAttempt, HandshakeContext } from "./handshake-attempt.js";
import { type RefusedHandshake, type RouteSetting, sendRefusal, serverFailed, tooLate } from "./refusal.js";

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
  attempt.onceLeft(() => connection.leaveEarly());
  const answered = awaitGroups(callConnectHook(setting.module, connection), connection);
  if (isPromise(answered)) return finishInTime(setting, connecting, answered);
  finishHandshake(setting, connecting, answered);
  return undefined;
}

/**
 * Waits for an asynchronous `connect`, and refuses the client after the time-out. If the handshake is finished before
 * `connect` has settled (a time-out, a middleware that did not wait), the connection no longer counts toward the limits.
 * If `connect` succeeds later, the connection ends with 1006.
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
    attempt.onceFinished(() => {
      if (!isSettled) connection.leaveLate();
    });
    attempt.onceTimedOut(() => {
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
  const drop = () => connection.onSocketClose(CloseCode.abnormal, "");
  // For request logs. ws sends the answer.
  ctx.status = 101;
  ctx.respond = false;
  attempt.accept({
    open(request, socket, head) {
      contain(
        // Not the logger of the connection, which would be created here for each connection.
        { entry: "upgrade", log: setting.module.log, connection: connection.id },
        () => {
          const ws = setting.sockets.open(request, socket, head);
          if (ws === undefined) drop();
          else {
            attempt.observed?.note({ connection });
            connection.open(ws, socket);
          }
        },
        () => {
          socket.destroy();
          drop();
        },
      );
    },
    drop,
  });
}

/** In a cluster, a client is let in when the pushes of all processes reach it. */
function awaitGroups(
  answered: Awaitable<RefusedHandshake | undefined>,
  connection: Connection,
): Awaitable<RefusedHandshake | undefined> {
  const { registry } = connection.module;
  if (registry.groups === undefined) return answered;
  return Promise.resolve(answered).then(async (refused) => {
    if (refused === undefined) await registry.whenReached(connection);
    return refused;
  });
}

/**
 * Calls `connect`. A returned error has the same effect as a thrown error. A synchronous `connect` costs no promise.
 * @returns undefined if the module accepts the client; the promise never rejects
 */
function callConnectHook(
  module: ModuleRuntime,
  connection: Connection,
): Awaitable<RefusedHandshake | undefined> {
  const { mode } = module.config;
  const refuse = (error: unknown) => {
    const disclosure: Disclosure = { mode, log: connection.context.log, entry: "connect" };
    const isMessage = module.config.refusal === "close";
    const form = { picker: module.picker, hasBytes: isMessage && module.envelope.hasBytes };
    const refused = describeRefusal(error, disclosure, form);
    // The log already has a line for an unexpected error, with its stack and reference.
    if (isError(error, WebsocketError)) {
      const { code, message } = refused.error;
      connection.noteRefusal("connect_refused", "connect", `${code}: ${message}`);
    }
    return refused;
  };
  const readAnswer = (answered: unknown) => {
    if (answered instanceof Error) return refuse(answered);
    if (isObject(answered)) connection.state = { ...connection.state, ...answered };
    return undefined;
  };
  try {
    const answered: unknown = module.implementation.connect(connection.context);
    return isPromise(answered)
      ? Promise.resolve(answered).then(readAnswer).catch(refuse)
      : readAnswer(answered);
  } catch (thrown) {
    return refuse(thrown);
  }
}

/** A `WebsocketError` is a refusal and is sent unchanged. Any other error is a failure of the server: clients may retry. */
function describeRefusal(error: unknown, disclosure: Disclosure, form: DetailsForm): RefusedHandshake {
  const body = toDeclaredBody(error, disclosure, form);
  if (!isError(error, WebsocketError)) return { ...serverFailed, error: body };
  // Checked again, because a subclass can set them after the constructor.
  const { status = 403 } = error;
  return {
    status: isRefusingStatus(status) ? status : 403,
    closeCode: closeCodeOf(error) ?? CloseCode.policyViolation,
    error: body,
  };
}
