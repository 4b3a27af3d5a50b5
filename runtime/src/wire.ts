/** How messages look to the server, to the client and to the test kit: docs/protocol.md. It needs neither Node nor another file. */

/** The fields whose names the `envelope` option of a module may change. */
export interface EnvelopeNames {
  /** The field that selects the command. Default `command`. */
  readonly command?: string | undefined;
  /** The field that holds the correlation id. Default `id`. */
  readonly correlation?: string | undefined;
}

export const defaultNames = { command: "command", correlation: "id" } as const;

/** A request: the fields of the command's data beside the command and the id. */
export const writeRequest = (
  { command: commandField = defaultNames.command, correlation = defaultNames.correlation }: EnvelopeNames,
  { command, id, fields }: { command: string; id: number; fields: object | undefined },
): object => ({ ...fields, [commandField]: command, [correlation]: id });

/** The member `error` of an error reply. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** An error that the server answered: its code, message and details as they came. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  /** `invalid_request`, `failed`, …, or a code of the server's own. */
  declare readonly code: string;
  declare readonly details: unknown;

  constructor({ code, message, details }: { code: string; message?: string; details?: unknown }) {
    super(typeof message === "string" ? message : "");
    this.code = code;
    this.details = details;
  }
}

/**
 * A place in a stream: after the event with this offset. A stream is an event's name and, where the server counts
 * parts of its pushes on their own, such a part. See `docs/protocol.md`, "Resuming".
 */
export interface ResumePosition {
  readonly event: string;
  /** A name that the server gives, of a room for instance. Absent where it counts all pushes of the event together. */
  readonly stream?: string;
  /** Names one unbroken count of the stream. */
  readonly epoch: string;
  /** Of the last event; the next is one more. */
  readonly offset: number;
}

/** What the server says of a stream: where the client stands in it now. */
export interface StreamNotice extends ResumePosition {
  /** What lay between the client's position and this one is gone. */
  readonly gap?: boolean;
  /** The client is not in the stream any more. */
  readonly left?: boolean;
}

/** Whether a message of the server has the members of a position. */
export function isPosition(message: object | null): message is ResumePosition {
  const { event, stream = "", epoch, offset } = (message ?? {}) as Record<keyof ResumePosition, unknown>;
  return [event, stream, epoch].every((name) => typeof name === "string") && Number.isSafeInteger(offset);
}
