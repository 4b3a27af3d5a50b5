import { ClientError } from "./client-error.js";
import type { Settings } from "./client-options.js";
import type { ConnectionEnd } from "./client-state.js";

/** The delay before the next attempt. */
export interface BackOff {
  /** Upper bound of the first delay in milliseconds. It doubles with every failed attempt. Default 500. */
  readonly baseMs?: number | undefined;
  /**
   * The longest delay in milliseconds. The wait in a server's `Retry-After` or close reason is added, up to the same length.
   * Default 30,000.
   */
  readonly maxMs?: number | undefined;
}

/** Temporary HTTP errors in addition to 5xx: Request Timeout, Too Early, Too Many Requests. */
const passingStatuses: readonly number[] = [408, 425, 429];
/** The names of the errors that the WebSocket constructor throws for an invalid address. */
const finalErrors: readonly unknown[] = ["SyntaxError", "SecurityError"];

/**
 * True if another attempt may succeed. Not after 1000, 1008 and 4400–4499 (client errors of the application, like 4xx in
 * HTTP), a handshake refused with 3xx or 4xx, or an invalid address.
 */
export function shouldReconnect({ code, status = 500, error }: ConnectionEnd): boolean {
  return (
    code !== 1000 &&
    code !== 1008 &&
    (code < 4400 || code > 4499) &&
    (status >= 500 || passingStatuses.includes(status)) &&
    !finalErrors.includes((error as Error | undefined)?.name)
  );
}

/** A shorter connection counts as a failed attempt. */
const stableMs = 5_000;

/**
 * Counts the attempts to reconnect. The delays are exponential with full jitter, so that the clients of a restarted server do not reconnect in one wave.
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
export function createRetries({ clock, backOff, random, maxRetries, shouldReconnect }: Settings) {
  const { baseMs = 500, maxMs = 30_000 } = backOff;
  let count = 0;
  let openedAt = 0;
  return {
    /** The attempts since the last stable connection. */
    get count() {
      return count;
    },
    /** Called when a connection is open. */
    opened() {
      openedAt = clock.performance.now();
    },
    /** @returns the milliseconds before the next attempt, or the error to close with */
    next(end: ConnectionEnd): number | ClientError {
      let cause = end.error;
      if (end.wasOpen && clock.performance.now() - openedAt >= stableMs) count = 0;
      try {
        if (count < maxRetries && shouldReconnect(end)) {
          count += 1;
          const jitterMs = random() * Math.min(maxMs, baseMs * 2 ** (count - 1));
          // A server that shuts down tells each client its turn in the close reason.
          const waitMs = end.retryAfterMs ?? +(/after (\d+) ms/.exec(end.reason)?.[1] ?? 0);
          return Math.min(maxMs, waitMs) + jitterMs;
        }
      } catch (error) {
        cause = error;
      }
      return new ClientError("closed", `Closed without a retry: ${end.code} ${end.reason}`.trim(), { cause });
    },
  };
}
