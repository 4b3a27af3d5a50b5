/** The format of messages for server, client and test kit: docs/protocol.md. Imports neither Node nor another file. */

/** The names of the fields that the `envelope` option of a module may change. */
export interface EnvelopeNames {
  /** The field that selects the command. Default `command`. */
  readonly command?: string | undefined;
  /** The field with the correlation id. Default `id`. */
  readonly correlation?: string | undefined;
}

export const defaultNames = { command: "command", correlation: "id" } as const;

/**
 * The reserved field with the span that a message belongs to, in commands and events. Its format is that of the header:
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export const traceField = "traceparent";

/** What a request is made of. */
export interface RequestParts {
  readonly command: string;
  readonly id: number;
  readonly fields: object | undefined;
  readonly traceparent?: string | undefined;
}

/** Creates a request: the fields of the data, the command, the id, and the span if there is one. */
export const writeRequest = (
  { command: commandField = defaultNames.command, correlation = defaultNames.correlation }: EnvelopeNames,
  { command, id, fields, traceparent }: RequestParts,
): object => ({
  ...fields,
  [commandField]: command,
  [correlation]: id,
  ...(traceparent !== undefined && { [traceField]: traceparent }),
});

/** The error codes that the runtime sends. A spec cannot declare errors with these codes. */
export const ErrorCode = {
  invalidMessage: "invalid_message",
  unknownCommand: "unknown_command",
  invalidRequest: "invalid_request",
  failed: "failed",
  timeout: "timeout",
  rateLimited: "rate_limited",
  tooBusy: "too_busy",
  notImplemented: "not_implemented",
  accessDenied: "access_denied",
  handshakeFailed: "handshake_failed",
  originNotAllowed: "origin_not_allowed",
} as const;

/** The `error` member of an error reply. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
  readonly retry?: boolean;
}

/** An error reply of the server, with its code, message and details. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  /** `invalid_request`, `failed`, …, or a code that the server's code defines. */
  readonly code: string;
  readonly details: unknown;
  /** Whether the same request can succeed later; undefined: the server does not say. */
  readonly retry: boolean | undefined;

  constructor({ code, message, details, retry }: Partial<ErrorBody> & Pick<ErrorBody, "code">) {
    super(typeof message === "string" ? message : "");
    this.code = code;
    this.details = details;
    this.retry = retry;
  }
}

/**
 * A position in a stream: after the event with this offset. A stream is all pushes of an event or, if the server counts
 * parts of them separately, one part. See `docs/protocol.md`, "Resuming".
 */
export interface ResumePosition {
  readonly event: string;
  /** A name that the server assigns, such as that of a room. Absent if it counts all pushes of the event together. */
  readonly stream?: string;
  /** Identifies one unbroken sequence of offsets. */
  readonly epoch: string;
  /** The offset of the last event. The next is one more. */
  readonly offset: number;
}

/** The key of a stream in a map. */
export const streamKey = (event: string, stream: string | undefined): string =>
  JSON.stringify([event, stream]);

/** Reports the client's current position in a stream. */
export interface StreamNotice extends ResumePosition {
  /** The events between the client's position and this one are lost. */
  readonly gap?: boolean;
  /** The client is no longer in the stream. */
  readonly left?: boolean;
}

/** True if a message of the server has the members of a position. */
export function isPosition(message: object | null): message is ResumePosition {
  const { event, stream = "", epoch, offset } = (message ?? {}) as Record<keyof ResumePosition, unknown>;
  return [event, stream, epoch].every((name) => typeof name === "string") && Number.isSafeInteger(offset);
}
