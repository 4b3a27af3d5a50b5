/** An error that the server answered: its code, message and details as they came. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
  /** `invalid_request`, `failed`, …, or a code of the server's own. */
  declare readonly code: string;
  declare readonly details: unknown;

  constructor({ code, message, details }: { code: string; message: string; details?: unknown }) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * The codes that the client itself gives:
 * - `timed_out`: no reply, event or connection came in time
 * - `aborted`: the caller's signal was aborted; `cause` is its reason
 * - `closed`: the client is closed, by `close()` or because the server wants no further attempt
 * - `queue_full`: too many requests wait for a connection
 * - `connection_lost`: the connection ended between the request and its reply
 * - `buffer_full`: an iteration over events was too slow, and was to fail then
 */
export type ClientErrorCode =
  | "timed_out"
  | "aborted"
  | "closed"
  | "queue_full"
  | "connection_lost"
  | "buffer_full";

/** An error of the client's own. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  declare readonly code: ClientErrorCode;
  /** The request had gone out, so that the server may have executed it. */
  declare readonly wasSent: boolean;

  constructor(
    code: ClientErrorCode,
    message: string,
    options: ErrorOptions & { wasSent?: boolean | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.wasSent = options.wasSent ?? false;
  }
}
