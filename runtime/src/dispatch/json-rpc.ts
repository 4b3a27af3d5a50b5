import { report } from "../boundary.js";
import type { Connection } from "../connection/connection.js";
import type { Awaitable } from "../contract.js";
import { ErrorCode } from "../errors.js";
import type { Payload } from "../protocol/codec.js";
import type { Batch, Call, Envelope, EnvelopeOptions, ProtocolFault } from "../protocol/envelope.js";
import type { ErrorBody } from "../wire.js";
import type { ReplyTo } from "./dispatch.js";

/**
 * JSON-RPC 2.0 for `setEnvelope`. A method is a command, its params are the command's data. A notification gets no
 * response, a batch gets one. An event is a notification to the client. Source: https://www.jsonrpc.org/specification
 */
export const jsonRpcEnvelope: EnvelopeOptions = {
  command: (message) => (isRequest(message) ? message.method : undefined),
  correlation: "id",
  data: (message) => (message as Request).params ?? {},
  reply: (call, result = null) =>
    call.hasCorrelation ? { jsonrpc: "2.0", result, id: call.correlationId } : undefined,
  error: toErrorResponse,
  event: (method, params) => ({ jsonrpc: "2.0", method, params }),
  batch: true,
};

interface Request {
  readonly method: string;
  readonly params?: object;
}

function isRequest(message: unknown): message is Request {
  if (typeof message !== "object" || message === null) return false;
  const { jsonrpc, method, params, id } = message as Record<string, unknown>;
  const hasParams = params === undefined || (typeof params === "object" && params !== null);
  return jsonrpc === "2.0" && typeof method === "string" && hasParams && (id === undefined || isId(id));
}

const isId = (id: unknown): boolean => id === null || typeof id === "string" || typeof id === "number";

/** A notification gets no response. An invalid request is not a notification, so it gets one, with its id or null. */
function toErrorResponse(error: ErrorBody, to: Call | ProtocolFault | undefined): unknown {
  if (to?.kind === "call" && !to.hasCorrelation) return undefined;
  const id = to?.hasCorrelation && isId(to.correlationId) ? to.correlationId : null;
  return { jsonrpc: "2.0", error: toErrorObject(error, to), id };
}

function toErrorObject(
  { code, message, details, retry }: ErrorBody,
  to: Call | ProtocolFault | undefined,
): unknown {
  if (to?.kind === "fault" && to.reason === "unreadable") return { code: -32700, message };
  const reserved = reservedCodes.get(code);
  if (reserved === undefined) {
    const data = { code, details, ...(retry !== undefined && { retry }) };
    return { code: serverError, message, data };
  }
  return { code: reserved, message, data: details };
}

/** The first code of the range for servers. The data contains the error's own code. */
const serverError = -32000;

const reservedCodes: ReadonlyMap<string, number> = new Map([
  [ErrorCode.invalidMessage, -32600],
  [ErrorCode.unknownCommand, -32601],
  [ErrorCode.invalidRequest, -32602],
  [ErrorCode.failed, -32603],
]);

/**
 * Answers the messages of a batch one after the other, in one frame. Other messages do not overtake the finished replies,
 * and a close comes after them.
 */
export async function answerBatch(
  connection: Connection,
  { items }: Batch,
  {
    envelope,
    answer,
  }: {
    envelope: Envelope;
    answer: (item: Call | ProtocolFault, replyTo: ReplyTo) => Awaitable<void>;
  },
): Promise<void> {
  const replies: Payload[] = [];
  let isClosed = false;
  let hold: { release(): void } | undefined;
  const replyTo: ReplyTo = {
    transmit: (payload) => {
      hold ??= connection.holdOutputForBatch(() => joinReplies(replies.splice(0), connection, envelope));
      return replies.push(payload) > 0;
    },
    close(code, reason) {
      isClosed = true;
      connection.close(code, reason);
    },
  };
  for (const item of items) {
    await answer(item, replyTo);
    if (isClosed) break;
  }
  hold?.release();
}

/** Joins the replies of a batch. If that fails, they are sent one by one. */
function joinReplies(
  replies: readonly Payload[],
  { context: { id, log } }: Connection,
  envelope: Envelope,
): readonly Payload[] {
  try {
    const payload = envelope.encodeBatch(replies);
    return payload === undefined ? [] : [payload];
  } catch (error) {
    report({ entry: "encodeReply", log, connection: id }, error);
    return replies;
  }
}
