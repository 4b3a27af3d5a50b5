import { isPromise } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { RawHandler } from "../config/module-types.js";
import type { Connection } from "../connection/connection.js";
import type { InboundFrame } from "../connection/inbound-queue.js";
import { closeCodeOf, type Disclosure, isError, toErrorBody } from "../errors.js";

/**
 * Passes an unchanged frame to the handler of a raw module. A raw module has no error reply, so a failed
 * handler closes the connection with the error's close code or 1011, and a client that exceeds its rate is closed with 1008.
 */
export function handleRaw(
  handler: RawHandler,
  connection: Connection,
  { raw, isBinary, mode }: InboundFrame & Pick<Disclosure, "mode">,
): Promise<void> | undefined {
  if (!connection.takeToken()) {
    connection.close(CloseCode.policyViolation, "Too many messages in a short time.");
    return undefined;
  }
  const fail = (error: unknown): undefined => {
    const { message } = toErrorBody(error, { mode, log: connection.context.log, entry: "rawHandler" });
    connection.close(closeCodeOf(error) ?? CloseCode.internalError, message);
  };
  const check = (result: unknown): undefined => (isError(result) ? fail(result) : undefined);
  try {
    const result: unknown = handler(connection.context, raw, isBinary);
    return isPromise(result) ? Promise.resolve(result).then(check, fail) : check(result);
  } catch (error) {
    return fail(error);
  }
}
