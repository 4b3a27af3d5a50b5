import { type ClientError, errorOf, type ReplyError } from "./client-error.js";
import type { InboundMessage } from "./envelope.js";
import type { Settings } from "./settings.js";

/** Takes each message to its request or its listeners. @returns an error that belongs to no request */
export type FrameReader = (frame: string | ArrayBuffer) => ReplyError | ClientError | undefined;

export function createFrameReader(
  { envelope, resume, onMessage, onError, clock }: Settings,
  emit: (event: string, data: unknown) => void,
  settle: (reply: InboundMessage) => void,
): FrameReader {
  const tell = (message: InboundMessage): ReplyError | ClientError | undefined => {
    // JSON may be null, which has no members.
    const { event, id, data, error } = message ?? {};
    if (typeof event === "string") emit(event, data);
    else if (id !== undefined) settle(message);
    else if (error) {
      const lastError = errorOf(message);
      onError(lastError);
      return lastError;
    } else onMessage?.(message);
    return undefined;
  };
  const host = { clock, onError, deliver: tell };
  return (frame) => {
    try {
      const message = envelope.decode(frame);
      if (resume?.admit(message, host) ?? true) return tell(message);
    } catch (error) {
      onError(error);
    }
    return undefined;
  };
}
