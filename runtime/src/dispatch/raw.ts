import { isPromise } from "../boundary.js";
import { CloseCode } from "../close-codes.js";
import type { RawHandler } from "../config/module-types.js";
import { type Disclosure, isError, toClientError } from "../errors.js";
import type { DispatchTarget } from "./dispatch-target.js";

interface RawFrame {
  readonly raw: Buffer;
  readonly isBinary: boolean;
  readonly mode: Disclosure["mode"];
}

/**
 * Gives a frame as it came to the handler of a raw module. Without an envelope there is no error reply, so a handler
 * that fails closes the connection with 1011, and a client that exceeds its rate is closed with 1008.
 */
export function handleRaw(
  handler: RawHandler,
  target: DispatchTarget,
  frame: RawFrame,
): Promise<void> | undefined {
  if (!target.takeToken()) {
    target.close(CloseCode.policyViolation, "Too many messages in a short time.");
    return undefined;
  }
  const { mode } = frame;
  const fail = (error: unknown): undefined => {
    const { message } = toClientError(error, { mode, log: target.context.log, entry: "rawHandler" });
    target.close(CloseCode.internalError, message);
  };
  const check = (result: unknown): undefined => (isError(result) ? fail(result) : undefined);
  try {
    const result: unknown = handler(target.context, frame.raw, frame.isBinary);
    return isPromise(result) ? Promise.resolve(result).then(check, fail) : check(result);
  } catch (error) {
    return fail(error);
  }
}
