import { ReplyError } from "./client-error.js";
import type { InboundMessage } from "./envelope.js";
import type { Settings } from "./settings.js";

/** Tells each message to whom it concerns. @returns the error that it was, when it belongs to no request */
export type FrameReader = (frame: string | ArrayBuffer) => ReplyError | undefined;

export function createFrameReader(
  { envelope, resume, onMessage, onError }: Settings,
  emit: (event: string, data: unknown) => void,
  settle: (reply: InboundMessage) => void,
): FrameReader {
  const tell = (message: InboundMessage): ReplyError | undefined => {
    // JSON may be null, which has no members.
    const { event, id, data, error } = message ?? {};
    if (typeof event === "string") emit(event, data);
    else if (id !== undefined) settle(message);
    else if (error) {
      const lastError = new ReplyError(error);
      onError(lastError);
      return lastError;
    } else onMessage?.(message);
    return undefined;
  };
  return (frame) => {
    try {
      const message = envelope.decode(frame);
      if (resume?.admit(message, onError) ?? true) return tell(message);
    } catch (error) {
      onError(error);
    }
    return undefined;
  };
}
