import { ClientError } from "./client-error.js";
import type { Settings } from "./client-options.js";
import type { ConnectionEnd } from "./client-state.js";

/** How long to wait before the next attempt. */
export interface BackOff {
  /** Milliseconds: the upper bound of the first delay; it doubles with every failed attempt. Default 500. */
  readonly baseMs?: number | undefined;
  /** Milliseconds: no delay is longer. A server's `Retry-After`, of at most as much, comes on top. Default 30,000. */
  readonly maxMs?: number | undefined;
}

/** HTTP answers that time may change, beside 5xx: Request Timeout, Too Early, Too Many Requests. */
const passingStatuses: readonly number[] = [408, 425, 429];
/** What the constructor of a WebSocket throws for an address that it will never take. */
const finalErrors: readonly unknown[] = ["SyntaxError", "SecurityError"];

/**
 * Whether another attempt makes sense. Not after 1000 and 1008, the codes 4400–4499 (the application's "your fault",
 * as 4xx is HTTP's), a handshake refused with 3xx or 4xx, and an invalid address.
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

/** Counts the attempts to connect again and decides on the next. */
export interface Retries {
  /** Since the last stable connection. */
  readonly count: number;
  /** A connection is open. */
  opened(): void;
  /** What follows this end: the milliseconds before another attempt, or the error to close with. */
  next(end: ConnectionEnd): number | ClientError;
}

/** A connection that lasted so long was no failed attempt. */
const stableMs = 5_000;

/**
 * Delays are exponential with full jitter, so that the clients of a server that restarts do not return in one wave.
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 */
export function createRetries({ clock, backOff, random, maxRetries, shouldReconnect }: Settings): Retries {
  const { baseMs = 500, maxMs = 30_000 } = backOff;
  let count = 0;
  let openedAt = 0;
  return {
    get count() {
      return count;
    },
    opened() {
      openedAt = clock.performance.now();
    },
    next(end) {
      let cause = end.error;
      if (end.wasOpen && clock.performance.now() - openedAt >= stableMs) count = 0;
      try {
        if (count < maxRetries && shouldReconnect(end)) {
          count += 1;
          const jitterMs = random() * Math.min(maxMs, baseMs * 2 ** (count - 1));
          return Math.min(maxMs, end.retryAfterMs ?? 0) + jitterMs;
        }
      } catch (error) {
        cause = error;
      }
      return new ClientError("closed", `Closed for good: ${end.code} ${end.reason}`.trim(), { cause });
    },
  };
}
