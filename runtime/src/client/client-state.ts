import type { ClientError } from "./client-error.js";

/**
 * - `connecting`: an attempt is running
 * - `open`: requests are sent
 * - `waiting`: the connection ended or an attempt failed; the next attempt follows after a delay
 * - `closed`: permanently closed
 */
export type ClientState = "connecting" | "open" | "waiting" | "closed";

/** A change of the client's state. */
export type StateChange =
  | {
      readonly state: "connecting";
      /** 0 for the first attempt, then the number of the retry since the last connection of five seconds or more. */
      readonly attempt: number;
    }
  | { readonly state: "open" }
  | {
      readonly state: "waiting";
      /** The number of the next attempt. */
      readonly attempt: number;
      /** Milliseconds until the next attempt. */
      readonly delayMs: number;
      readonly end: ConnectionEnd;
    }
  | {
      readonly state: "closed";
      /** Code `closed`. Its `cause` is the server's error, or the error of the attempt. */
      readonly error: ClientError;
      /** How the last connection ended; undefined after `close()`. */
      readonly end?: ConnectionEnd | undefined;
    };

/** The end of a connection or of an attempt. */
export interface ConnectionEnd {
  /** Close code of RFC 6455 §7.4.1; 1005 for a close frame without a code, 1006 without a close frame. */
  readonly code: number;
  readonly reason: string;
  readonly wasOpen: boolean;
  /** HTTP status of a refused handshake, if available: `ws` has it, browsers do not. */
  readonly status?: number | undefined;
  /** The `Retry-After` of that response, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The server's error, the error of `url` or `protocols`, or that of the socket. */
  readonly error: unknown;
}
