import { ErrorCode, ReplyError } from "../wire.js";

/** An error reply with this code. A generated client has a union of these for each command with errors. */
export interface ReplyErrorOf<Code extends string, Details = undefined> extends ReplyError {
  readonly code: Code;
  readonly details: Details;
}

type RuntimeErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Details by the code of the runtime's errors that have some. */
interface RuntimeDetails {
  /** Every problem of the request, with its place as a JSON Pointer. */
  invalid_request: readonly {
    readonly pointer: string;
    readonly rule: string;
    readonly message: string;
  }[];
  /** In product mode: the reference of the line in the server's log. */
  failed: { readonly reference: string } | undefined;
  /** The guard that is not written yet; undefined if it is the command. */
  not_implemented: { readonly guard: string } | undefined;
}

/** The errors that the runtime itself sends. Every command can fail with them. */
export type RuntimeError = {
  [Code in RuntimeErrorCode]: ReplyErrorOf<
    Code,
    Code extends keyof RuntimeDetails ? RuntimeDetails[Code] : undefined
  >;
}[RuntimeErrorCode];

/** True for an error reply with one of these codes, or with one of the runtime's. Generated functions call it. */
export function hasErrorCode(error: unknown, codes: readonly string[]): error is ReplyError {
  return error instanceof ReplyError && [...codes, ...Object.values(ErrorCode)].includes(error.code);
}

/**
 * The codes of the client's own errors:
 * - `timed_out`: no reply, event or connection came in time
 * - `aborted`: the caller's signal was aborted; `cause` is its reason
 * - `closed`: the client is closed, by `close()` or because the server wants no further attempt
 * - `queue_full`: too many requests wait for a connection
 * - `connection_lost`: the connection ended between the request and its reply
 * - `bad_reply`: the reply has neither `data` nor an error with a code, and `cause` is the message: the client's envelope
 *   differs from the module's. Or a reply or an event has text that is not base64 in place of bytes: the client's spec differs
 * - `buffer_full`: an iteration over events was too slow, with `overflow: "fail"`
 */
export type ClientErrorCode =
  | "timed_out"
  | "aborted"
  | "closed"
  | "queue_full"
  | "connection_lost"
  | "bad_reply"
  | "buffer_full";

/** An error of the client itself. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** True if the request was sent, so that the server may have executed it. */
  readonly wasSent: boolean;

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

/** Creates the error of an error reply. Checks its shape, because the envelope of the client may differ from the module's. */
export function toClientError(message: { readonly error?: unknown }): ReplyError | ClientError {
  const { error } = message;
  return typeof (error as { code?: unknown } | undefined)?.code === "string"
    ? new ReplyError(error as { code: string })
    : new ClientError("bad_reply", "A reply has neither data nor an error code: check the envelope.", {
        cause: message,
        wasSent: true,
      });
}
