import { randomUUID } from "node:crypto";
import { type Entry, toError } from "./boundary.js";
import { isRefusingCloseCode } from "./close-codes.js";
import type { Logger } from "./contract.js";
import { type StartErrorCode, withCode } from "./error-codes.js";
import { type ErrorBody, ErrorCode } from "./wire.js";

export { ErrorCode };

/** The mode of a module. In `debug`, clients and the log get more. In `product`, clients get nothing internal. */
export const Mode = { debug: "debug", product: "product" } as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

export interface WebsocketErrorOptions extends ErrorOptions {
  /** Sent to the client with the message. Any value that the module's codec can encode. */
  readonly details?: unknown | undefined;
  /** HTTP status of the response when `connect` fails with this error: 400–599. Default 403. */
  readonly status?: number | undefined;
  /** Whether the client can send the same request again with success. Sent if it is set. Default: not said. */
  readonly retry?: boolean | undefined;
  /**
   * A command that fails with this error closes the connection with this code, after the error was sent. If `connect` fails
   * and `setRefusal("close")` is set, this is the code of the refusal, by default 1008. Allowed: 1000, 1008, 1011, 1013 and
   * 3000–4999. Generated clients reconnect after 1011, 1013 and most others, and stop after 1000, 1008 and 4400–4499.
   */
  readonly closeCode?: number | undefined;
}

/** An error for the client. Its code, message, details and `retry` are sent unchanged, in every mode. */
export class WebsocketError extends Error {
  override readonly name: string = "WebsocketError";
  readonly code: string;
  readonly details?: unknown;
  readonly status?: number;
  readonly retry?: boolean;
  readonly closeCode?: number;

  /** @throws RangeError `invalid_status` or `invalid_close_code` */
  constructor(code: string, message: string, options: WebsocketErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    checkRefusal(options);
    this.code = code;
    if (options.details !== undefined) this.details = options.details;
    if (options.status !== undefined) this.status = options.status;
    if (options.retry !== undefined) this.retry = options.retry;
    if (options.closeCode !== undefined) this.closeCode = options.closeCode;
  }
}

/** The code with which an error closes the connection; undefined: it stays open. Never throws. */
export function closeCodeOf(error: unknown): number | undefined {
  try {
    const code = isError(error, WebsocketError) ? error.closeCode : undefined;
    // A subclass may have set it after the constructor has checked it.
    return code !== undefined && isRefusingCloseCode(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** True for the HTTP status of an error: RFC 9110 §15.5 and §15.6. */
export const isRefusingStatus = (status: number): boolean =>
  Number.isInteger(status) && status >= 400 && status <= 599;

function checkRefusal({ status, closeCode }: WebsocketErrorOptions): void {
  if (status !== undefined && !isRefusingStatus(status)) {
    const text = `A WebsocketError has the status ${String(status)}; allowed: 400 to 599. Leave it out for 403.`;
    throw withCode("invalid_status", new RangeError(text));
  }
  if (closeCode !== undefined && !isRefusingCloseCode(closeCode)) {
    const text = `A WebsocketError has the close code ${String(closeCode)}; allowed: 1000, 1008, 1011, 1013 and 3000 to 4999. Leave it out for 1008.`;
    throw withCode("invalid_close_code", new RangeError(text));
  }
}

/** Thrown by a generated command or guard that is not written yet. */
export class NotImplementedError extends WebsocketError {
  override readonly name = "NotImplementedError";

  /** @param kind what has the name; default: a command */
  constructor(name: string, kind: "command" | "guard" = "command") {
    const isGuard = kind === "guard";
    super(
      ErrorCode.notImplemented,
      `The ${kind} ${JSON.stringify(name)} is not implemented yet: write ${isGuard ? "its function" : "the execute method of its class"}.`,
      { status: 501, details: isGuard ? { guard: name } : undefined },
    );
  }
}

/** The data that decides what a client sees of an error. The log gets everything. */
export interface Disclosure {
  readonly mode: Mode;
  readonly log: Logger;
  /** The entry that threw it. */
  readonly entry?: Entry;
  readonly connection?: string;
  readonly command?: string;
}

/** `instanceof`, but never throws, even for a proxy whose traps throw. */
export function isError<T extends Error = Error>(
  value: unknown,
  type: abstract new (...args: never[]) => T = Error as never,
): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/**
 * Converts a thrown value to the error that the client gets. A `WebsocketError` is sent unchanged. Anything else is
 * unexpected and is logged with its stack. The client gets its message in debug mode; in product mode it gets a neutral
 * message and a reference to the log line. Never throws.
 */
export function toErrorBody(error: unknown, disclosure: Disclosure): ErrorBody {
  try {
    return isError(error, WebsocketError)
      ? toTypedBody(error, disclosure)
      : toUnexpectedBody(error, disclosure);
  } catch {
    // Reading the thrown value can throw: a proxy, a getter.
    return toUnexpectedBody(toError(error), disclosure);
  }
}

/** Replaces the message of an error that the client must not see. */
export const neutralMessage = "Internal error.";

function toTypedBody(error: WebsocketError, disclosure: Disclosure): ErrorBody {
  const { code, message, details, retry } = error;
  disclosure.log.debug({ err: error, ...describePlace(disclosure) }, "sent an error to the client");
  return { code, message, ...(details !== undefined && { details }), ...(retry !== undefined && { retry }) };
}

function toUnexpectedBody(thrown: unknown, disclosure: Disclosure): ErrorBody {
  const reference = randomUUID();
  const { message, fields } = describe(thrown);
  disclosure.log.error({ ...fields, reference, ...describePlace(disclosure) }, "unexpected error");
  return disclosure.mode === Mode.product
    ? { code: ErrorCode.failed, message: neutralMessage, details: { reference } }
    : { code: ErrorCode.failed, message };
}

/** Never throws, even if a getter of the error does. */
function describe(thrown: unknown): { readonly message: string; readonly fields: object } {
  const err = toError(thrown);
  try {
    return { message: String(err.message), fields: { err } };
  } catch {
    return { message: neutralMessage, fields: {} };
  }
}

const describePlace = ({ entry, connection, command }: Disclosure): object => ({
  ...(entry !== undefined && { entry }),
  ...(connection !== undefined && { connection }),
  ...(command !== undefined && { command }),
});

/** The configuration of a module is not valid. The message names the module, the mistake and the allowed values. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code: StartErrorCode;

  constructor(
    message: string,
    {
      code = "invalid_option",
      ...options
    }: ErrorOptions & { readonly code?: StartErrorCode | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
  }
}

/** The modules cannot start. The message names the modules and the reason. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The name of a module in messages. */
export const titleOf = (flag: string): string => `module ${JSON.stringify(flag)}`;

/** Describes why an address or a file cannot be opened. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "it is already in use (EADDRINUSE)";
  if (code === "EACCES") return "permission denied (EACCES)";
  return message;
}
