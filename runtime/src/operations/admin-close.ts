import { setImmediate as nextTurn } from "node:timers/promises";
import { PreparedMessage } from "../connection/prepared-message.js";
import { CloseCode, isSendableCloseCode, truncateCloseReason } from "../protocol/close-codes.js";
import type { FoundConnection } from "./admin-connections.js";
import { invalidRequest } from "./admin-error.js";
import { refuseUnknown } from "./read-json-body.js";

/** How connections are closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
  /** Sent before the close frame; undefined: nothing is. */
  readonly message?: unknown;
}

/** @throws AdminError for a code that must not be sent or a reason that does not fit */
export function readClosing(body: ReadonlyMap<string, unknown>): Closing {
  refuseUnknown(body.keys(), ["code", "reason", "message"]);
  const { code = CloseCode.normal, reason = "", message } = Object.fromEntries(body);
  if (typeof code !== "number" || !isSendableCloseCode(code)) {
    throw invalidRequest("code must be a close code: 1000–1003, 1007–1014 or 3000–4999.");
  }
  if (typeof reason !== "string" || truncateCloseReason(reason) !== reason) {
    throw invalidRequest("reason must be a text of at most 123 bytes (RFC 6455 §5.5).");
  }
  return message === undefined ? { code, reason } : { code, reason, message };
}

/** Connections that are closed in one turn of the event loop; other work gets its turn in between. */
const batchSize = 500;

/** Starts the closing handshake with connections of one module; those that ended meanwhile are passed over. */
export async function closeConnections(found: readonly FoundConnection[], closing: Closing): Promise<void> {
  const { code, reason, message } = closing;
  const [first] = found;
  if (first === undefined) return;
  const prepared =
    message === undefined ? undefined : new PreparedMessage(first.module.runtime.encodeMessage(message));
  for (const [index, { connection }] of found.entries()) {
    if (prepared !== undefined) connection.transmitPrepared(prepared);
    connection.close(code, reason);
    if (index % batchSize === batchSize - 1) await nextTurn();
  }
}
