import type { ClientError } from "./client-error.js";

/**
 * - `connecting`: an attempt is being made
 * - `open`: requests go out
 * - `waiting`: the connection is gone, or an attempt failed, and the next will be made after a delay
 * - `closed`: for good
 */
export type ClientState = "connecting" | "open" | "waiting" | "closed";

/** A client has changed its state. */
export type StateChange =
  | {
      readonly state: "connecting";
      /** 0 for the first attempt of all, then which retry it is since the last connection of five seconds or more. */
      readonly attempt: number;
    }
  | { readonly state: "open" }
  | {
      readonly state: "waiting";
      /** That of the attempt to come. */
      readonly attempt: number;
      /** Milliseconds until then. */
      readonly delayMs: number;
      readonly end: ConnectionEnd;
    }
  | {
      readonly state: "closed";
      /** Code `closed`. Its `cause` is what the server said before, or the error of the attempt. */
      readonly error: ClientError;
      /** How the last connection ended; undefined after `close()`. */
      readonly end?: ConnectionEnd | undefined;
    };

/** How a connection, or an attempt to have one, has ended. */
export interface ConnectionEnd {
  /** Close code of RFC 6455 §7.4.1; 1005: none was given, 1006: there was no close frame. */
  readonly code: number;
  readonly reason: string;
  readonly wasOpen: boolean;
  /** HTTP status of a refused handshake, where it can be seen: `ws` has it, browsers never do. */
  readonly status?: number | undefined;
  /** Milliseconds to wait that the `Retry-After` of such an answer asks for. */
  readonly retryAfterMs?: number | undefined;
  /** What the server said of it, what `url` or `protocols` threw, or the socket's own error. */
  readonly error: unknown;
}
